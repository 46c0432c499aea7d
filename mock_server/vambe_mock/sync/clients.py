"""The client under check: a command that polls once, or a function in this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from vambe_mock.contract.plural import plural
from vambe_mock.sync.copies import Copy, printed_copy
from vambe_mock.sync.problems import NoCopyError, SyncError
from vambe_mock.testing.commands import startable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    Record = dict[str, Any]

FOLDER: Final = "{dir}"
"""What stands for the hazard's own folder in commands and in --copy."""

LONGEST_OUTPUT: Final = 4_000
_LOOK: Final = 0.02
_SWEEPS: Final = 5
"""How often strays are looked for: one may start another while it is being killed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One poll of the client: where it asks, with which key, where its state is, and which poll of the hazard it is."""

    url: str
    key: str
    folder: Path
    number: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a poll ended: ``problem`` is empty if well; ``output`` is the end of what it printed."""

    problem: str = ""
    output: str = ""
    killed: bool = False


class Client(Protocol):
    """A client. ``in_process`` ones cannot be killed, nor do they need a process for each poll."""

    in_process: bool

    def poll(self, turn: Turn, stop: Callable[[], bool] | None = None) -> Outcome:
        """Poll once. *stop* is asked now and then whether to kill it."""

    def copy(self, folder: Path) -> list[Record] | None:
        """The client's copy; None where nobody said how to read it.

        Raises SyncError for a copy that is none, FileNotFoundError where there is none yet.
        """

    def fresh(self, folder: Path) -> None:
        """Empty the client's store."""

    def leave(self, folder: Path) -> None:
        """The hazard that *folder* was made for is over."""

    def end(self) -> None:
        """Whatever still polls, ends."""


@dataclass(slots=True)
class CommandClient:
    """A command. Each poll is a process, with all that it starts a group of its own, which ends with the poll.

    On Linux, what went into a session of its own (a daemon) ends with the hazard.
    """

    command: Sequence[str]
    timeout: float = 60.0
    source: Copy | None = None
    copy_command: str | None = None
    fresh_command: str | None = None
    in_process: bool = False
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: bool = False

    def poll(self, turn: Turn, stop: Callable[[], bool] | None = None) -> Outcome:
        """Run the command. Raises SyncError if there is no such command."""
        command = [word.replace(FOLDER, str(turn.folder)) for word in self.command]
        environment = {
            "VAMBE_BASE_URL": turn.url,
            "VAMBE_API_KEY": turn.key,
            "VAMBE_SYNC_DIR": str(turn.folder),
            "VAMBE_SYNC_POLL": str(turn.number),
        }
        return self._run(command, environment, stop)

    def copy(self, folder: Path) -> list[Record] | None:
        """Read the copy."""
        if self.copy_command is not None:
            with tempfile.TemporaryFile() as output:
                done = self._run(self._shell(self.copy_command, folder), {"VAMBE_SYNC_DIR": str(folder)}, out=output)
                output.seek(0)
                printed = output.read()
            if done.problem:
                raise SyncError(f"--copy-command {self.copy_command}: it {done.problem}{last_line(done.output)}")
            if not printed.strip():
                raise NoCopyError(
                    f"--copy-command {self.copy_command}: it printed nothing; wanted the copy as JSON, NDJSON or CSV"
                )
            return printed_copy(printed)
        return None if self.source is None else self.source.read(folder)

    def fresh(self, folder: Path) -> None:
        """Run --fresh, if there is one."""
        self._folders.add(str(folder))
        if self.fresh_command is None:
            return
        done = self._run(self._shell(self.fresh_command, folder), {"VAMBE_SYNC_DIR": str(folder)})
        if done.problem:
            raise SyncError(f"--fresh {self.fresh_command}: it {done.problem}{last_line(done.output)}")

    def leave(self, folder: Path) -> None:
        """Kill what the hazard's commands have left running."""
        _kill_strays({str(folder)})
        self._folders.discard(str(folder))

    def end(self) -> None:
        """Kill every process that is still there, and start no more."""
        with self._lock:
            self._over = True
            for process in self._running:
                _kill(process)
        _kill_strays(self._folders)

    def _shell(self, command: str, folder: Path) -> list[str]:
        command = command.replace(FOLDER, str(folder))
        return ["cmd", "/c", command] if sys.platform == "win32" else ["/bin/sh", "-c", command]

    def _run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        stop: Callable[[], bool] | None = None,
        out: Any = None,
    ) -> Outcome:
        environment = {**os.environ, **environment, **_no_proxy(os.environ)}
        with tempfile.TemporaryFile() as output:
            with self._lock:
                if self._over:
                    return Outcome("was not started: the check ends")
                try:
                    process = subprocess.Popen(  # noqa: S603 - it is the user's own
                        startable(command),
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=out or output,
                        stderr=output,
                        start_new_session=True,
                    )
                except (OSError, ValueError) as error:
                    reason = (getattr(error, "strerror", None) or str(error)).lower()
                    raise SyncError(
                        f"cannot run {command[0] or 'an empty name'}: {reason}; wanted a command, e.g. -- npm run sync"
                    ) from error
                self._running.add(process)
            problem, killed = self._wait(process, stop)
            output.seek(0, os.SEEK_END)
            output.seek(max(0, output.tell() - LONGEST_OUTPUT))
            return Outcome(problem, output.read().decode("utf-8", "replace"), killed)

    def _wait(self, process: subprocess.Popen[bytes], stop: Callable[[], bool] | None) -> tuple[str, bool]:
        until = time.monotonic() + self.timeout
        killed, problem = False, ""
        ended = threading.Event()
        # Popen.wait with a time-out looks again and again, at last every 50 ms; without one the system tells at once.
        waiting = threading.Thread(target=_wait_for, args=(process, ended), name="vambe-mock sync-check wait")
        waiting.start()
        try:
            while not ended.wait(min(_LOOK if stop else self.timeout, max(0.0, until - time.monotonic()))):
                if stop is not None and stop():
                    killed = True
                    break
                if time.monotonic() >= until:
                    problem = f"did not end within {plural(self.timeout, 'second')}"
                    break
        finally:
            with self._lock:
                _kill(process)
                self._running.discard(process)
            waiting.join()
            process.wait()
        if not problem and not killed and process.returncode:
            code = process.returncode
            problem = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        return problem, killed


