"""Run one command that dies with its parent. Executed as a script: `launch.py SIGNAL PARENT unroot|asis CMD…`.

PostgreSQL refuses to run as root. With `unroot`, root first enters a user namespace of its own, in which it
appears as an ordinary user while files still belong to it. The kernel sends SIGNAL to the command when the
parent dies, however it dies: nothing is left behind after a `kill -9`.
"""

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
ORDINARY_USER = 1000


def leave_root() -> None:
    """Become an ordinary user in a private user namespace."""
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{ORDINARY_USER} 0 1")
    Path("/proc/self/gid_map").write_text(f"{ORDINARY_USER} 0 1")


def main() -> None:
    death_signal, parent, manner, *command = sys.argv[1:]
    if manner == "unroot" and os.getuid() == 0:
        leave_root()
    # After the namespace: entering one clears the setting.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent died before the command started")
    os.execv(command[0], command)  # noqa: S606  # the command is ours, no shell is wanted


if __name__ == "__main__":
    main()
