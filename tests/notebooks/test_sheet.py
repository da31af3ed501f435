"""The cheat sheet in a browser: two pages of paper, and nothing from elsewhere."""

import re
import subprocess

from backends import missing
from browser import find_browser

from cartlib.course.cheatsheet import SHEET


def test_sheet_is_printed_on_two_pages(tmp_path):
    browser = find_browser()
    if browser is None:
        missing("No Chromium or Chrome. Debian: sudo apt install chromium")
    target = tmp_path / "sheet.pdf"
    options = [
        "--headless",
        "--no-sandbox",
        "--no-pdf-header-footer",
        f"--user-data-dir={tmp_path}",
    ]
    command = [
        browser,
        *options,
        f"--user-data-dir={tmp_path}",
        f"--print-to-pdf={target}",
        SHEET.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) == 2


def test_sheet_needs_nothing_from_elsewhere():
    assert not re.findall(r"https?:|src=|@import|url\(", SHEET.read_text(encoding="utf-8"))
