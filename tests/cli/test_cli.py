"""The command line: help, versions, wrong calls. Everything through the real program."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from effort import some
from vambe_mock import __version__
from vambe_mock.cli.commands import app
from vambe_mock.cli.exec import without_proxy
from vambe_mock.server.options import Option, SettingsError
from vambe_mock.server.settings import from_environment, options


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


TYPERS = {"the installed Typer": "", "the oldest Typer": str(Path(sys.prefix) / "older")}
"""The releases of Typer at the two ends of what pyproject.toml admits, as folders for PYTHONPATH."""

BATCH = """
import json, os, sys
import typer
from commands import vambe
told = []
for arguments, environment in json.load(sys.stdin):
    os.environ.update(environment)
    told.append(vambe(*arguments))
    for name in environment:
        del os.environ[name]
print(json.dumps([typer.__version__, told]))
"""


def in_one_process(typer: str, calls: list[tuple[list[str], dict[str, str]]]) -> tuple[str, list[Any]]:
    """The version of Typer, and exit code, output and error of each of *calls*: arguments and variables."""
    folders = [TYPERS[typer], str(Path(__file__).parents[1] / "support")]
    done = subprocess.run(
        [sys.executable, "-c", BATCH],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders))},
    )
    version, told = json.loads(done.stdout)
    return version, told


COMMANDS = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - typer tells of a command, which is a group
WIDTHS = [40, 60, 80, 200]


@cache
def helps(typer: str) -> dict[tuple[str, int], str]:
    """The help of each command at each width."""
    calls = [(command, width) for command in COMMANDS for width in WIDTHS]
    version, told = in_one_process(typer, [([command, "--help"], {"COLUMNS": str(width)}) for command, width in calls])
    assert (version == "0.27.2") == (typer == "the oldest Typer")
    assert all((code, error) == (0, "") for code, _, error in told)
    return {call: text for call, (_, text, _) in zip(calls, told, strict=True)}


def joined(text: str) -> str:
    """*text* without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("typer", TYPERS)
@pytest.mark.parametrize("width", WIDTHS)
def test_help_states_every_option_its_range_its_default_and_its_variable(typer: str, width: int) -> None:
    """However narrow the terminal, no name of a flag or of a variable is cut (`settings-once`)."""
    text = helps(typer)["serve", width]
    assert "…" not in text
    for option in options():
        names = [option.flag, *option.variables, *([option.negative] if option.negative else [])]
        for name in names:
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text), name
    for fact in ("default: localhost", "default: 8262", "default: test-key", "0 to 65535", "Example: vambe-mock serve"):
        assert fact in joined(text)


@pytest.mark.parametrize("typer", TYPERS)
@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_its_width_and_gives_a_switch_no_value(typer: str, command: str) -> None:
    """A line is longer than the terminal only where one word is, and ``--force`` is not shown with a value."""
    for width in WIDTHS:
        text = helps(typer)[command, width]
        assert "bool" not in text
        for line in text.splitlines():
            assert len(line) <= width or "Example:" in line or len(line.split()) <= 2, line
    assert re.search(r"^  --known FILE ", helps(typer)["check", 80], flags=re.MULTILINE)  # its parameter is known_file
    assert re.search(r"^  --force +Replace", helps(typer)["generate", 80], flags=re.MULTILINE)


@pytest.mark.parametrize("typer", TYPERS)
def test_help_is_the_same_with_every_typer(typer: str) -> None:
    """Help and messages are ours, so a release of Typer changes nothing."""
    assert helps(typer) == helps("the installed Typer")


def example(option: Option) -> str:
    """The example in the message about a wrong value of *option*."""
    with pytest.raises(SettingsError) as refused:
        option.read("\0wrong")
    return str(refused.value).rpartition(f"{option.flag} ")[2]


@pytest.mark.parametrize("option", [one for one in options() if one.kind not in ("str", "switch", "path")], ids=str)
def test_the_example_in_a_message_works(option: Option) -> None:
    """What a message tells the user to write is accepted (`one-line-errors`)."""
    assert option.read(example(option)) is not None


def test_no_example_in_a_message_is_text_alone() -> None:
    """Every flag of every command has an example of its own; a token may be any text (`one-line-errors`)."""
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    bare = {
        (name, one.flag)
        for name, command in commands.items()
        for one in command.options
        if str(one.without_value()).endswith((f"{one.flag} text", f"{one.flag} data.json")) and not one.choices
    }
    assert {flag for _, flag in bare} == {"--admin-token", "--api-key", "--data"}


