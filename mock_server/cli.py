"""The command line, ``vambe-mock``: serve, check, generate, readyz. Thin: each job is imported when it is asked for.

Exit codes: 0 good, 1 findings, 2 usage or configuration. What is wrong with a call is one line on standard error.
"""

import gc
import inspect
import os
import re
import sys
from dataclasses import fields
from typing import Annotated, Any, Final, get_type_hints

import typer
from typer.exceptions import Abort, TyperException

from contract_tests.command import check
from contract_tests.problems import JudgeError
from mock_server import __version__
from mock_server.generator.command import generate
from mock_server.generator.problems import GeneratorError
from mock_server.settings import Settings, SettingsError

SOURCES: Final = ("fixture", "data", "contacts", "seed")
FINDINGS: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

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
    from mock_server.dataset import DatasetError  # noqa: PLC0415 - pydantic is slow to load, and --help needs none of it

    try:
        sys.exit(
            typer.main.get_command(app).main(sys.argv[1:] or ["--help"], prog_name="vambe-mock", standalone_mode=False)
        )
    except (Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except TyperException as error:
        _complain(_message(error))
    except (DatasetError, GeneratorError, JudgeError, SettingsError) as error:
        _complain(str(error))


def _message(error: TyperException) -> str:
    """What Typer has to say of a call; a value from the environment is blamed on its variable, not on a flag."""
    text = re.sub(r" \(env var: '\[.*?\]'\)", "", error.format_message())
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is not None and parameter is not None and _from_environment(context, parameter.name):
        variable = next(name for name in parameter.envvar if os.environ.get(name))
        text = text.replace(f"'{parameter.opts[0]}'", f"the variable {variable}")
    return f"{text} ({context.command_path if context else 'vambe-mock'} --help tells the options)"


def _from_environment(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "ENVIRONMENT"


def _complain(message: str) -> None:
    line = " ".join(message.split())
    print(f"vambe-mock: {line}", file=sys.stderr)  # noqa: T201
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
    from mock_server.serve import serve  # noqa: PLC0415 - a server's weight is nothing that --help should wait for

    if any(options[name] is not None and not _from_environment(context, name) for name in SOURCES):
        # A flag beats the environment, and it beats a variable that names another source as well.
        options |= {name: None for name in SOURCES if _from_environment(context, name)}
    serve(Settings(**{**options, "api_keys": tuple(options["api_keys"])}))


def _options_of_settings() -> inspect.Signature:
    """Typer's own context, and the fields of ``Settings`` as the parameters of a command."""
    hints = get_type_hints(Settings, include_extras=True)
    hints["api_keys"] = Annotated[list[str], *hints["api_keys"].__metadata__]
    defaults = {**{field.name: field.default for field in fields(Settings)}, "api_keys": list(Settings().api_keys)}
    options = [name for name in defaults if hasattr(hints[name], "__metadata__")]
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter("context", keyword, annotation=typer.Context),
            *(inspect.Parameter(name, keyword, default=defaults[name], annotation=hints[name]) for name in options),
        ]
    )


_serve.__signature__ = _options_of_settings()  # type: ignore[attr-defined]
_serve.__annotations__ = {name: one.annotation for name, one in _options_of_settings().parameters.items()}
app.command("serve", epilog="Example: vambe-mock serve --port 0 --api-key my-key --now 2026-01-31T09:30:00Z")(_serve)


app.command("generate", epilog="Example: vambe-mock generate contacts.ndjson --contacts 100000 --seed 7")(generate)


app.command("check", epilog="Example: vambe-mock check --target http://127.0.0.1:8262")(check)


@app.command(epilog="Example: vambe-mock readyz --wait 10")
def readyz(
    url: Annotated[
        str | None,
        typer.Option("--url", envvar="VAMBE_MOCK_URL", help="Base URL of the server.  [default: where serve would be]"),
    ] = None,
    wait: Annotated[
        float,
        typer.Option("--wait", envvar="VAMBE_MOCK_WAIT", min=0, help="Seconds to wait for it to become ready."),
    ] = 0,
) -> None:
    """Tell by the exit code whether a server is ready: 0 it is, 1 it is not."""
    from mock_server.readiness import ready  # noqa: PLC0415 - as above

    problem = ready(url, wait)
    if problem:
        print(f"vambe-mock: {problem}", file=sys.stderr)  # noqa: T201
        raise typer.Exit(FINDINGS)
