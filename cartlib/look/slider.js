// A slider with a name: ipywidgets' own has none for a screen reader.

function render({ model, el }) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const output = document.createElement("output");
  label.className = "cartlib-slider";
  label.title = model.get("tooltip");
  Object.assign(input, { type: "range", min: model.get("min"), max: model.get("max") });
  label.append(model.get("description"), input, output);
  el.append(label);

  function show() {
    input.value = model.get("value");
    output.value = `${model.get("value")} ${model.get("unit")}`;
    input.setAttribute("aria-valuetext", output.value);
  }

  input.addEventListener("input", () => {
    model.set("value", Number(input.value));
    model.save_changes();
  });
  model.on("change:value", show);
  show();
}

export default { render };
