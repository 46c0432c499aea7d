"""``vambe-mock sync-check``: poll with a command, and tell what its copy would lose.

Exit codes: 0 all hazards survived or not met, 1 not all, 2 usage, or a command that cannot be checked (one line).
"""

import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from vambe_mock.cli.exit_codes import FINDINGS, GOOD, INTERRUPTED
from vambe_mock.cli.streams import standard_output
from vambe_mock.cli.target_options import CommandOptions
from vambe_mock.sync.problems import SyncError
from vambe_mock.sync.ranges import RANGES

if TYPE_CHECKING:
    from vambe_mock.sync.checking import Report
    from vambe_mock.sync.clients import CommandClient

CLIENT: Final = "Client"
CHECK: Final = "Check"
HISTORIES: Final = "Histories"
REPORTS: Final = "Reports"


_option: Final = CommandOptions("VAMBE_SYNC_CHECK")


def sync_check(  # noqa: PLR0913, PLR0917 - Typer wants one parameter per option
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND...", help="A command that does one poll; write -- before it."),
    ] = None,
    copy: Annotated[
        str | None,
        _option(
            CLIENT,
            "--copy",
            "Where the client keeps its copy: a .json, .ndjson, .csv or .parquet file, or sqlite:FILE?table=T.",
            metavar="WHERE",
        ),
    ] = None,
    copy_command: Annotated[
        str | None, _option(CLIENT, "--copy-command", "A command that prints the copy as JSON, NDJSON or CSV.")
    ] = None,
    id_field: Annotated[str, _option(CLIENT, "--id", "The copy's field for the id.", metavar="FIELD")] = "id",
    map_fields: Annotated[
        list[str] | None,
        _option(CLIENT, "--map", "The copy's name for one of our fields; repeatable.", metavar="OURS=THEIRS"),
    ] = None,
    fresh: Annotated[
        str | None, _option(CLIENT, "--fresh", "A command that empties the client's store; run before each hazard.")
    ] = None,
    timeout: Annotated[float, _option(CLIENT, "--timeout", "Seconds that one poll may take.", min=0.1)] = 60.0,
    scope: Annotated[
        str, _option(CHECK, "--scope", "A query for the contacts that the client should have, e.g. days=30.")
    ] = "created_after=1970-01-01T00:00:00Z",
    polls: Annotated[int, _option(CHECK, "--polls", "Undisturbed polls after the disturbance.", **RANGES["polls"])] = 2,
    contacts: Annotated[
        int | None,
        _option(
            CHECK,
            "--contacts",
            "Contacts in a hazard.",
            **RANGES["contacts"],
            show_default="three and a half of the client's pages",
        ),
    ] = None,
    jobs: Annotated[
        int,
        _option(
            CHECK, "--jobs", "Hazards to run at once; 0: 2 if the client's state is in {dir}, else 1.", **RANGES["jobs"]
        ),
    ] = 0,
    only: Annotated[
        list[str] | None, _option(CHECK, "--only", "Run only this hazard, or several: a,b; repeatable.", metavar="SLUG")
    ] = None,
    skip: Annotated[
        list[str] | None, _option(CHECK, "--skip", "Skip this hazard, or several: a,b; repeatable.", metavar="SLUG")
    ] = None,
    hazards: Annotated[
        str | None, _option(CHECK, "--hazards", "list: list the hazards and check nothing.", metavar="list")
    ] = None,
    strict: Annotated[bool, _option(CHECK, "--strict", "Also fail for blind spots and bad manners.")] = False,
    seed: Annotated[
        int,
        _option(
            CHECK,
            "--seed",
            "Seed for the random histories and for the contacts that hazards disturb.",
            **RANGES["seed"],
        ),
    ] = 8262,
    histories: Annotated[
        int, _option(HISTORIES, "--histories", "Also play this many random histories.", **RANGES["histories"])
    ] = 0,
    history_file: Annotated[
        Path,
        _option(
            HISTORIES,
            "--history-file",
            "Where to write the shortest losing history.",
            metavar="FILE",
        ),
    ] = Path("vambe-mock-history.json"),
    replay: Annotated[
        Path | None, _option(HISTORIES, "--replay", "Play the history in this file and nothing else.", metavar="FILE")
    ] = None,
    json: Annotated[Path | None, _option(REPORTS, "--json", "Write the report as JSON.")] = None,
    junit: Annotated[
        Path | None, _option(REPORTS, "--junit", "Write a JUnit XML report, one test case per hazard.")
    ] = None,
    html: Annotated[
        Path | None, _option(REPORTS, "--html", "Write a page with the timeline of each hazard that failed.")
    ] = None,
) -> None:
    """Check that a client that polls the contacts loses none of them.

    COMMAND does one poll. VAMBE_BASE_URL and VAMBE_API_KEY are the mock's address and key, and VAMBE_SYNC_DIR a folder
    for its state, a new one for each hazard; {dir} in COMMAND, --copy and --fresh stands for that folder.
    """
    from vambe_mock.sync import checking, report
    from vambe_mock.sync.histories import save
    from vambe_mock.sync.writing import check_writable

    if hazards is not None:
        _list(hazards)
    if not command:
        raise SyncError("no command to poll with; wanted vambe-mock sync-check -- python my_sync.py")
    chosen = checking.hazards_named(only or (), skip or ())
    if junit is not None:
        report.check_junit()
    for flag, file in (("--json", json), ("--junit", junit), ("--html", html)):
        if file is not None:
            check_writable(file, flag)
    options = checking.Options(
        scope=scope,
        polls=polls,
        contacts=contacts,
        jobs=jobs,
        hazards=chosen,
        strict=strict,
        seed=seed,
        histories=histories,
        identity=id_field,
        names=dict(_pair(one) for one in map_fields or ()),
    )
    client = _client(command, copy, copy_command, fresh, timeout)
    if replay is not None:
        raise typer.Exit(_replayed(client, options, replay))
    own_folder = _in_own_folder(command, copy, copy_command, fresh)
    with standard_output():
        found = _checked(client, checking.with_jobs(options, own_folder=own_folder))
        _tell(found, json, junit, html)
        if found.history is not None:
            save(history_file, found.history, seed)
            print(f"  play it again: --replay {history_file}")  # noqa: T201
    raise typer.Exit(found.exit_code)


