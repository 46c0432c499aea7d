"""The command line, ``vambe-mock``: serve, check, generate, readyz. Thin: each job is imported when it is asked for.

Exit codes: 0 good, 1 findings, 2 usage or configuration. What is wrong with a call is one line on standard error.
"""

import gc
import inspect
import re
import sys
from dataclasses import fields
from typing import Annotated, Any, Final, get_type_hints

import typer
from typer.exceptions import Abort, TyperException

from mock_server import __version__
from mock_server.generator.command import generate
from mock_server.generator.problems import GeneratorError
from mock_server.settings import Settings, SettingsError

FINDINGS: Final = 1
USAGE: Final = 2

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
        sys.exit(0)
    except TyperException as error:
        _complain(f"{_message(error)} (vambe-mock --help tells the options)")
    except (DatasetError, GeneratorError, SettingsError) as error:
        _complain(str(error))


def _message(error: TyperException) -> str:
    """What Typer has to say of a call, without the list of variables that stands in for a flag."""
    return re.sub(r" \(env var: '\[.*?\]'\)", "", error.format_message())


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


def _serve(**options: Any) -> None:
    """Serve the endpoint until Ctrl-C or SIGTERM. Every option has a twin in the environment; a flag beats it."""
    gc.disable()  # what starting makes is kept, so collecting in between finds nothing; serve() turns it on again
    from mock_server.serve import serve  # noqa: PLC0415 - a server's weight is nothing that --help should wait for

    serve(Settings(**{**options, "api_keys": tuple(options["api_keys"])}))


def _options_of_settings() -> inspect.Signature:
    """The fields of ``Settings`` as the parameters of a command."""
    hints = get_type_hints(Settings, include_extras=True)
    hints["api_keys"] = Annotated[list[str], *hints["api_keys"].__metadata__]
    return inspect.Signature(
        [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=list(Settings().api_keys) if field.name == "api_keys" else field.default,
                annotation=hints[field.name],
            )
            for field in fields(Settings)
            if hasattr(hints[field.name], "__metadata__")
        ]
    )


_serve.__signature__ = _options_of_settings()  # type: ignore[attr-defined]
_serve.__annotations__ = {name: one.annotation for name, one in _options_of_settings().parameters.items()}
app.command("serve", epilog="Example: vambe-mock serve --port 0 --api-key my-key --now 2026-01-31T09:30:00Z")(_serve)


app.command("generate", epilog="Example: vambe-mock generate contacts.ndjson --contacts 100000 --seed 7")(generate)


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
