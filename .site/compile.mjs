// Compiles what is in wheels for the Python that runs in the browser, so that nobody waits for it.
// node compile.mjs PYODIDE FOLDER
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodide + "/pyodide.mjs").href);
const python = await loadPyodide({ indexURL: pyodide + "/" });
python.FS.mkdirTree("/wheels");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/wheels");
python.runPython(`
import importlib.util, marshal, zipfile
from pathlib import Path

PLACE = "/lib/python3.14/site-packages/"
HEAD = importlib.util.MAGIC_NUMBER + (0b01).to_bytes(4, "little")  # by hash, and never looked at

def compiled(wheel):
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as packed:
        for name in packed.namelist():
            if not name.endswith(".py"):
                continue
            source = packed.read(name)
            try:
                code = compile(source, PLACE + name, "exec", dont_inherit=True)
            except SyntaxError:  # of another Python, and for none of ours
                continue
            data = HEAD + importlib.util.source_hash(source) + marshal.dumps(code)
            packed.writestr(importlib.util.cache_from_source(name), data)

for wheel in sorted(Path("/wheels").glob("*.whl")):
    compiled(wheel)
`);
