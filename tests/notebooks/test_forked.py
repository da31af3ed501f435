"""A forked kernel is as one that was started, apart from what is imported."""

from contextlib import nullcontext

import kernels

LOOK = """
import os, signal, sys, warnings
import pandas
import cartlib.widgets
print({
    "the folders of modules": sys.path,
    "the folder": os.getcwd(),
    "the environment": {name: os.environ[name] for name in os.environ if name != "JPY_PARENT_PID"},
    "a session of its own": os.getsid(0) == os.getpgrp() == os.getpid(),
    "the signals": [str(signal.getsignal(number)) for number in signal.valid_signals()],
    "the warnings": len(warnings.filters),
    "the columns shown": pandas.options.display.max_columns,
    "at the end": type(get_ipython().kernel.parent.poller).__name__,
})
"""


def looked(folder):
    """Return what a kernel that is started now says of itself."""
    with kernels.running_kernel(cwd=folder) as (_, client):
        client.execute(LOOK, reply=True, timeout=60)
        while (message := client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
            assert message["msg_type"] != "error", message["content"]
        return eval(message["content"]["text"])


def test_forked_kernel_is_as_one_that_was_started(tmp_path, monkeypatch):
    forked = looked(tmp_path)
    monkeypatch.setattr(kernels, "forked_kernels", nullcontext)
    started = looked(tmp_path)
    assert started["the folder"] == str(tmp_path) and started["a session of its own"]
    assert forked == started
