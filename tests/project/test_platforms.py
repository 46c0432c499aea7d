"""What other machines lack, as far as it can be tried on this one."""

import ast
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from installs import ROOT
from servers import StartServer
from vambe_mock.generator.sets import locks
from vambe_mock.generator.sets.atomic_files import write_atomically
from vambe_mock.testing import commands

NOT_ON_WINDOWS: Final = {
    "os": (
        "fork killpg getuid geteuid getgid getegid getgroups getpgid getpgrp getsid setsid setpgid tcgetpgrp ttyname "
        "wait3 wait4 waitid P_PID WEXITED WNOWAIT WNOHANG WUNTRACED O_NONBLOCK O_NOCTTY O_NOFOLLOW O_DIRECTORY "
        "O_CLOEXEC statvfs ST_RDONLY chown fchown mkfifo nice sched_getaffinity sendfile pread pwrite posix_fadvise "
        "sysconf uname getloadavg register_at_fork openpty"
    ),
    "signal": (
        "SIGHUP SIGKILL SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGALRM SIGSTOP SIGCONT SIGWINCH alarm setitimer pause "
        "pthread_sigmask pthread_kill sigwait SIG_BLOCK SIG_UNBLOCK SIG_SETMASK"
    ),
    "socket": "AF_UNIX MSG_DONTWAIT MSG_NOSIGNAL SO_REUSEPORT",
    "select": "poll epoll kqueue POLLIN POLLOUT",
    "mmap": "MADV_DONTNEED",
}
MODULES_NOT_ON_WINDOWS: Final = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty", "uvloop")


ANY: Final = re.compile(
    "|".join([
        *(rf"\b{module}\.(?:{'|'.join(names.split())})\b" for module, names in NOT_ON_WINDOWS.items()),
        rf"\b(?:from|import) (?:{'|'.join(MODULES_NOT_ON_WINDOWS)})\b",
    ])
)  # fmt: skip


def unguarded(source: str) -> list[str]:
    """What *source* takes from the system that Windows lacks, in functions that do not look at the system first."""
    found = {source.count("\n", 0, one.start()) + 1: one[0] for one in ANY.finditer(source)}
    functions = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef)] if found else []
    lines = source.splitlines()
    guarded = {
        line
        for one in functions
        for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
        if re.search(r"sys\.platform [!=]= |hasattr\(", "\n".join(lines[one.lineno - 1 : line]))
    }
    return [f"{name}, line {line}" for line, name in found.items() if line not in guarded]


def test_what_windows_lacks_is_used_only_where_the_system_is_looked_at() -> None:
    """No function takes a name that Windows lacks without asking which system it is on; CI's mypy knows them all."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "mock_server").rglob("*.py")]
    sources += [path.read_text(encoding="utf-8") for path in (ROOT / "contract_tests").rglob("*.py")]
    assert [told for one in sources for told in unguarded(one)] == []
    assert sum(len(ANY.findall(one)) for one in sources) > 20
    killing = "import os, signal\ndef end(pid):\n    os.kill(pid, signal.SIGKILL)\n"
    assert unguarded(killing) == ["signal.SIGKILL, line 3"]
    late = "def limit():\n    from resource import getrlimit\n    return sys.platform == 'win32' or getrlimit(1)\n"
    assert unguarded(late) == ["from resource, line 2"]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, to the locks of runs: a lock is msvcrt's, and a file that this process has open cannot be deleted."""
    import fcntl

    def locking(file: int, _mode: int, _bytes: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(13, "permission denied") from None

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if any(os.path.realpath(one) == os.path.realpath(path) for one in Path("/proc/self/fd").iterdir()):
            raise PermissionError(13, "the file is being used by another process", str(path))
        if path.exists() or not missing_ok:
            os.unlink(path)  # noqa: PTH108 - Path's is this one

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(locks, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(Path, "unlink", unlink)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at the open files as Linux shows them")
@pytest.mark.usefixtures("windows")
def test_no_lock_is_left_where_no_open_file_can_be_deleted(tmp_path: Path) -> None:
    """On Windows, too, a run leaves only its files, and takes away what a run before it has left (`leftovers`)."""
    for name in (".0badc0de.partial", ".old.json.0badc0de.partial"):
        (tmp_path / name).touch()
    with write_atomically(tmp_path, ["a.json"], force=False) as pending:
        pending.path("a.json").touch()
        assert not [*tmp_path.glob("*0badc0de*")]
        locks.remove_leftovers(tmp_path)  # as another run does, which leaves this one's alone
        assert locks.names_in_work(tmp_path) == {"a.json"}
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_a_command_of_windows_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``exec -- npm test`` starts npm.cmd there, which Windows itself does not look for (`exec-around-a-command`)."""
    program = tmp_path / "npm"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commands.startable(["npm", "test"]) == ["npm", "test"]
    monkeypatch.setattr(commands, "sys", SimpleNamespace(platform="win32"))
    assert commands.startable(("npm", "test")) == [str(program), "test"]
    assert commands.startable(["none-such"]) == ["none-such"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_log_goes_through_a_pipe_that_cannot_take_its_arrow(encoding: str, start_server: StartServer) -> None:
    """Where standard output lacks the character, as a pipe on Windows, the arrow is plain (`log-waits-for-nobody`)."""
    server = start_server("--fixture", "tiny", "--now", "2026-03-01T12:00:00Z", PYTHONIOENCODING=encoding)
    assert len(server.get("days=7").json()) == 2
    log = server.log(until="-> days 2")
    assert "200 GET /api/public/contacts?days=7  12 -> days 2" in log
    assert "Traceback" not in log
