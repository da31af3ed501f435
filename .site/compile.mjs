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
    with zipfile.ZipFile(wheel) as packed:
        found = {name: packed.read(name) for name in packed.namelist() if not name.endswith("/")}
    for name in [name for name in found if name.endswith(".py")]:
        try:
            code = compile(found[name], PLACE + name, "exec", dont_inherit=True)
        except SyntaxError:  # of another Python, and for none of ours
            continue
        hash_ = importlib.util.source_hash(found[name])
        pyc = importlib.util.cache_from_source(name)
        found[pyc] = HEAD + hash_ + marshal.dumps(code)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in found.items():
            packed.writestr(name, data)

for wheel in sorted(Path("/wheels").glob("*.whl")):
    compiled(wheel)
`);