def _list(asked: str) -> NoReturn:
    from vambe_mock.sync.report import hazard_list

    if asked != "list":
        raise SyncError(f'--hazards "{asked}"; wanted --hazards list, or --only SLUG')
    with standard_output():
        print("\n".join(hazard_list()))  # noqa: T201
    raise typer.Exit(GOOD)


def _pair(text: str) -> tuple[str, str]:
    from vambe_mock.contract.vocabulary import FIELDS

    ours, equals, theirs = text.partition("=")
    if not (equals and theirs and ours in FIELDS):
        raise SyncError(f'--map "{text}"; wanted one of our fields and the copy\'s name, e.g. updated_at=modified')
    return ours, theirs


def _client(
    command: list[str], copy: str | None, copy_command: str | None, fresh: str | None, timeout: float
) -> "CommandClient":
    from vambe_mock.sync.clients import CommandClient
    from vambe_mock.sync.copies import Copy

    if copy is not None and copy_command is not None:
        raise SyncError("--copy and --copy-command both say where the copy is; wanted one of them")
    return CommandClient(command, timeout, None if copy is None else Copy.of(copy), copy_command, fresh)


def _in_own_folder(command: Sequence[str], copy: str | None, copy_command: str | None, fresh: str | None) -> bool:
    """Whether the client's state is in the hazard's own folder, or there is none to see."""
    told = [one for one in (copy, copy_command, fresh) if one is not None]
    return not told or any("{dir}" in one or "VAMBE_SYNC_DIR" in one for one in (*told, shlex.join(command)))


@contextmanager
def _ending(client: "CommandClient") -> Iterator[None]:
    """Whatever ends the program, a signal too, ends every process that the client started, and leaves no folder."""
    from vambe_mock.sync.checking import Folders

    def leave(number: int, _frame: object) -> None:
        client.end()
        Folders.remove_all()
        os._exit(INTERRUPTED if number == signal.SIGINT else 128 + number)

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        client.end()
        for number, handler in before.items():
            signal.signal(number, handler)


def _checked(client: "CommandClient", options: Any) -> "Report":
    """Check, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from vambe_mock.sync.checking import check

    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with _ending(client), bar as progress:
        task = progress.add_task("quiet", total=len(options.hazards) + options.histories)

        def tell(slug: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description=slug)

        return check(client, options, tell)


def _replayed(client: "CommandClient", options: Any, file: Path) -> int:
    """Play the history of *file* again; the exit code."""
    from vambe_mock.sync.histories import load, words

    script = load(file)
    with standard_output(), _ending(client):
        from vambe_mock.sync.checking import replay

        judgement, _ = replay(client, options, script)
        print("\n".join(words(script)))  # noqa: T201
        print(f"{judgement.verdict}: {judgement.happened}" if judgement.happened else judgement.verdict)  # noqa: T201
    return FINDINGS if judgement.verdict in {"lost", "failed"} else GOOD


def _tell(found: "Report", json: Path | None, junit: Path | None, html: Path | None) -> None:
    from rich.console import Console

    from vambe_mock.sync import report, timeline
    from vambe_mock.sync.writing import write

    console = Console(file=sys.stdout)
    report.show(found, console)
    if json is not None:
        report.write_json(found, json)
    if junit is not None:
        report.write_junit(found, junit)
    if html is not None:
        write(html, timeline.page(found), "--html")
