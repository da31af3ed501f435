"""A kernel for one handed-in notebook: its folder, its environment, its start and its end."""

import contextlib
import os
import shutil
import site
import tempfile
from pathlib import Path
from subprocess import DEVNULL

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from cartlib.course.processes import closed_undisturbed, no_process_left

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

START_LIMIT = 60  # seconds that a kernel gets before its time begins
PREFIX, LOCK = "cartlib-", "report.lock"  # of a folder, and the file that its run has locked
# All of the marker's environment that a notebook gets: to find Python, modules and libraries.
KEPT = (
    *("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "CARTLIB_SERVER"),
    *("SYSTEMROOT", "COMSPEC", "PATHEXT"),  # of Windows
)
IN_FOLDER = ("HOME", "USERPROFILE", "APPDATA", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR")


@contextlib.contextmanager
def running_kernel():
    """Start a kernel of this very Python in a folder of its own, and give it and a client of it.

    At the end it is killed, with all processes that came of it, and the folder is removed.
    """
    with closed_undisturbed() as stack:
        folder = stack.enter_context(own_folder())
        stack.enter_context(no_process_left())
        kernel = KernelManager(
            connection_file=os.path.join(folder, "kernel.json"),
            transport="ipc" if os.name == "posix" else "tcp",  # no port that two runs could want
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        )
        stack.callback(kernel.shutdown_kernel, now=True)  # with its process group
        kernel.start_kernel(cwd=folder, env=environment(folder), stdout=DEVNULL, stderr=DEVNULL)
        client = kernel.blocking_client()
        stack.callback(client.stop_channels)
        client.start_channels()
        client.wait_for_ready(timeout=START_LIMIT)
        yield kernel, client


def environment(folder) -> dict[str, str]:
    """Return the environment of a kernel: nothing secret of the marker's, files in `folder`."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env |= dict.fromkeys(IN_FOLDER, folder)
    env["PYTHONUSERBASE"] = site.getuserbase()  # else it would be looked for in the new home
    env["CARTLIB_PROGRESS"] = os.path.join(folder, "progress.json")
    return env


@contextlib.contextmanager
def own_folder():
    """Give a new temporary folder, and remove it; first remove those that killed runs have left."""
    remove_left_folders()
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder,
        open(os.path.join(folder, "new"), "w") as file,
    ):
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)  # however this process ends, the system unlocks it
            os.rename(file.name, os.path.join(folder, LOCK))
        yield folder


def remove_left_folders():
    """Remove the folders of runs that were killed: ours, and nobody has their file locked.

    On Windows they stay.
    """
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}") if fcntl else ():
        with contextlib.suppress(OSError):  # that run is alive, or another one removes it, too
            if path.parent.lstat().st_uid == os.getuid() and path.is_file():
                with open(path) as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path.parent, ignore_errors=True)  # which follows no link
