"""The command line: help, versions, wrong calls. Everything through the real program."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest

from vambe_mock import __version__
from vambe_mock.server.settings import Settings


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """``vambe-mock`` with *arguments*, to its end."""
    command = [sys.executable, "-m", "vambe_mock", *arguments]
    env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)


def test_version() -> None:
    """--version prints the version of the package."""
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"vambe-mock {__version__}\n")


def test_without_a_command_there_is_help() -> None:
    """The bare program tells its commands and exits 0."""
    done = run()
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "readyz" in done.stdout
    assert "Example: vambe-mock serve" in done.stdout


def test_help_states_every_option_its_default_and_its_twin() -> None:
    """Every setting is in the help with its variable and, where it has one, its default (`settings-once`)."""
    text = " ".join(run("serve", "--help").stdout.replace("│", " ").split())
    for flag in ("host", "port", "api-key", "data", "contacts", "seed", "now", "keep-timestamps", "workers", "quiet"):
        assert f"--{flag}" in text
        assert f"VAMBE_MOCK_{flag.upper().replace('-', '_')}" in text
    assert "[default: 127.0.0.1]" in text
    assert "[default: 8262]" in text
    assert "[default: test-key]" in text
    assert "Example: vambe-mock serve" in text
    assert text.count("VAMBE_MOCK_") >= len(fields(Settings)) - 1


WRONG = [
    ("an unknown command", ["bogus"], ["No such command", "bogus"]),
    ("an unknown option", ["serve", "--prot", "1"], ["No such option: --prot", "--port"]),
    ("a port that is no number", ["serve", "--port", "x"], ["--port", "'x'"]),
    ("a port out of range", ["serve", "--port", "70000"], ["--port", "70000", "65535"]),
    ("no such format", ["serve", "--log-format", "xml"], ["--log-format", "'xml'", "text", "json"]),
    ("no instant", ["serve", "--now", "yesterday"], ["--now", "yesterday", "2026-01-31T09:30:00Z"]),
    ("a negative count", ["serve", "--contacts", "-1"], ["--contacts", "-1"]),
    ("a count that is none", ["serve", "--contacts", "many"], ["--contacts", "many"]),
    ("two sources", ["serve", "--data", "x.json", "--contacts", "5"], ["--data", "--contacts", "one of them"]),
    ("a fixture set and a file", ["serve", "--data", "x.json", "--fixture", "tiny"], ["--data", "--fixture"]),
    ("an empty key", ["serve", "--api-key", ""], ["--api-key", "test-key"]),
    ("no such file", ["serve", "--data", "none.json"], ["none.json", "no such file"]),
    ("a URL file in no folder", ["serve", "--url-file", "none/url"], ["none/url", "no such file"]),
    ("an address of another machine", ["serve", "--host", "192.0.2.1"], ["192.0.2.1", "cannot listen"]),
    ("a key beyond ASCII", ["serve", "--api-key", "clé"], ["--api-key", "ASCII", "test-key"]),
    ("no host name", ["serve", "--host", "a..b"], ["a..b", "cannot listen", "127.0.0.1"]),
    ("no port in the URL", ["readyz", "--url", "http://127.0.0.1:abc"], ["127.0.0.1:abc", "http://127.0.0.1:8262"]),
    ("no base URL", ["readyz", "--url", "localhost"], ["localhost", "http://127.0.0.1:8262"]),
]


@pytest.mark.parametrize(("arguments", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_call_is_one_line_and_exit_code_2(arguments: list[str], says: list[str]) -> None:
    """What came, what is wanted, in one line on standard error, and no traceback (`one-line-errors`)."""
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("vambe-mock: ")
    assert done.stdout == ""
    for part in says:
        assert part in done.stderr


def test_a_port_in_use_is_one_line() -> None:
    """A taken port is named, with a way out (`one-line-errors`)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"vambe-mock: cannot listen on 127\.0\.0\.1 port {port}: address already in use; .*--port 0\n", done.stderr
    )


def test_a_broken_data_file_is_one_line(tmp_path: Path) -> None:
    """A broken document ends the program before anything is served (`one-line-errors`, `whole-or-not-at-all`)."""
    file = tmp_path / "broken.json"
    file.write_text('{"format": "vambe-mock/1"', encoding="utf-8")
    done = run("serve", "--data", str(file), "--port", "0")
    assert done.returncode == 2
    assert done.stderr.startswith(f"vambe-mock: {file}: not JSON")
    assert done.stderr.count("\n") == 1


def test_a_flag_beats_the_environment() -> None:
    """The twin in the environment counts unless the flag is given (`settings-once`)."""
    assert "'from-env'" in run("serve", VAMBE_MOCK_LOG_FORMAT="from-env").stderr
    assert "'from-flag'" in run("serve", "--log-format", "from-flag", VAMBE_MOCK_LOG_FORMAT="json").stderr
    assert "'from-plain'" in run("serve", PORT="from-plain").stderr
    assert "'from-own'" in run("serve", PORT="1", VAMBE_MOCK_PORT="from-own").stderr


def test_a_wrong_variable_is_blamed_on_the_variable() -> None:
    """A value from the environment is not blamed on a flag that nobody gave (`one-line-errors`)."""
    done = run("serve", PORT="tcp://10.0.0.1:80")
    assert done.returncode == 2
    assert "the variable PORT" in done.stderr
    assert "--port" not in done.stderr


def test_a_source_by_flag_beats_another_by_variable() -> None:
    """A variable may name the usual data; any flag that names a source beats it (`settings-once`)."""
    done = run("serve", "--data", "none.json", VAMBE_MOCK_FIXTURE="tiny", VAMBE_MOCK_CONTACTS="5")
    assert "none.json: no such file" in done.stderr


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.4])
def test_ctrl_c_while_it_starts_is_no_traceback(delay: float) -> None:
    """Interrupted at any moment of its start, the server ends without a word (`clean-end`)."""
    command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            time.sleep(delay)
            program.send_signal(signal.SIGINT)
            _, complaint = program.communicate(timeout=30)
        finally:
            program.kill()
    assert "vambe_mock" not in complaint


SWALLOWED = """
import os, signal, sys
from vambe_mock.__main__ import main

class Careless:
    def find_spec(self, name, *_):
        if name == {name!r}:
            try:
                os.kill(os.getpid(), signal.SIGINT)
                sum(range(1000))
            except BaseException:
                pass

sys.meta_path.insert(0, Careless())
sys.argv = ["vambe-mock", "serve", "--port", "0"]
main()
"""


@pytest.mark.parametrize("name", ["typer", "fastapi", "vambe_mock.server.watch"])
def test_ctrl_c_counts_even_where_others_catch_it(name: str) -> None:
    """Interrupted inside an import that catches every exception, the server ends all the same (`clean-end`)."""
    program = [sys.executable, "-c", SWALLOWED.format(name=name)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_readyz_tells_by_its_exit_code() -> None:
    """Nobody there is exit code 1 and one line (`readyz`)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = run("readyz", "--url", f"http://127.0.0.1:{port}")
    assert done.returncode == 1
    assert re.fullmatch(rf"vambe-mock: http://127\.0\.0\.1:{port} is not ready: .*refused.*\n", done.stderr)


def test_help_does_not_wait_for_the_server() -> None:
    """Asking for help loads neither FastAPI nor numpy."""
    heavy = {"fastapi", "numpy", "uvicorn", "schemathesis"}
    code = f"import sys, vambe_mock.cli.main; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
