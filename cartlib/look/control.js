// What a control does with keys: none of them reaches the notebook's shortcuts, Enter in an input
// clicks the main button of its form, ↑ and ↓ count in an input for numbers, Esc goes to the cell.

function press(event) {
  const input = event.target.closest("input");
  const form = event.target.closest(".cartlib-form");
  if (event.key === "Escape") {
    event.target.closest(".jp-Cell")?.focus();
  } else if (event.key === "Enter" && input && form) {
    tell(input); // the value goes first
    form.querySelector("button.cartlib-main")?.click();
  } else if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest(".cartlib-number")) {
    const step = event.key === "ArrowUp" ? 1 : -1;
    input.value = String((Number.parseInt(input.value) || 0) + step);
    tell(input);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function tell(input) {
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
}

function prepare(el) {
  const control = el.closest(".cartlib-control");
  if (control === null) return requestAnimationFrame(() => prepare(el)); // not in the page yet
  // JupyterLab looks for it from the element with the focus on upwards, and at most to the first
  // one that a shortcut is for: which is the one with the focus.
  control.addEventListener("focusin", ({ target }) => {
    target.setAttribute("data-lm-suppress-shortcuts", "");
  });
  control.addEventListener("keydown", press);
}

export default { render: ({ el }) => prepare(el) };