@dataclass(slots=True)
class FunctionClient:
    """A function in this process: ``poll_once(base_url, api_key, folder)``, and ``read_copy(folder)`` for the copy."""

    poll_once: Callable[[str, str, Path], Any]
    read_copy: Callable[[Path], Iterable[Record]] | None = None
    in_process: bool = True

    def poll(self, turn: Turn, stop: Callable[[], bool] | None = None) -> Outcome:  # noqa: ARG002 - it cannot be killed
        """Call the function; what it raises is how the poll failed."""
        try:
            self.poll_once(turn.url, turn.key, turn.folder)
        except Exception as error:  # noqa: BLE001 - whatever the client raises, its poll has failed
            return Outcome(f"raised {type(error).__name__}: {error}".rstrip(": "))
        return Outcome()

    def copy(self, folder: Path) -> list[Record] | None:
        """Call the function."""
        return None if self.read_copy is None else [dict(one) for one in self.read_copy(folder)]

    def fresh(self, folder: Path) -> None:
        """There is nothing to empty: the folder is new."""

    def leave(self, folder: Path) -> None:
        """There is nothing to end."""

    def end(self) -> None:
        """A function cannot be ended."""


def _wait_for(process: subprocess.Popen[bytes], ended: threading.Event) -> None:
    """Set *ended* when *process* has; it is not reaped yet, so that its number is nobody else's before it is killed."""
    if sys.platform != "win32" and hasattr(os, "waitid"):  # macOS has it from Python 3.13 on
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()
    ended.set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill *process* and all that it started."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _kill_strays(folders: Collection[str]) -> None:
    """Kill every process whose VAMBE_SYNC_DIR is one of *folders*, where /proc tells (Linux)."""
    marks = {f"VAMBE_SYNC_DIR={folder}".encode() for folder in folders}
    if sys.platform == "win32" or not marks or not Path("/proc/self/environ").exists():
        return
    for _ in range(_SWEEPS):
        processes = [one for one in os.listdir("/proc") if one.isdecimal()]  # noqa: PTH208 - hundreds: the quick way
        found = [pid for pid in processes if not marks.isdisjoint(_environment(pid))]
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
        if not found:
            return


def _environment(pid: str) -> list[bytes]:
    """The variables of a process; none if it has ended, or is somebody else's."""
    try:
        with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:  # noqa: PTH123 - hundreds: the quick way
            return file.read().split(b"\0")
    except OSError:
        return []


def _no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """A proxy for the world outside knows nothing of a server on this machine."""
    usual = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    value = ",".join(filter(None, (usual, "127.0.0.1,localhost,::1")))
    return {"NO_PROXY": value, "no_proxy": value}


def last_line(output: str) -> str:
    """The last line of *output*, after a colon; or that there is none."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f": {lines[-1][:300]}" if lines else ", and printed nothing"
