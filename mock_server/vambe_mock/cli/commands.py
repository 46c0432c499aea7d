"""Every command, declared for Typer. Thin: each command's work is imported when the command runs."""

import inspect
from typing import Annotated, Any, Final

import typer

from vambe_mock import __version__
from vambe_mock.cli.calibrate import calibrate
from vambe_mock.cli.check import check
from vambe_mock.cli.exit_codes import FINDINGS, GOOD
from vambe_mock.cli.generate import generate
from vambe_mock.cli.help import HelpfulGroup
from vambe_mock.cli.import_ import import_
from vambe_mock.cli.options import add_command, add_settings_command
from vambe_mock.cli.serve import serve
from vambe_mock.cli.streams import complain, opened, standard_output
from vambe_mock.cli.sync_check import sync_check
from vambe_mock.server.settings import STANDALONE, Settings

_WHY_NOT_FOR_EXEC: Final = {
    **dict.fromkeys(STANDALONE, "it is for a server that stands alone; wanted vambe-mock serve"),
    **dict.fromkeys(("port", "url_file"), "its server takes a free port, which the command finds in VAMBE_BASE_URL"),
    **dict.fromkeys(("quiet", "log_format"), "its server prints nothing"),
}

app = typer.Typer(
    name="vambe-mock",
    cls=HelpfulGroup,
    help="A local mock of Vambe AI's GET /api/public/contacts that behaves like the real one.",
    epilog="Example: vambe-mock serve --contacts 5000 --seed 7",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"vambe-mock {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _common(_: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    pass


def _exec(command: list[str], settings: Settings) -> None:
    """Run a command with a mock server around it.

    The server uses a free port and prints nothing. The command gets its address and key in VAMBE_BASE_URL and
    VAMBE_API_KEY. The exit code is the command's.
    """
    from vambe_mock.cli.exec import execute

    raise typer.Exit(execute(command, settings))


def _mcp(
    settings: Settings,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            envvar="VAMBE_MOCK_URL",
            help="Connect to the mock at this base URL.",
            show_default="a new mock",
        ),
    ] = None,
    allow_command: Annotated[
        list[str] | None,
        typer.Option("--allow-command", help="A command that the tool sync_check may run; repeatable."),
    ] = None,
) -> None:
    """Run an MCP server (Model Context Protocol) over stdio, for a coding agent.

    The agent controls a new mock, or the one at --url, whose key is in VAMBE_API_KEY.
    """
    from vambe_mock.cli.mcp import serve

    serve(settings, url, allow_command or ())


def _explain(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id.")],
    query: Annotated[
        str,
        typer.Argument(metavar="QUERY", help="The query string, or a path, URL or log line that contains it."),
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
    """Report whether a server is ready. Exit code 0: it is; 1: it is not."""
    from vambe_mock.server.readiness import ready

    if problem := ready(url, wait):
        complain(f"vambe-mock: {problem}")
        raise typer.Exit(FINDINGS)


_COMMAND: Final[Any] = Annotated[
    list[str], typer.Argument(metavar="COMMAND...", help="The command to run; write -- before it.")
]

add_settings_command(
    app, "serve", serve, example="vambe-mock serve --port 0 --api-key my-key --now 2026-01-31T09:30:00Z"
)
add_settings_command(
    app,
    "exec",
    _exec,
    example="vambe-mock exec --contacts 500 -- npm test",
    words=[inspect.Parameter("command", inspect.Parameter.KEYWORD_ONLY, annotation=_COMMAND)],
    without=_WHY_NOT_FOR_EXEC,
)
add_settings_command(
    app,
    "mcp",
    _mcp,
    example="vambe-mock mcp --contacts 500 --allow-command 'python my_sync.py'",
    without={name: why.replace("the command finds", "its tools ask") for name, why in _WHY_NOT_FOR_EXEC.items()},
)
add_command(app, "generate", generate, example="vambe-mock generate contacts.ndjson --contacts 100000 --seed 7")
add_command(app, "check", check, example="vambe-mock check --target http://127.0.0.1:8262")
add_command(app, "import", import_, example="vambe-mock import --target https://api.vambe.me account.ndjson --days 90")
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
