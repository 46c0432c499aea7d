"""The command line, ``vambe-mock``. Thin: each command's work is imported when the command runs."""

import gc
import inspect
import sys
import traceback
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.exceptions import Abort, TyperException

from vambe_judge.asking.problems import JudgeError
from vambe_mock import __version__
from vambe_mock.cli.calibrate import calibrate
from vambe_mock.cli.check import check
from vambe_mock.cli.exit_codes import FINDINGS, GOOD, INTERRUPTED, USAGE
from vambe_mock.cli.generate import generate
from vambe_mock.cli.help import HelpfulGroup
from vambe_mock.cli.options import add_command, add_settings_command
from vambe_mock.cli.streams import complain, opened, standard_output, told_in_full
from vambe_mock.cli.sync_check import sync_check
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import STANDALONE, Settings
from vambe_mock.sync.problems import SyncError

_TOLD: Final = {"--help", "-h", "--version"}
_WHY_NOT_FOR_EXEC: Final = {
    **dict.fromkeys(STANDALONE, "it is for a server that stands alone; wanted vambe-mock serve"),
    **dict.fromkeys(("port", "url_file"), "its server takes a free port, which the command finds in VAMBE_BASE_URL"),
    **dict.fromkeys(("quiet", "log_format"), "its server prints nothing"),
}

app = typer.Typer(
    name="vambe-mock",
    cls=HelpfulGroup,
    help="A local stand-in for Vambe AI's GET /api/public/contacts that behaves like the real one.",
    epilog="Example: vambe-mock serve --contacts 5000 --seed 7",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; every error is one line on standard error."""
    arguments = sys.argv[1:] or ["--help"]
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        with told_in_full() if _TOLD & {*own} else nullcontext():
            sys.exit(typer.main.get_command(app).main(arguments, prog_name="vambe-mock", standalone_mode=False))
    except (Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        _fail(f"{error.format_message()} (see {context.command_path if context else 'vambe-mock'} --help)")
    except (DatasetError, GeneratorError, JudgeError, SettingsError, SyncError) as error:
        _fail(str(error))
    except Exception as error:  # noqa: BLE001 - Python would end with 1, which says that the command found something
        _fail(_defect(error))


def _fail(message: str) -> None:
    complain("vambe-mock: " + " ".join(message.split()))
    sys.exit(USAGE)


def _defect(error: Exception) -> str:
    """One line on an error that nobody expected; ``python -X dev -m vambe_mock`` prints its traceback as well."""
    if sys.flags.dev_mode:
        traceback.print_exception(error)
    if isinstance(error, ImportError):
        return f"{error}; wanted a whole installation, e.g. by: pip install --force-reinstall vambe-mock"
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        return f"{named}{(error.strerror or type(error).__name__).lower()}; wanted surroundings that allow it"
    from vambe_mock.testing.client import MockError

    if isinstance(error, MockError):  # of exec, whose server did not start
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    return f"internal error: {said}; please report it, with what python -X dev -m vambe_mock prints"


def _version(asked: bool) -> None:
    if asked:
        print(f"vambe-mock {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _common(_: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    pass


def _serve(settings: Settings) -> None:
    """Serve the endpoint until Ctrl-C or SIGTERM.

    Every option can also be set by an environment variable; the option beats the variable.
    """
    gc.disable()  # what starting makes is kept, so collecting in between finds nothing; serve() turns it on again
    from vambe_mock.server.process import serve

    serve(settings)


def _exec(command: list[str], settings: Settings) -> None:
    """Run a command with a mock server around it.

    The server takes a free port and prints nothing. The command finds it in VAMBE_BASE_URL and VAMBE_API_KEY. The exit
    code is the command's.
    """
    from vambe_mock.cli.exec import execute

    raise typer.Exit(execute(command, settings))


def _explain(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id.")],
    query: Annotated[
        str,
        typer.Argument(metavar="QUERY", help="The query string, or a path, a URL or a line of the log that has it."),
    ],
    url: Annotated[
        str, typer.Option("--url", envvar="VAMBE_MOCK_URL", help="Base URL of the server.")
    ] = "http://127.0.0.1:8262",
    api_key: Annotated[
        str | None,
        typer.Option(
            "--api-key",
            envvar="VAMBE_API_KEY",
            help="Key of the organisation to ask about.",
            show_default="the first organisation's",
        ),
    ] = None,
    admin_token: Annotated[
        str | None,
        typer.Option("--admin-token", envvar="VAMBE_MOCK_ADMIN_TOKEN", help="Admin token, if the server requires one."),
    ] = None,
) -> None:
    """Explain why a running server does or does not list a contact.

    Exit code 0: it is listed; 1: it is not.
    """
    from vambe_mock.cli.explain import explained

    listed, lines = explained(url, api_key, admin_token, contact, query)
    with standard_output():
        print("\n".join(lines), file=opened())
    raise typer.Exit(GOOD if listed else FINDINGS)


def _readyz(
    url: Annotated[
        str | None,
        typer.Option(
            "--url", envvar="VAMBE_MOCK_URL", help="Base URL of the server.", show_default="where serve would listen"
        ),
    ] = None,
    wait: Annotated[
        float, typer.Option("--wait", envvar="VAMBE_MOCK_WAIT", min=0, max=86400, help="Wait up to this many seconds.")
    ] = 0,
) -> None:
    """Tell whether a server is ready. Exit code 0: it is; 1: it is not."""
    from vambe_mock.server.readiness import ready

    if problem := ready(url, wait):
        complain(f"vambe-mock: {problem}")
        raise typer.Exit(FINDINGS)


_COMMAND: Final[Any] = Annotated[
    list[str], typer.Argument(metavar="COMMAND...", help="What to run; write -- before it.")
]

add_settings_command(
    app, "serve", _serve, example="vambe-mock serve --port 0 --api-key my-key --now 2026-01-31T09:30:00Z"
)
add_settings_command(
    app,
    "exec",
    _exec,
    example="vambe-mock exec --contacts 500 -- npm test",
    words=[inspect.Parameter("command", inspect.Parameter.KEYWORD_ONLY, annotation=_COMMAND)],
    without=_WHY_NOT_FOR_EXEC,
)
add_command(app, "generate", generate, example="vambe-mock generate contacts.ndjson --contacts 100000 --seed 7")
add_command(app, "check", check, example="vambe-mock check --target http://127.0.0.1:8262")
add_command(
    app, "calibrate", calibrate, example="vambe-mock calibrate --target https://api.vambe.me --dialect vambe.toml"
)
add_command(app, "sync-check", sync_check, example="vambe-mock sync-check -- python my_sync.py")
add_command(
    app,
    "explain",
    _explain,
    example="vambe-mock explain df980fc8-b6db-4820-bf22-2969482d106d 'days=30&limit=20'",
)
add_command(app, "readyz", _readyz, example="vambe-mock readyz --wait 10")
