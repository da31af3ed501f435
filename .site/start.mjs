// Starts Python for JupyterLite, which takes this module for Pyodide, and says what is loading.
const here = new URL(".", import.meta.url).href;
const page = new BroadcastChannel("cartlib loading");
const STARTUP = "/home/pyodide/.ipython/profile_default/startup";

export async function loadPyodide({ coreURL, packages, ...options }) {
  page.postMessage("Loading Python …");
  const { loadPyodide: load } = await import(coreURL);
  const indexURL = new URL(".", coreURL).href;
  const lockFileURL = here + "pyodide-lock.json";
  const pyodide = await load({ ...options, indexURL, lockFileURL, packageBaseUrl: here });
  page.postMessage("Loading the kit, fakeredis and pandas …");
  await pyodide.loadPackage(packages, { messageCallback: () => {} });
  pyodide.FS.mkdirTree(STARTUP); // IPython runs what lies there before the first cell
  pyodide.FS.writeFile(STARTUP + "/kit.py", "import cartlib_browser as _\n_.start(); del _\n");
  page.postMessage("Starting the notebook's kernel …");
  return pyodide;
}
