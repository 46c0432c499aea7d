"""The command line, ``vambe-mock``. Thin: each job is imported when it is asked for.

Exit codes: 0 good, 1 findings, 2 usage or configuration. What is wrong with a call is one line on standard error.
"""

import gc
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import fields
from typing import Annotated, Any, Final, get_type_hints

import typer
from typer.exceptions import Abort, TyperException

from vambe_judge.asking.problems import JudgeError
from vambe_mock import __version__
from vambe_mock.cli.check import check
from vambe_mock.cli.generate import generate
from vambe_mock.cli.streams import complain, told_in_full
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.server.settings import Settings, SettingsError

SOURCES: Final = ("fixture", "data", "contacts", "seed")
FINDINGS: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
_TOLD: Final = {"--help", "-h", "--version"}

app = typer.Typer(
    name="vambe-mock",
    help="A local stand-in for Vambe AI's GET /api/public/contacts that behaves like the real one.",
    epilog="Example: vambe-mock serve --contacts 5000 --seed 7",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; every complaint is one line."""
    arguments = sys.argv[1:] or ["--help"]
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        with told_in_full() if _TOLD & {*own} else nullcontext():
            sys.exit(typer.main.get_command(app).main(arguments, prog_name="vambe-mock", standalone_mode=False))
    except (Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except TyperException as error:
        _complain(_message(error))
    except (DatasetError, GeneratorError, JudgeError, SettingsError) as error:
        _complain(str(error))


def _message(error: TyperException) -> str:
    """What Typer has to say of a call; a value from the environment is blamed on its variable, not on a flag."""
    text = re.sub(r" \(env var: '.*?'\)", "", error.format_message())
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is not None and parameter is not None and _from_environment(context, parameter.name):
        names = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar
        variable = next(name for name in names if os.environ.get(name))
        text = text.replace(f"'{parameter.opts[0]}'", f"the variable {variable}")
    return f"{text} ({context.command_path if context else 'vambe-mock'} --help tells the options)"


def _from_environment(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "ENVIRONMENT"


def _complain(message: str) -> None:
    line = " ".join(message.split())
    complain(f"vambe-mock: {line}")
    sys.exit(USAGE)


def _version(asked: bool) -> None:
    if asked:
        print(f"vambe-mock {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _common(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def _serve(context: typer.Context, **options: Any) -> None:
    """Serve the endpoint until Ctrl-C or SIGTERM. Every option has a twin in the environment; a flag beats it."""
    gc.disable()  # what starting makes is kept, so collecting in between finds nothing; serve() turns it on again
    from vambe_mock.server.process import serve  # noqa: PLC0415 - a server's weight is nothing that --help should wait for

    serve(_settings(context, options))


def _settings(context: typer.Context, options: dict[str, Any]) -> Settings:
    """The settings that a command's *options* are."""
    if any(options[name] is not None and not _from_environment(context, name) for name in SOURCES):
        # A flag beats the environment, and it beats a variable that names another source as well.
        options |= {name: None for name in SOURCES if _from_environment(context, name)}
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in options.items()}
    return Settings(**values)


def _options_of_settings() -> inspect.Signature:
    """Typer's own context, and the fields of ``Settings`` as the parameters of a command."""
    hints = get_type_hints(Settings, include_extras=True)
    for repeatable in [one.name for one in fields(Settings) if isinstance(one.default, tuple)]:
        hints[repeatable] = Annotated[list[str], *hints[repeatable].__metadata__]
    defaults = {
        one.name: list(one.default) if isinstance(one.default, tuple) else one.default for one in fields(Settings)
    }
    options = [name for name in defaults if hasattr(hints[name], "__metadata__")]
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter("context", keyword, annotation=typer.Context),
            *(inspect.Parameter(name, keyword, default=defaults[name], annotation=hints[name]) for name in options),
        ]
    )


app.command("generate", epilog="Example: vambe-mock generate contacts.ndjson --contacts 100000 --seed 7")(generate)


def _exec(context: typer.Context, command: list[str], **options: Any) -> None:
    """Start a server on a free port, run a command that finds it in VAMBE_BASE_URL and VAMBE_API_KEY, and end both.

    The exit code is the command's. The server prints nothing.
    """
    from vambe_mock.cli.exec import execute  # noqa: PLC0415 - as above

    raise typer.Exit(execute(command, _settings(context, {"port": 0, **options, "quiet": True})))


def _with_options(function: Callable[..., None], *without: str, first: Iterable[inspect.Parameter] = ()) -> None:
    """Give *function* the options of the settings, but those *without*, after its own parameters."""
    own = [one for one in _options_of_settings().parameters.values() if one.name not in without]
    signature = inspect.Signature([*first, *own])
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}


_COMMAND: Final = inspect.Parameter(
    "command",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=Annotated[list[str], typer.Argument(metavar="COMMAND...", help="What to run, after --.")],
)
_with_options(_serve)
app.command("serve", epilog="Example: vambe-mock serve --port 0 --api-key my-key --now 2026-01-31T09:30:00Z")(_serve)
_ALONE: Final = ("workers", "url_file", "admin_port", "watch", "read_only", "quiet", "log_format", "port")
_with_options(_exec, *_ALONE, first=[_COMMAND])
app.command("exec", epilog="Example: vambe-mock exec --contacts 500 -- npm test")(_exec)


@app.command(epilog="Example: vambe-mock explain df980fc8-b6db-4820-bf22-2969482d106d 'days=30&limit=20'")
def explain(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="The query string.")],
    url: Annotated[
        str, typer.Option("--url", envvar="VAMBE_MOCK_URL", help="Base URL of the server.")
    ] = "http://127.0.0.1:8262",
    api_key: Annotated[
        str | None, typer.Option("--api-key", envvar="VAMBE_API_KEY", help="Whose contact.", show_default="the first's")
    ] = None,
    admin_token: Annotated[
        str | None, typer.Option("--admin-token", envvar="VAMBE_MOCK_ADMIN_TOKEN", help="Where the server wants it.")
    ] = None,
) -> None:
    """Tell why a contact is or is not in an answer of a running server: 0 it is, 1 it is not."""
    from vambe_mock.cli.exec import explained  # noqa: PLC0415 - as above

    listed, lines = explained(url, api_key, admin_token, contact, query)
    print("\n".join(lines))  # noqa: T201
    raise typer.Exit(0 if listed else FINDINGS)


app.command("check", epilog="Example: vambe-mock check --target http://127.0.0.1:8262")(check)


@app.command(epilog="Example: vambe-mock readyz --wait 10")
def readyz(
    url: Annotated[
        str | None,
        typer.Option(
            "--url", envvar="VAMBE_MOCK_URL", help="Base URL of the server.", show_default="where serve would be"
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option("--wait", envvar="VAMBE_MOCK_WAIT", min=0, help="Seconds to wait for it to become ready."),
    ] = 0,
) -> None:
    """Tell by the exit code whether a server is ready: 0 it is, 1 it is not."""
    from vambe_mock.server.readiness import ready  # noqa: PLC0415 - as above

    problem = ready(url, wait)
    if problem:
        complain(f"vambe-mock: {problem}")
        raise typer.Exit(FINDINGS)