WRONG: list[tuple[str, list[str], str]] = [
    ("an unknown command", ["bogus"], "No such command 'bogus'. (see vambe-mock --help)"),
    ("an unknown option", ["serve", "--prot", "1"], "serve has no option --prot; did you mean --port? (see vambe-mock"),
    ("an option like none", ["generate", "--wxyz"], "generate has no option --wxyz (see vambe-mock generate --help)"),
    (
        "a port for exec",
        ["exec", "--port", "1", "--", "true"],
        "exec has no --port: its server takes a free port,",
    ),
    ("a port that is no number", ["serve", "--port", "x"], '--port "x"; wanted a whole number, 0 to 65535, '),
    ("a port out of range", ["serve", "--port", "70000"], '--port "70000"; wanted a whole number, 0 to 65535, '),
    ("a port without a value", ["serve", "--port"], "--port without a value; wanted a whole number, 0 to 65535, "),
    ("a slug without a value", ["calibrate", "--explain"], "wanted text, for example --explain days-window"),
    ("no such format", ["serve", "--log-format", "xml"], '--log-format "xml"; wanted one of text, json, '),
    ("no instant", ["serve", "--now", "yesterday"], "for example --now 2026-01-31T09:30:00Z"),
    ("an instant without a zone", ["serve", "--now", "2026-01-31T09:30:00"], "wanted an instant with a time zone"),
    ("a negative count", ["serve", "--contacts", "-1"], '--contacts "-1"; wanted a whole number, 0 or more, '),
    ("a count that is none", ["serve", "--contacts", "many"], "for example --contacts 1000"),
    ("two sources", ["serve", "--data", "x.json", "--contacts", "5"], "--data and --contacts both say what to serve"),
    ("a fixture set and a file", ["serve", "--data", "x.json", "--fixture", "tiny"], "--fixture and --data both"),
    ("an empty key", ["serve", "--api-key", ""], "--api-key is empty"),
    ("no such file", ["serve", "--data", "none.json"], "none.json: no such file"),
    ("a URL file in no folder", ["serve", "--url-file", "none/url"], "none/url: no such file"),
    ("an address of another machine", ["serve", "--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
    ("a key beyond ASCII", ["serve", "--api-key", "clé"], "wanted printable ASCII"),
    ("no host name", ["serve", "--host", "a..b"], "cannot listen on a..b: no name of a machine is so; wanted "),
    ("an empty host", ["serve", "--host", ""], 'cannot listen on ""; wanted an address of this machine'),
    ("no port in the URL", ["readyz", "--url", "http://127.0.0.1:abc"], "wanted one like http://127.0.0.1:8262"),
    ("no base URL", ["readyz", "--url", "localhost"], '"localhost"'),
    ("not a number", ["readyz", "--wait", "nan"], '--wait "nan"; wanted a number, 0 to 86400, for example --wait 0'),
    ("a number below its range", ["check", "--max-requests", "0"], '--max-requests "0"; wanted a whole number, 1 or'),
    ("a switch with a value", ["generate", "--force=no"], "Option '--force' does not take a value"),
    ("a switch and a boolean", ["generate", "--force", "no"], '--force "no"; wanted --force alone'),
    ("a missing argument", ["explain"], "Missing argument 'CONTACT'. (see vambe-mock explain --help)"),
    ("one argument too many", ["serve", "extra"], "Got unexpected extra argument(s) (extra) (see vambe-mock serve"),
]

WRONG_VARIABLES = [
    ({"PORT": "1", "VAMBE_MOCK_PORT": "own"}, 'VAMBE_MOCK_PORT="own"; wanted'),
    ({"VAMBE_MOCK_LOG_FORMAT": "xml"}, 'VAMBE_MOCK_LOG_FORMAT="xml"; wanted one of text, json, '),
    (
        {"VAMBE_MOCK_QUIET": "maybe"},
        'VAMBE_MOCK_QUIET="maybe"; wanted true or false, for example VAMBE',
    ),
]


@pytest.mark.parametrize("typer", TYPERS)
def test_a_wrong_call_is_one_line_and_exit_code_2(typer: str) -> None:
    """What came and what is wanted, in one line on standard error, and no traceback (`one-line-errors`)."""
    calls = [(arguments, dict[str, str]()) for _, arguments, _ in WRONG]
    _, told = in_one_process(typer, calls)
    for (name, _, says), (code, out, err) in zip(WRONG, told, strict=True):
        assert (code, out, err.count("\n")) == (2, "", 1), name
        assert err.startswith("vambe-mock: ")
        assert says in err


@pytest.mark.parametrize("typer", TYPERS)
def test_a_wrong_variable_is_blamed_on_the_variable(typer: str) -> None:
    """A value from the environment is not blamed on a flag that nobody gave (`one-line-errors`)."""
    _, told = in_one_process(typer, [(["serve"], variables) for variables, _ in WRONG_VARIABLES])
    for (_, says), (code, _, err) in zip(WRONG_VARIABLES, told, strict=True):
        assert (code, err.count("\n")) == (2, 1)
        assert says in err
        assert "--" not in err


PASSED_OVER = [
    (
        {"HOST": "x86_64-conda-linux-gnu"},
        "HOST=x86_64-conda-linux-gnu is passed over: it is not an address of",
    ),
    ({"HOST": "192.0.2.1"}, "HOST=192.0.2.1 is passed over"),
    ({"PORT": "70000"}, "PORT=70000 is passed over: it is not a whole number, 0 to 65535; --port and VAMBE_MOCK_PORT"),
    ({"PORT": "tcp://10.0.0.1:80"}, "PORT=tcp://10.0.0.1:80 is passed over: it is an orchestrator's service link"),
    ({"VAMBE_MOCK_PORT": "tcp://10.0.0.1:80", "VAMBE_MOCK_SERVICE_HOST": "10.0.0.1"}, "VAMBE_MOCK_PORT=tcp://10.0.0.1"),
    ({"VAMBE_MOCK_ADMIN_PORT": "udp://[fd00::1]:80", "VAMBE_MOCK_PORT_80_TCP": "x"}, "VAMBE_MOCK_ADMIN_PORT=udp://"),
    (
        {"VAMBE_MOCK_FIXTRUE": "tiny"},
        "VAMBE_MOCK_FIXTRUE is no variable of vambe-mock; did you mean VAMBE_MOCK_FIX",
    ),
]


def test_what_others_put_into_the_environment_is_passed_over() -> None:
    """One line of warning each, none with --quiet, and the server goes on (`environment-of-others`)."""
    calls = [(["serve", "--data", "none.json", *quiet], one) for one, _ in PASSED_OVER for quiet in ([], ["--quiet"])]
    _, told = in_one_process("the installed Typer", calls)
    for (_, says), (code, _, err), (_, _, quiet) in zip(PASSED_OVER, told[::2], told[1::2], strict=True):
        warning, reason = err.splitlines()
        assert warning.startswith(f"vambe-mock: warning: {says}")
        assert (code, reason.startswith("vambe-mock: none.json: ")) == (2, True)
        assert quiet.splitlines() == [reason]


def test_host_and_port_of_a_platform_count() -> None:
    """An address of this machine and a number are meant for us, and our own variables beat them (`settings-once`)."""
    assert from_environment({"HOST": "0.0.0.0", "PORT": "9000"}) == {"host": ("0.0.0.0",), "port": 9000}
    assert from_environment({"HOST": "localhost"})["host"] == ("localhost",)
    assert from_environment({"PORT": "9000", "VAMBE_MOCK_PORT": "tcp://10.0.0.1:80"})["port"] == 9000


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"no_proxy": ".example.com, 127.0.0.1"}, ".example.com, 127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "a.example,"}, "a.example,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "a.example", "no_proxy": "*"}, "*"),
    ],
)
def test_exec_takes_loopback_from_the_proxies(given: dict[str, str], wanted: str) -> None:
    """Clients in the command reach the mock, whatever proxy is set (`exec-around-a-command`)."""
    assert without_proxy(given) == {"NO_PROXY": wanted, "no_proxy": wanted}


