"""Exit codes: 1 is for findings, whatever else happens."""

import subprocess
import sys
import tempfile
from errno import ENOENT
from importlib import import_module
from typing import Any

import pytest

from commands import refused, vambe
from vambe_mock.cli import exec as running
from vambe_mock.cli import explain, main
from vambe_mock.server import process, readiness
from vambe_mock.testing.client import MockError

COMMANDS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "serve": (process, "serve", ("serve",)),
    "exec": (running, "execute", ("exec", "--", "true")),
    "generate": (import_module("vambe_mock.cli.generate"), "_run", ("generate", "out.json")),
    "check": (import_module("vambe_mock.cli.check"), "require", ("check",)),
    "import": (import_module("vambe_mock.cli.import_"), "require", ("import", "out.json")),
    "explain": (explain, "explained", ("explain", "x", "days=1")),
    "readyz": (readiness, "ready", ("readyz",)),
}
ERRORS = {
    "defect": (KeyError("x\ny"), "internal error: KeyError at test_exit_codes.py:"),
    "surroundings": (PermissionError(13, "Permission denied", "/x"), "/x: permission denied; wanted"),
    "installation": (ModuleNotFoundError("No module named 'x'"), "No module named 'x'; wanted a whole installation"),
    "server": (MockError(0, "the server did not start"), "the server did not start"),
    "memory": (MemoryError(), "internal error: MemoryError"),
}


@pytest.mark.parametrize(
    ("command", "error"),
    [*((command, "defect") for command in COMMANDS), *(("explain", error) for error in ERRORS if error != "defect")],
)
def test_an_unexpected_error_is_one_line_and_exit_code_2(
    command: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would print a traceback and exit with 1, which says that the command found something."""
    module, name, arguments = COMMANDS[command]
    raised, word = ERRORS[error]

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(module, name, fail)
    assert refused(*arguments).startswith(f"vambe-mock: {word}")


@pytest.mark.parametrize("command", [("sync-check", "--", "true"), ("serve", "--tls", "--port", "0")])
def test_a_machine_without_a_temporary_folder_is_named(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is told, and nothing else is blamed for it."""

    def mkdtemp(*_: object, **__: object) -> str:
        raise FileNotFoundError(ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    said = "vambe-mock: no usable temporary directory found in ['/tmp']; wanted one that can be written, e.g. TMPDIR="
    assert refused(*command).startswith(said)


def test_developers_see_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """With python -X dev the traceback is printed too, and the exit code stays 2."""

    class Flags:
        dev_mode = True

    def fail(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(main.sys, "flags", Flags())  # type: ignore[attr-defined]
    monkeypatch.setattr(readiness, "ready", fail)
    done = vambe("readyz")
    assert (done.code, "Traceback" in done.err) == (2, True)


def test_a_broken_installation_is_one_line_and_exit_code_2() -> None:
    """Where a package is missing that every command needs, its name is told."""
    missing = "import sys; sys.modules['typer'] = None; from vambe_mock.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", missing], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "typer" in done.stderr


def test_a_misspelt_variable_of_any_command_is_looked_for() -> None:
    """Whichever command a variable is for, its beginning is one of those that are ours (`settings-once`)."""
    from vambe_mock.cli import commands, options, serve

    assert commands.app.registered_commands
    named = [name for name in options._variables if name.startswith("VAMBE_") and not serve.OURS.match(name)]
    assert named == ["VAMBE_API_KEY"]
