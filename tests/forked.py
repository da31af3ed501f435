"""Kernels that are forked from a process which has imported already what the lessons import.

The tests run some hundred kernels. Each is a process of its own, as a learner's is, but to start
Python, IPython and pandas anew for each would take longer than most of what runs in them.
"""

import atexit
import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from unittest.mock import patch

from jupyter_client.provisioning import local_provisioner

LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]
IMPORTED = ["ipykernel.kernelapp", "ipykernel.ipkernel", "cartlib.widgets", "pandas"]
# Whoever starts kernels finds modules in further folders, such as the tests'.
LIBRARIES = tuple(f"{prefix}{os.sep}lib" for prefix in (sys.base_prefix, sys.prefix))
FURTHER = os.environ.get("PYTHONPATH", "").split(os.pathsep)


@contextmanager
def forked_kernels():
    """Let all kernels that jupyter_client starts here be forked, where a system has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    with patch.object(local_provisioner, "launch_kernel", ForkedKernel):
        yield


class ForkedKernel:
    """The process of a kernel, as jupyter_client expects it of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, command, env, cwd=None, **_):
        assert [*command[:3]] == LAUNCHER, command
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload(IMPORTED)
        ready, tell = forks.Pipe(duplex=False)
        self._process = forks.Process(target=_become_kernel, args=(command[2:], env, cwd, tell))
        self._process.start()
        tell.close()
        self.pid = ready.recv()  # it has a process group of its own by now

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def _become_kernel(arguments, env, cwd, tell):
    """Be what the launcher of a kernel is: in its session, its folder, its environment."""
    import pandas
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()
    os.chdir(cwd or os.getcwd())
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    paths = dict.fromkeys(sys.path)
    sys.path = [path for path in paths if path.startswith(LIBRARIES) or path in FURTHER]
    pandas.set_option("display.max_columns", 20)  # its default where a kernel imports it
    tell.send(os.getpid())
    tell.close()
    try:
        launch_new_instance()
    finally:
        atexit._run_exitfuncs()  # multiprocessing leaves them out
