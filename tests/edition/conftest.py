"""The browser edition, built whole, served on this computer and opened in Chromium."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading

import pytest
from backends import missing
from browser import ROOT, chromium, find_browser

BUILD = ROOT / ".site" / "build.py"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """The url of the site, which has all of it inside."""
    for program in ("npm", "node"):
        if not shutil.which(program):
            missing(f"No {program}. Debian: sudo apt install nodejs npm")
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, BUILD, "--offline", "--to", folder]
    subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="package")
def running():
    """The browser."""
    browser = find_browser()
    if browser is None:
        missing("No Chromium or Chrome. Debian: sudo apt install chromium")
    with chromium(browser) as running:
        yield running


@pytest.fixture(scope="package")
def asked():
    """The urls of all that was asked for."""
    return []


@pytest.fixture
def visitor(running, asked):
    """A learner's browser, which keeps what the site stores."""
    context = running.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(120_000)
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
