// A line at the foot of the page that says what is loading, until the first cell can run.
(() => {
  const line = document.createElement("div");
  line.setAttribute("role", "status");
  line.style.cssText =
    "position:fixed;left:50%;bottom:2em;transform:translateX(-50%);z-index:10000;padding:.5em 1em;" +
    "border-radius:.5em;background:#1f2937;color:#fff;font:14px sans-serif;max-width:90vw";
  const show = (text) => {
    line.textContent = text;
    line.hidden = text === "";
  };
  show("Loading JupyterLab …");
  addEventListener("DOMContentLoaded", () => document.body.append(line));
  new BroadcastChannel("cartlib loading").onmessage = ({ data }) => show(data);
})();
