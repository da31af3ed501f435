// Run tests/edition/lua_scripts.py with the stand-in for lupa, and print what it answers as JSON.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, fengariFolder, wheels, root] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep });

for (const wheel of fs.readdirSync(wheels).filter((name) => name.endsWith(".whl"))) {
  python.unpackArchive(new Uint8Array(fs.readFileSync(path.join(wheels, wheel))), "wheel");
}
const mount = (folder, place) => {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, place);
};
mount(path.join(root, "cartlib"), "/kit/cartlib");
mount(path.join(root, "tests"), "/tests");
const standIn = path.join(root, ".site", "stand_ins", "lupa");
python.FS.mkdirTree("/kit/lupa");
for (const name of fs.readdirSync(standIn).filter((name) => name.includes("."))) {
  python.FS.writeFile(`/kit/lupa/${name}`, fs.readFileSync(path.join(standIn, name)));
}
const fengari = fs.readFileSync(path.join(fengariFolder, "dist", "fengari-web.js"));
python.FS.writeFile("/kit/lupa/fengari-web.js", fengari);

try {
  const answers = python.runPython(`
import json, sys, types
sys.path[:0] = ["/kit", "/tests", "/tests/edition"]
try:
    import pandas
except ImportError:  # no script needs it
    sys.modules["pandas"] = types.SimpleNamespace(DataFrame=None)
import lua_scripts
json.dumps(lua_scripts.answers())
`);
  process.stdout.write(answers);
} catch (error) {
  console.error(String(error.message).slice(-4000));
  process.exitCode = 1;
}
