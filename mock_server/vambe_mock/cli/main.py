"""The command line, ``vambe-mock``: runs a command, and tells every error in one line.

The usual command lines of ``serve`` are read without Typer, whose import is a tenth of the server's start.
"""

import sys
import traceback
from contextlib import nullcontext
from errno import ENOENT
from pathlib import Path
from typing import Final

from vambe_judge.asking.problems import JudgeError
from vambe_mock.cli.exit_codes import INTERRUPTED, USAGE
from vambe_mock.cli.serve import serve, settings_of
from vambe_mock.cli.streams import complain, told_in_full
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.server.options import SettingsError
from vambe_mock.sync.problems import SyncError

_TOLD: Final = {"--help", "-h", "--version"}


def main() -> None:
    """Run the command line; every error is one line on standard error (`one-line-errors`)."""
    arguments = sys.argv[1:] or ["--help"]
    try:
        settings = settings_of(arguments)
        if settings is None:
            _run(arguments)
        else:
            serve(settings)
            sys.exit()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (DatasetError, GeneratorError, JudgeError, SettingsError, SyncError) as error:
        _fail(str(error))
    except Exception as error:  # noqa: BLE001 - Python would end with 1, which says that the command found something
        _fail(_defect(error))


def _run(arguments: list[str]) -> None:
    """Have Typer run the command."""
    import typer
    from typer.exceptions import Abort, TyperException

    from vambe_mock.cli.commands import app

    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        with told_in_full() if _TOLD & {*own} else nullcontext():
            sys.exit(typer.main.get_command(app).main(arguments, prog_name="vambe-mock", standalone_mode=False))
    except Abort:
        sys.exit(INTERRUPTED)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        _fail(f"{error.format_message()} (see {context.command_path if context else 'vambe-mock'} --help)")


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
        said = f"{named}{(error.strerror or type(error).__name__).lower()}"
        if error.errno == ENOENT and not named:  # as tempfile says it
            return f"{said}; wanted one that can be written, e.g. TMPDIR=. vambe-mock …"
        return f"{said}; wanted surroundings that allow it"
    from vambe_mock.testing.client import MockError

    if isinstance(error, MockError):  # of exec, whose server did not start
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    return f"internal error: {said}; please report it, with what python -X dev -m vambe_mock prints"
