"""What every notebook keeps to, whatever it teaches."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from kernels import NOTEBOOKS, ROOT


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    """One notebook's path."""
    return request.param


@pytest.fixture
def cells(path):
    """One notebook's cells."""
    return nbformat.read(path, as_version=4).cells


def prose(cells):
    """Return the text of the prose cells, without what stands in code fences."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.S)


def test_notebooks_were_found():
    assert len(NOTEBOOKS) == 17


def test_notebook_is_valid(path):
    nbformat.validate(json.loads(path.read_text()))


def test_notebook_has_one_title(cells):
    assert cells[0].source.startswith("# ")
    assert len(re.findall(r"^# ", prose(cells), flags=re.M)) == 1


def test_notebook_opens_with_its_table(cells):
    assert "| Minutes | You need | Afterwards you can |" in cells[0].source


def test_notebook_has_prose_before_each_code_cell(cells):
    kinds = [cell.cell_type for cell in cells]
    assert ("code", "code") not in list(zip(kinds, kinds[1:], strict=False))
    assert kinds[0] == kinds[-1] == "markdown"


def test_notebook_code_cells_are_short(cells):
    sizes = [len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code"]
    assert sizes and max(sizes) <= 15


def test_notebook_holds_no_outputs(cells):
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell for cell in code if cell.outputs or cell.execution_count] == []


def test_notebook_pictures_have_a_text_alternative(cells):
    assert re.findall(r"!\[\s*\]|<img(?![^>]*\balt=)", prose(cells)) == []
    for diagram in re.findall(r"```mermaid.*?```", "\n".join(c.source for c in cells), flags=re.S):
        assert "accTitle:" in diagram and "accDescr:" in diagram


def test_notebook_links_resolve(path, cells):
    targets = re.findall(r"\]\(([^)#\s]+)", prose(cells))
    local = [target for target in targets if not re.match(r"https?:", target)]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_code_and_notebooks_pass_ruff():
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
