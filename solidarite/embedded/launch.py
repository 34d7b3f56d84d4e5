"""Run one command that dies with its parent. Executed as a script: `launch.py SIGNAL PARENT MANNER CMD…`.

MANNER is `asis`, `unroot` or `watched`.

PostgreSQL refuses to run as root. With `unroot`, root first enters a user namespace of its own, in which it
appears as an ordinary user while files still belong to it. The kernel sends SIGNAL to the command when the
parent dies, however it dies: nothing is left behind after a `kill -9`. A command that may miss that signal while
it starts, or has children of its own, is `watched`: this script stays, and in the end kills the whole group.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
ORDINARY_USER = 1000
GRACE_SECONDS = 2.5


def leave_root() -> None:
    """Become an ordinary user in a private user namespace."""
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{ORDINARY_USER} 0 1")
    Path("/proc/self/gid_map").write_text(f"{ORDINARY_USER} 0 1")


def watch(command: list[str], parent: int, death_signal: int) -> int:
    """Run the command until it ends or the parent is gone; pass on the signal that asks it to stop."""
    child = subprocess.Popen(command)  # noqa: S603  # the command is ours
    signal.signal(death_signal, lambda number, _frame: child.send_signal(number))
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(death_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS)
            # This process too: the group is ours alone.
            os.killpg(os.getpgid(0), signal.SIGKILL)
        time.sleep(0.2)
    return child.returncode


def main() -> None:
    death_signal, parent, manner, *command = sys.argv[1:]
    if manner == "unroot" and os.getuid() == 0:
        leave_root()
    if manner == "watched":
        sys.exit(watch(command, int(parent), int(death_signal)))
    # After the namespace: entering one clears the setting.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent died before the command started")
    os.execv(command[0], command)  # noqa: S606  # the command is ours, no shell is wanted


if __name__ == "__main__":
    main()
