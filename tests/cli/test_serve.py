"""``vambe-mock serve``, whose usual command lines are read without Typer."""

import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from vambe_mock.cli import commands, options
from vambe_mock.cli.serve import settings_of
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings

WORDS = (
    "--port",
    "--port=0",
    "--port=x",
    "0",
    "-1",
    "--quiet",
    "--quiet=true",
    "--no-prefer",
    "--prefer",
    "--api-key",
    "--api-key=one",
    "--api-key=",
    "key with spaces",
    "--now=2026-01-31T09:30:00Z",
    "--log-format",
    "json",
    "--organisation",
    "a=b.json",
    "--data=a=b",
    "--contacts=5",
    "--help",
    "-h",
    "--",
    "--prot=1",
    "--por=1",
)


def by_typer(words: list[str]) -> Settings | None:
    """The settings that Typer hands to ``serve``; None where it does not come to that."""
    found: list[Settings] = []
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)

    def serve(settings: Settings) -> None:
        """Serve."""
        found.append(settings)

    options.add_settings_command(app, "serve", serve, example="")
    with suppress(SettingsError, typer.exceptions.TyperException):
        typer.main.get_command(app).main(["serve", *words], standalone_mode=False)
    return found[0] if found else None


@given(words=st.lists(st.sampled_from(WORDS), max_size=4))
def test_the_short_way_reads_what_typer_reads(words: list[str]) -> None:
    """Where it reads anything at all, and that is every line of options with values (`plain-command-line`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lambda *_args, **_more: None)
        short = settings_of(["serve", *words])
        if short is not None:
            assert [_same(short)] == [_same(one) for one in [by_typer(words)] if one is not None]
        elif set(words) <= {"--port=0", "--quiet", "--no-prefer", "--api-key=one", "--contacts=5"}:
            raise AssertionError(words)


def _same(settings: Settings) -> dict[str, Any]:
    """All but when the command was started."""
    return {name: getattr(settings, name) for name in Settings.__slots__ if name != "started_at"}


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["exec", "--port=0"], {}),
        (["serve", "--port"], {}),
        (["serve", "--quiet=1"], {}),
        (["serve", "word"], {}),
        (["serve"], {"VAMBE_MOCK_PROT": "1"}),
        (["serve"], {"VAMBE_MOCK_PORT": "x"}),
        (["serve"], {"PORT": "tcp://1.2.3.4:80"}),
        (["serve"], {"_VAMBE_MOCK_COMPLETE": "complete_bash"}),
    ],
)
def test_what_has_to_be_told_is_left_to_typer(
    words: list[str], variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help, faults, warnings (`plain-command-line`)."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert settings_of(words) is None


def test_a_start_imports_no_typer() -> None:
    """Nor Rich, nor FastAPI, nor the commands (`plain-command-line`)."""
    heavy = {"typer", "rich", "click._termui_impl", "fastapi", commands.__name__}
    code = (
        "import sys, vambe_mock.cli.serve, vambe_mock.server.process\n"
        "vambe_mock.server.process.serve = print\n"
        "sys.argv = ['vambe-mock', 'serve', '--port', '0', '--quiet']\n"
        "from vambe_mock.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print({heavy!r} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[1:] == ["set()"], done
