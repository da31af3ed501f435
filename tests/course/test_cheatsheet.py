"""The cheat sheet: all that the lessons' last tables say, and nothing that is typed."""

import json
from html import escape

import pytest

from cartlib import connect
from cartlib.course import cheatsheet, index, report, structures
from cartlib.look.html import marked_up


def test_sheet_is_up_to_date():
    assert cheatsheet.SHEET.read_text(encoding="utf-8") == cheatsheet.page(), (
        "The lessons say something else by now: python -m cartlib.course cheatsheet"
    )


@pytest.mark.parametrize("lesson", [name for name in index.LESSONS if name[:2] != "00"])
def test_sheet_has_each_command_of_a_lesson(lesson):
    rows = cheatsheet.recaps(lesson)
    assert len(rows) >= 3 or "capstone" in lesson or "whole" in lesson
    for row in rows:
        for text in (row.command, row.does, row.cost):
            assert marked_up(text) in cheatsheet.page()


def test_recap_is_read_from_a_table(tmp_path, monkeypatch):
    monkeypatch.setattr(cheatsheet, "NOTEBOOKS", tmp_path)
    text = "Words\n\n| Command or word | What it does | Cost |\n|---|---|---|\n"
    text += "| `GET key` | reads <it> | one step |\n| retry | again | a trip |\n\nMore | words |"
    cell = {"cell_type": "markdown", "source": text.splitlines(keepends=True)}
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert cheatsheet.recaps("x") == [cheatsheet.Recap("`GET key`", "reads <it>", "one step")]


def test_command_writes_the_sheet(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cheatsheet, "SHEET", tmp_path / "sheet.html")
    assert report.main(["cheatsheet"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'sheet.html'}\n"
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8") == cheatsheet.page()


def test_structures_are_what_was_measured(server, monkeypatch):
    """A thousand elements take what the table says, where it was measured on such a server."""
    monkeypatch.setattr(structures, "MANY", structures.FEW + 1)
    monkeypatch.setattr(structures, "ROUNDS", 1)
    with connect(server.host, server.port) as client:
        found = structures.measure(client)
        assert client.exists(structures.KEY) == 0
    told = cheatsheet.needs()
    assert [(n.want, n.structure, n.command) for n in told] == [
        (n.want, n.structure, n.command) for n in found
    ]
    for one, other in zip(found, told, strict=True):
        assert escape(one.want) in cheatsheet.page() and bool(one.grows) == bool(other.grows)
        if one.server == other.server and one.bytes_each:  # the levels of a sorted set are chance
            assert float(one.bytes_each) == pytest.approx(float(other.bytes_each), rel=0.05)
