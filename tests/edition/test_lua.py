"""Scripts give the same in the browser's Python, with the stand-in for lupa, as with lupa."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / ".site" / "work"  # where the build puts what it fetches
FOLDERS = [WORK / "pyodide" / "package", WORK / "fengari-web" / "package", WORK / "wheels"]


@pytest.fixture(scope="module")
def both(site):
    """Return what the scripts answer with lupa and with the stand-in."""
    sys.path.insert(0, str(HERE))
    import lua_scripts

    sys.path.remove(str(HERE))
    command = ["node", HERE / "lua_in_pyodide.mjs", *FOLDERS, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    return lua_scripts.answers(), json.loads(done.stdout), lua_scripts.KNOWN


def test_replies_and_errors_are_the_same(both):
    native, stand_in, known = both
    assert len(native) > 300 and native.keys() == stand_in.keys()
    other = {key: (native[key], stand_in[key]) for key in native if native[key] != stand_in[key]}
    assert {key: pair for key, pair in other.items() if key not in known} == {}


def test_what_is_known_to_differ_still_does(both):
    native, stand_in, known = both
    assert [key for key in known if native[key] == stand_in[key]] == []
