"""``vambe-mock exec``: a server around a command (`exec-around-a-command`)."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from vambe_mock.contract.known_dialect import SWITCHED
from vambe_mock.server.listening import LOCALHOST, LOOPBACKS
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import SOURCES, STANDALONE, Settings, options
from vambe_mock.server.signals import leave_at
from vambe_mock.testing.commands import startable
from vambe_mock.testing.server import VambeMock

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)
"""What ends the command and all that it has started."""

POLITE: Final = 1.0
LONGEST: Final = 5.0
"""Seconds after the command's end until what it has left behind gets SIGTERM, and SIGKILL."""

GRACE: Final = 2.0
"""Seconds after SIGKILL for the system to forget the dead; where others reap them, that may take its time."""

_SET_CHILD_SUBREAPER: Final = 36
"""PR_SET_CHILD_SUBREAPER of linux/prctl.h."""

_PROXIES: Final = ("NO_PROXY", "no_proxy")


def execute(command: Sequence[str], settings: Settings) -> int:
    """Run *command* with a server of *settings* around it; its exit code, or 128 and the signal that ended it.

    Raises SettingsError where there is no such command, DatasetError for data that cannot be served.
    """
    for number in SIGNALS[:3]:
        if signal.getsignal(number) is not signal.SIG_IGN:  # process 1 would not hear it otherwise
            leave_at(number, 128 + number)
    given: dict[str, Any] = {
        name: getattr(settings, name)
        for name in [one.name for one in options()]
        if name not in STANDALONE and (name not in SWITCHED or name in settings.given)
    }
    if not any(given[name] is not None for name in SOURCES):
        given["fixture"] = "default"
    given |= {"port": 0, "quiet": True}
    with VambeMock(**given) as mock:
        environment = {"VAMBE_BASE_URL": mock.url, "VAMBE_API_KEY": mock.api_key, "VAMBE_MOCK_URL": mock.url}
        environment |= {"VAMBE_MOCK_ADMIN_TOKEN": mock.admin_token} if mock.admin_token else {}
        environment |= without_proxy(os.environ)
        environment |= {"VAMBE_CA_FILE": str(mock.ca_file)} if settings.tls else {}
        return _Run(command, {**os.environ, **environment}).code()


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY in both spellings, as *environment* has it and with the names of loopback.

    An address in brackets is not among them: httpx ends with an error at it.
    """
    given = [environment[name].strip() for name in _PROXIES if environment.get(name, "").strip()]
    listed = given[-1] if given else ""
    if listed == "*":
        return dict.fromkeys(_PROXIES, listed)
    known = listed.replace(",", " ").split()
    missing = [name for name in (LOCALHOST, *LOOPBACKS) if name not in known]
    return dict.fromkeys(_PROXIES, ",".join([*([listed.rstrip(",")] if known else []), *missing]))


class _Run:
    """One run of the command, and the signals that come meanwhile.

    The command has a process group of its own, so that a signal for this process reaches all of it: npm, and the node
    that npm has started. In a terminal's foreground it stays in this process's group, or it could not read the
    terminal; there Ctrl-C comes from the terminal to all of them, and is not passed on.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._got = 0
        self._in_foreground = _in_foreground()
        self._grouped = sys.platform != "win32" and not self._in_foreground

    def code(self) -> int:
        """Run it to its end; its exit code, or 128 and the signal that ended it or this process.

        Raises SettingsError where there is no such command.
        """
        before = {one: signal.getsignal(one) for one in SIGNALS}
        for one in SIGNALS:
            if before[one] is not signal.SIG_IGN:  # as nohup leaves SIGHUP
                signal.signal(one, self._heard)
        try:
            _adopt_orphans()
            self._start()
            code = self._waited()
            if self._got or code < 0:
                self._end_the_rest()
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
        if self._got:
            return 128 + self._got
        return 128 - code if code < 0 else code

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if self._in_foreground and number in (signal.SIGINT, getattr(signal, "SIGQUIT", None)):
            return  # the terminal has told the command too
        self._got = number
        if self._process is not None:
            self._tell(number)

    def _start(self) -> None:
        command = self._command
        try:
            group = {"process_group": 0} if self._grouped else {}
            self._process = subprocess.Popen(startable(command), env=self._environment, **group)  # type: ignore[call-overload]  # noqa: S603
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingsError(f"cannot run {command[0]}: {reason}; wanted a command, e.g. -- npm test") from error
        if self._got:  # while it was being started
            self._tell(self._got)

    def _tell(self, number: int) -> bool:
        """Send the signal to the command, with its group if it has one; whether anybody is left."""
        assert self._process is not None  # noqa: S101 - it has been started
        try:
            if sys.platform != "win32" and self._grouped:
                os.killpg(self._process.pid, number)
            elif self._process.returncode is None:
                for pid in [self._process.pid, *_descendants(self._process.pid)]:
                    with suppress(ProcessLookupError):
                        os.kill(pid, number)
        except (ProcessLookupError, PermissionError):  # on macOS, a group of dead processes is EPERM
            return False
        return self._grouped

    def _waited(self) -> int:
        """The command's exit code, negative for a signal. Orphans that come to us as process 1 are reaped meanwhile."""
        assert self._process is not None  # noqa: S101 - it has been started
        if sys.platform == "win32":
            return self._process.wait()
        while True:
            pid, status = os.waitpid(-1, 0)
            if pid == self._process.pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                return self._process.returncode

    def _end_the_rest(self) -> None:
        """Wait until nobody of the command's group is left; who ignores the signal gets SIGTERM, then SIGKILL."""
        if sys.platform == "win32":  # it has no groups
            return
        since, told = time.monotonic(), 0
        while self._tell(0) and (late := time.monotonic() - since) < LONGEST + GRACE:
            wanted = signal.SIGKILL if late > LONGEST else signal.SIGTERM if late > POLITE else 0
            if wanted != told:
                told = wanted
                self._tell(wanted)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            time.sleep(0.01)


def _adopt_orphans() -> None:
    """Be the parent of what the command leaves behind, to reap it at once; only Linux can do that."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _in_foreground() -> bool:
    """Whether this process can read the terminal that it was started in."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # no terminal, or no standard input at all
        return False


def _descendants(pid: int) -> list[int]:
    """The processes that *pid* has started, and those that these have started."""
    command = ["ps", "-A", "-o", "pid=,ppid="]
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        listed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout.split()  # noqa: S603
        parents = dict(zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True))
        found = [pid]
        for one in found:
            found += [child for child, parent in parents.items() if parent == one]
        return found[1:]
    return []
