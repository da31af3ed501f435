// What a control does with keys: none of them reaches the notebook's shortcuts, Enter in an input
// clicks the main button of its form, ↑ and ↓ count in an input for numbers, Esc leaves it.

function press(event) {
  const input = event.target.closest("input");
  const main = event.target.closest(".cartlib-form")?.querySelector("button.cartlib-main");
  if (event.key === "Escape") {
    event.target.closest(".jp-Cell")?.focus();
  } else if (event.key === "Enter" && input && main) {
    tell(input); // the value goes first
    main.click();
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

// What somebody folded or unfolded stays so when it is drawn anew.
function keepFolds(control) {
  const open = {};
  const remember = ({ target }) => {
    if (target.dataset?.fold) open[target.dataset.fold] = target.open;
  };
  const restore = () => {
    for (const part of control.querySelectorAll("details[data-fold]")) {
      part.open = open[part.dataset.fold] ?? part.open;
    }
  };
  control.addEventListener("toggle", remember, true);
  new MutationObserver(restore).observe(control, { childList: true, subtree: true });
}

function prepare(el) {
  const control = el.closest(".cartlib-control");
  if (control === null) return requestAnimationFrame(() => prepare(el)); // not in the page yet
  // JupyterLab looks for the mark from the element with the focus on upwards, and at most to the
  // first one that a shortcut is for: which is the one with the focus.
  const mark = (element) => element.setAttribute("data-lm-suppress-shortcuts", "");
  if (control.contains(document.activeElement)) mark(document.activeElement);
  control.addEventListener("focusin", ({ target }) => mark(target));
  control.addEventListener("keydown", press, true); // before the inputs keep it to themselves
  keepFolds(control);
}

export default { render: ({ el }) => prepare(el) };