LEAVING = """
import signal, subprocess, sys
child = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('there', flush=True); time.sleep(99)"
print(subprocess.Popen([sys.executable, "-c", child]).pid, flush=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.pause()
"""


def test_exec_passes_signals_to_the_whole_group() -> None:
    """A signal for exec alone ends the command and what that has started; 128 + n (`exec-around-a-command`)."""
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    command = [sys.executable, "-m", "vambe_mock", "exec", "--fixture", "empty", "--", sys.executable, "-c", LEAVING]
    pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    running = [subprocess.Popen(command, **pipes) for _ in numbers]
    children = []
    for process, number in zip(running, numbers, strict=True):
        assert process.stdout is not None
        children.append(int(process.stdout.readline()))
        assert process.stdout.readline() == "there\n"
        process.send_signal(number)
    for process, number, child in zip(running, numbers, children, strict=True):
        process.communicate(timeout=60)
        assert process.returncode == 128 + number
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_exec_passes_signals_as_process_1() -> None:
    """Process 1 of a container hears only what it has asked for; exec has (`exec-around-a-command`)."""
    apart = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine makes no process namespaces")
    command = [sys.executable, "-m", "vambe_mock", "exec", "--fixture", "empty", "--", sys.executable, "-c", LEAVING]
    with subprocess.Popen([*apart, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() != "", process.stdout.readline()] == [True, "there\n"]
        first = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        os.kill(int(first), signal.SIGTERM)
        assert process.wait(timeout=60) == 128 + signal.SIGTERM


def test_completion_knows_options_and_their_values() -> None:
    """Typer's own completion, with the values of an option that takes one of several (`shell-completion`)."""
    asked = {"_VAMBE_MOCK_COMPLETE": "complete_bash", "COMP_WORDS": "vambe-mock serve --fixture t", "COMP_CWORD": "3"}
    assert run(**asked).stdout.split() == ["tiny"]


def test_a_boolean_after_the_dashes_is_an_argument(tmp_path: Path) -> None:
    """``-- no`` is the way to a folder of that name, and ``exec -- true`` runs ``true``."""
    command = [sys.executable, "-m", "vambe_mock", "generate", "--contacts", "1", "--quiet", "--", "no"]
    subprocess.run(command, check=True, timeout=60, cwd=tmp_path)
    assert (tmp_path / "no").is_dir()


def test_a_port_in_use_is_one_line() -> None:
    """A taken port is named, with a way out (`one-line-errors`)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port)
    assert done.returncode == 2
    assert re.fullmatch(
        rf"vambe-mock: cannot listen on 127\.0\.0\.1 port {port}: address already in use; .*--port 0\n", done.stderr
    )


def test_wrong_data_is_not_blamed_on_the_port() -> None:
    """The arguments and the data are judged before the port is taken (`one-line-errors`)."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]), "--data", "none.json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "none.json: no such file" in done.stderr


def test_a_broken_data_file_is_one_line(tmp_path: Path) -> None:
    """A broken document ends the program before anything is served (`one-line-errors`, `whole-or-not-at-all`)."""
    file = tmp_path / "broken.json"
    file.write_text('{"format": "vambe-mock/1"', encoding="utf-8")
    done = run("serve", "--data", str(file))
    assert done.returncode == 2
    assert done.stderr.startswith(f"vambe-mock: {file}: not JSON")
    assert done.stderr.count("\n") == 1


def test_a_flag_beats_the_environment() -> None:
    """The variable counts unless the flag is given; then it is not even read (`settings-once`)."""
    assert '--log-format "flag"' in run("serve", "--log-format", "flag", VAMBE_MOCK_LOG_FORMAT="json").stderr
    done = run("serve", "--log-format", "json", "--data", "none.json", VAMBE_MOCK_LOG_FORMAT="variable")
    assert "none.json: no such file" in done.stderr


def test_a_source_by_flag_beats_another_by_variable() -> None:
    """A variable may name the usual data; any flag that names a source beats it (`settings-once`)."""
    done = run("serve", "--data", "none.json", VAMBE_MOCK_FIXTURE="tiny", VAMBE_MOCK_CONTACTS="5")
    assert "none.json: no such file" in done.stderr


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.4])
def test_ctrl_c_while_it_starts_is_no_traceback(delay: float) -> None:
    """Interrupted at any moment of its start, the server ends without a word (`clean-end`).

    A first signal may come before our first line runs, when Python itself can swallow it; the second must do.
    """
    command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            time.sleep(delay)
            program.send_signal(signal.SIGINT)
            try:
                _, complaint = program.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                program.send_signal(signal.SIGINT)
                _, complaint = program.communicate(timeout=20)
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
                os.kill(os.getpid(), signal.{signal})
                sum(range(1000))
            except BaseException:
                pass

sys.meta_path.insert(0, Careless())
sys.argv = ["vambe-mock", "serve", "--port", "0"]
main()
"""


@pytest.mark.parametrize("signal", ["SIGINT", *some(["SIGTERM", "SIGHUP"], 0)])
@pytest.mark.parametrize("name", some(["numpy", "uvicorn", "vambe_mock.server.watch"], 1))
def test_a_signal_counts_even_where_others_catch_it(name: str, signal: str) -> None:
    """Told to end inside an import that catches every exception, the server ends all the same (`clean-end`)."""
    program = [sys.executable, "-c", SWALLOWED.format(name=name, signal=signal)]
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
    code = f"import sys, vambe_mock.cli.commands; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
