"""Servers as processes: started on a core of their own, asked for their CPU time and memory, stopped."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
KEY: Final = "test-key"
READY: Final = "/api/public/contacts?days=30&limit=1"
PATIENCE: Final = 600.0
"""Seconds that a server may take to answer; a million contacts have been slow to load."""

_CORES: Final = sorted(os.sched_getaffinity(0)) if shutil.which("taskset") else []
SERVER_CORE: Final = _CORES[0] if len(_CORES) > 1 else None
LOAD_CORE: Final = _CORES[1] if len(_CORES) > 1 else None

_MEGABYTE: Final = 1_000_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class BenchmarkError(Exception):
    """Something that a measurement needs is not there. The message is one line."""


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a server; ``{port}`` in *arguments* becomes a free port, and *ready* is asked until it is 200.

    ``{port}`` in the text of one of *files* too; these are written before.
    """

    arguments: tuple[str, ...]
    environment: dict[str, str]
    ready: str
    files: tuple[tuple[Path, str], ...] = ()


def ours(*flags: str) -> Command:
    """``vambe-mock serve`` as a user starts it."""
    program = Path(sysconfig.get_path("scripts")) / "vambe-mock"
    return Command((str(program), "serve", "--port", "{port}", *flags), {}, READY)


def plain(application: str, environment: dict[str, str], *, access_log: bool = False) -> Command:
    """An application of this package under uvicorn, with the loop and the parser that ours has too."""
    flags = ("--loop", "uvloop", "--http", "httptools", "--no-proxy-headers", "--lifespan", "off")
    log = ("--log-level", "info") if access_log else ("--log-level", "warning", "--no-access-log")
    module = "naive:create_app" if application == "naive" else f"constant:{application}"
    arguments = (sys.executable, "-m", "uvicorn", "--factory", f"benchmarks.{module}", "--port", "{port}", *flags, *log)
    return Command(arguments, environment, READY)


@dataclass(slots=True)
class Server:
    """A running server and what the kernel knows of it."""

    process: subprocess.Popen[bytes]
    port: int
    ready_after: float
    """Seconds from the start of the process to the first 200."""

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self, name: str = "VmRSS") -> float:
        """Megabytes (10**6 bytes) in memory now, or, as ``VmHWM``, at most since ``forget_peak``."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024 / _MEGABYTE

    def forget_peak(self) -> None:
        """Let the peak begin anew at what is in memory now."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


@contextmanager
def running(command: Command, log: Path) -> Iterator[Server]:
    """The server of *command* while the block runs; what it prints goes to *log*. Raises BenchmarkError."""
    port = _free_port()
    arguments = [argument.replace("{port}", str(port)) for argument in command.arguments]
    for file, text in command.files:
        file.write_text(text.replace("{port}", str(port)))
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            pinned(arguments, SERVER_CORE),
            env=_environment() | command.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        try:
            yield Server(process, port, _wait(process, port, command.ready, began, log))
        finally:
            process.terminate()
            process.wait()


def _environment() -> dict[str, str]:
    """This process's environment without what would set options of ``vambe-mock``."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VAMBE_MOCK_")}


def pinned(arguments: list[str], core: int | None) -> list[str]:
    """*arguments* on that core alone; None: wherever the system likes."""
    return arguments if core is None else ["taskset", "-c", str(core), *arguments]


def _wait(process: subprocess.Popen[bytes], port: int, path: str, began: float, log: Path) -> float:
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            said = log.read_text(errors="replace").strip().splitlines() or ["nothing"]
            raise BenchmarkError(f"{process.args!r} ended at once and said: {said[-1]}")
        try:
            if ask(port, path).startswith(b"HTTP/1.1 200"):
                return time.perf_counter() - began
        except OSError:
            pass
        time.sleep(0.002)
    raise BenchmarkError(f"{process.args!r} did not answer within {PATIENCE:g} s")


def ask(port: int, path: str) -> bytes:
    """The whole answer to one request, head and body, over a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request(path, "close"))
        return b"".join(iter(lambda: connection.recv(1 << 18), b""))


def body(port: int, path: str) -> bytes:
    """The body of a 200. Raises BenchmarkError for any other answer."""
    head, _, content = ask(port, path).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise BenchmarkError(f"{path}: {head.splitlines()[0].decode()} {content[:200].decode(errors='replace')}")
    return content


def request(path: str, connection: str = "keep-alive") -> bytes:
    """A GET for *path* with the key, as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: {KEY}\r\nconnection: {connection}\r\n\r\n".encode()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
