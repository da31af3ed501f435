// A log over an input line, as in a terminal: Enter sends the line, ↑ and ↓ bring back earlier ones,
// Tab completes. Each line is a message of its own, so that none is lost, and none is sent twice.

const MATCHES = 6; // shown at once

function make(parent, tag, names, attributes = {}) {
  const element = document.createElement(tag);
  element.className = names;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

// The command that a text begins with; of "XGROUP CREATE a" it is the one of two words.
function commandOf(text, hints) {
  const words = text.trim().toUpperCase().split(/\s+/);
  return [words.slice(0, 2).join(" "), words[0]].find((name) => name in hints);
}

// What Tab can make of a text, as [word to show, whole text]: commands first, and then their keys.
function matchesOf(text, model) {
  const hints = model.get("hints");
  const begun = text.trimStart().toUpperCase();
  const names = Object.keys(hints).filter((name) => begun && name.startsWith(begun));
  if (names.length) return names.filter((name) => name !== begun).map((name) => [name, name]);
  if (!commandOf(text, hints)) return [];
  const last = text.match(/\S*$/)[0];
  const words = model.get("words").filter((word) => word.startsWith(last) && word !== last);
  return words.map((word) => [word, text.slice(0, text.length - last.length) + word]);
}

function render({ model, el }) {
  el.classList.add("cartlib", "cartlib-terminal");
  const label = model.get("label");
  const scroll = make(el, "div", "scroll", { role: "log", tabindex: 0, "aria-label": `${label}: log` });
  const log = make(scroll, "div", "");
  const line = make(el, "div", "line cartlib-form");
  const prompt = make(line, "span", "prompt", { "aria-hidden": true });
  const input = make(line, "input", "", {
    "aria-label": label, autocomplete: "off", autocapitalize: "off", spellcheck: false,
  });
  const hint = make(el, "div", "hint", { "aria-live": "polite" });
  const matches = make(el, "div", "matches quiet", { "aria-live": "polite" });
  let shown = 0; // how many entries were ever shown
  let back = 0; // how many lines back in the history
  let draft = ""; // what was typed before that
  let cycle = null; // what Tab goes through

  function showLog() {
    const { dropped, entries } = model.get("shown");
    const all = dropped + entries.length;
    if (all < shown || dropped > shown) {
      log.replaceChildren();
      shown = dropped;
    }
    for (const entry of entries.slice(shown - all || entries.length)) {
      make(log, "div", "entry").innerHTML = entry; // escaped by the kernel
    }
    while (log.childElementCount > entries.length) log.firstElementChild.remove();
    shown = all;
    scroll.scrollTop = 0; // the bottom, as the column is reversed
  }

  function showHint() {
    const text = input.value;
    const hints = model.get("hints");
    const found = matchesOf(text, model).map(([word]) => word);
    const help = hints[commandOf(text, hints)];
    hint.textContent = help ?? (text.trim() && !found.length ? "" : model.get("hint"));
    const more = found.length > MATCHES ? " …" : "";
    matches.textContent = found.length ? `Tab: ${found.slice(0, MATCHES).join("  ")}${more}` : "";
  }

  function put(text) {
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    showHint();
  }

  function recall(step) {
    const lines = model.get("history");
    if (back === 0) draft = input.value;
    back = Math.min(Math.max(back + step, 0), lines.length);
    put(back ? lines[lines.length - back] : draft);
  }

  function complete() {
    cycle ??= { all: matchesOf(input.value, model), at: -1 };
    if (!cycle.all.length) return false;
    cycle.at = (cycle.at + 1) % cycle.all.length;
    put(cycle.all[cycle.at][1]);
    return true;
  }

  function enter() {
    const text = input.value;
    if (text.trim()) {
      model.send({ line: text });
      model.set("history", [...model.get("history"), text]);
    }
    back = 0;
    put("");
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key !== "Tab") cycle = null;
    if (event.key === "Enter") enter();
    else if (event.key === "ArrowUp") recall(1);
    else if (event.key === "ArrowDown") recall(-1);
    else if (event.key !== "Tab" || event.shiftKey || !complete()) return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("input", () => {
    back = 0;
    showHint();
  });
  line.addEventListener("click", () => input.focus());
  model.on("change:shown", showLog);
  model.on("change:prompt", () => (prompt.textContent = model.get("prompt")));
  prompt.textContent = model.get("prompt");
  showLog();
  showHint();
}

export default { render };
