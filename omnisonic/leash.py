"""Runs a command that must not outlive the process that asked for it, however that one ends.

`python -m omnisonic.leash PARENT_PID COMMAND…`: on Linux the kernel kills the command when its parent dies;
elsewhere this process stays between the two and watches. Standard library only, so that it starts in no time.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.5
_LINUX = sys.platform.startswith("linux")


def command(argv: list[str]) -> list[str]:
    """`argv`, kept on a leash by the calling process.

    The thread that starts it must live as long as the child is to live: the kernel watches the thread.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *argv]


def main(argv: list[str]) -> int:
    """Become the command (Linux) or run it under watch (elsewhere); returns its exit status."""
    parent, words = int(argv[0]), argv[1:]
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew that we care
            return 1
        os.execvp(words[0], words)  # noqa: S606 - that is the point
    return _watch(parent, words)


def _watch(parent: int, words: list[str]) -> int:
    child = subprocess.Popen(words)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
        with contextlib.suppress(InterruptedError):
            time.sleep(_POLL_S)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
