"""``vambe-mock import``: an account as a data set in which every person is replaced.

Exit codes: 0 imported, 2 usage, a target that cannot be read, or no consent (one line). Nothing personal is printed.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vambe_judge.asking.problems import JudgeError
from vambe_mock.cli.streams import complain, opened, standard_output
from vambe_mock.cli.target_options import TARGET, CommandOptions, require
from vambe_mock.contract.plural import plural

if TYPE_CHECKING:
    from vambe_judge.importing import Import, Imported

FILES: Final = "Files"
DEFAULT_DAYS: Final = 30

_COMMAND: Final = "vambe-mock import --target https://api.vambe.me"
_EXAMPLE: Final = f"for example: {_COMMAND} account.ndjson"


_option: Final = CommandOptions("VAMBE_IMPORT")


def import_(  # noqa: PLR0913, PLR0917 - Typer wants one parameter per option
    out: Annotated[
        str,
        typer.Argument(help="A file, whose name gives the format; a folder; or - for standard output.", metavar="OUT"),
    ],
    target: Annotated[
        str | None, _option(TARGET, "--target", "Base URL of the server to read from.", metavar="URL")
    ] = None,
    api_key_env: Annotated[str, _option.api_key_env()] = "VAMBE_API_KEY",
    days: Annotated[
        int | None,
        _option(
            TARGET,
            "--days",
            "Only contacts with a message in this many days.",
            min=1,
            max=365,
            show_default=str(DEFAULT_DAYS),
        ),
    ] = None,
    all_: Annotated[bool, _option(TARGET, "--all", "Every contact.")] = False,
    about: Annotated[
        Path | None,
        _option(TARGET, "--about", "Pipelines from a TOML file, as for check, instead of those that the server lists."),
    ] = None,
    target_now: Annotated[str | None, _option.target_now(TARGET)] = None,
    yes: Annotated[bool, _option(TARGET, "--yes", "Do not ask for confirmation.")] = False,
    max_requests: Annotated[int, _option.max_requests()] = 10_000,
    pace: Annotated[float | None, _option.pace()] = None,
    timeout: Annotated[float, _option.timeout()] = 30.0,
    ca_file: Annotated[Path | None, _option.ca_file()] = None,
    patience: Annotated[
        float,
        _option.patience("Seconds to keep retrying while no page arrives."),
    ] = 120.0,
    large: Annotated[bool, _option.large("Read 1000 contacts at a time from a remote server, not 100.")] = False,
    format_: Annotated[
        str | None,
        _option(FILES, "--format", "json, ndjson, csv, parquet or sqlite.", show_default="from OUT, or ndjson"),
    ] = None,
    compress: Annotated[
        str | None, _option(FILES, "--compress", "gz or zst, for json, ndjson and csv.", show_default="from OUT")
    ] = None,
    force: Annotated[bool, _option(FILES, "--force", "Replace existing files of the same names.")] = False,
    quiet: Annotated[bool, _option(FILES, "--quiet", "Print neither progress nor summary.")] = False,
) -> None:
    """Import an account as a data set in which every person is replaced. Sends only GET requests."""
    require(["httpx"], "import")
    if target is None:
        raise JudgeError(f"no --target; wanted the base URL of a server, {_EXAMPLE}")
    if days is not None and all_:
        raise JudgeError(f"--days {days} and --all; wanted one of them, {_EXAMPLE} --days {days}")
    from vambe_judge.asking.client import Limits  # --help need not wait for httpx
    from vambe_judge.asking.options import Options, instant
    from vambe_judge.checking import target_of
    from vambe_judge.importing import Import
    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.sets import given
    from vambe_mock.generator.sets.job import job

    options = Options(now=instant(target_now), large=large).with_target_data((), (), about)
    limits = Limits(pace=pace, timeout=timeout, max_requests=max_requests, patience=patience, ca_file=ca_file)
    work = job(
        out,
        seed=0,
        count=0,
        anchor=0,
        shape=Shape(),
        format_=format_,
        compression=compress,
        force=force,
        command=_COMMAND,
    )
    given.check(work)
    _refuse_without_a_person(yes=yes)
    window = None if all_ else days or DEFAULT_DAYS
    with standard_output():
        _run(Import(target_of(target, api_key_env), options, limits, window, work), yes=yes, quiet=quiet)


def _refuse_without_a_person(*, yes: bool) -> None:
    if not yes and (sys.stdin is None or not sys.stdin.isatty()):
        raise JudgeError(f"import asks before it reads, and there is no terminal; wanted --yes, {_EXAMPLE} --yes")


def _run(work: "Import", *, yes: bool, quiet: bool) -> None:
    client = work.client()
    if not (yes and quiet):
        for line in work.announcement(client):
            complain(line)
    if not yes and not _says_yes():
        client.close()
        raise JudgeError("nothing was read: the answer was not yes")
    with _progress(quiet=quiet) as progress:
        done = work.run(client, progress, opened().buffer if work.job.folder is None else None)
    if not quiet:
        _summary(work, done)


def _says_yes() -> bool:
    """Ask on standard error, as standard output may be a file."""
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _summary(work: "Import", done: "Imported") -> None:
    from vambe_judge.importing import told

    folder = work.job.folder
    where = "standard output" if folder is None else str(folder / work.job.data_name(work.job.part))
    left = f"; left out: {told(done.left_out)}" if done.left_out else ""
    complain(
        f"{plural(done.contacts, 'contact')} to {where}, {plural(done.requests, 'request')}, {done.seconds:.1f} s{left}"
    )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A line that counts, if standard error is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _contacts, _requests: None
        return
    from rich.console import Console  # only for a terminal

    with Console(stderr=True).status("") as line:
        yield lambda contacts, requests: line.update(f"{plural(contacts, 'contact')}, {plural(requests, 'request')}")
