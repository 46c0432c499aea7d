"""The command `vambe-mock generate`: checks the options and calls the generator."""

from __future__ import annotations

import inspect
import sys
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vambe_mock.cli.streams import complain, opened, standard_output
from vambe_mock.contract.patience import told_when_slow
from vambe_mock.contract.plural import plural
from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.terminal import escaped
from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.sets.job import Job
    from vambe_mock.generator.sets.writing import WriteResult

DEFAULT_CONTACTS = 1000
DEFAULT_SEED = 8262
DEFAULT_ANCHOR = "2026-01-01T00:00:00.000Z"

_EXAMPLE = "for example: vambe-mock generate contacts.ndjson --contacts 100000 --seed 7"


def generate(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Annotated[
        str | None,
        typer.Argument(help="A file, whose name gives the format; a folder; or - for standard output.", metavar="OUT"),
    ] = None,
    contacts: Annotated[str, typer.Option(help="Number of contacts.", metavar="N")] = str(DEFAULT_CONTACTS),
    seed: Annotated[str, typer.Option(help="The same seed generates the same set.", metavar="S")] = str(DEFAULT_SEED),
    anchor: Annotated[
        str,
        typer.Option(
            help='The instant that counts as "now" in the set; now for the current second.', metavar="INSTANT"
        ),
    ] = DEFAULT_ANCHOR,
    format_: Annotated[
        str | None,
        typer.Option("--format", help="json, ndjson, csv, parquet or sqlite.", show_default="from OUT, or ndjson"),
    ] = None,
    compress: Annotated[
        str | None, typer.Option(help="gz or zst, for json, ndjson and csv.", show_default="from OUT")
    ] = None,
    profile: Annotated[Path | None, typer.Option(help="Read knobs from this TOML or YAML file.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Set a knob, for example tickets=0.5; repeatable. --knobs lists them.", metavar="KNOB=VALUE"
        ),
    ] = None,
    edge_cases: Annotated[
        str | None,
        typer.Option(
            help="Start with these cases: all, none or comma-separated names; list shows them.", show_default="all"
        ),
    ] = None,
    legacy: Annotated[
        bool | None, typer.Option("--legacy", help="Omit updated_at, as the vendor's older page does.")
    ] = None,
    knobs: Annotated[
        bool, typer.Option("--knobs", help="Print all knobs with their meanings and defaults, as a TOML profile.")
    ] = False,
    processes: Annotated[
        int, typer.Option(help="Number of processes: at most 8, or four per core if that is more.")
    ] = 1,
    shard: Annotated[
        str | None, typer.Option(help="Write only part I of N; parts of a small set may be empty.", metavar="I/N")
    ] = None,
    chunk: Annotated[
        int | None,
        typer.Option(
            help="Contacts generated at once, a multiple of 64; affects memory and speed, not the set.",
            show_default="16384; parquet 32768",
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="local, or dask for several machines.")] = "local",
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler.", show_default="a local cluster")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files of the same names.")] = False,
    preview: Annotated[int | None, typer.Option(help="Print the first N contacts as a table.", metavar="N")] = None,
    stats: Annotated[bool, typer.Option("--stats", help="Print the distributions of the set.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the distributions as FILE.png or FILE.svg.")] = None,
    verify: Annotated[
        Path | None,
        typer.Option(
            help="Check a set against its manifest; SET is its folder, a file of it, or its manifest.", metavar="SET"
        ),
    ] = None,
    fixtures: Annotated[
        Path | None, typer.Option(help="Write the project's committed sets into a folder.", metavar="DIR")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="With --fixtures: write nothing, only check that the sets are unchanged.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print neither progress nor summary.")] = False,
) -> None:
    """Generate contacts: realistic, consistent, and the same for the same arguments on every machine."""
    options = dict(locals())
    if verify is not None:
        _refuse_others("verify", options)
    elif fixtures is not None:
        _refuse_others("fixtures", options, "check")
    elif check:
        raise GeneratorError("--check without --fixtures; wanted both, for example: --fixtures fixtures --check")
    with standard_output():
        _run(**options)


def _refuse_others(option: str, options: dict[str, Any], *allowed: str) -> None:
    """Refuse options that this one would ignore (`verify-alone`)."""
    defaults = {name: parameter.default for name, parameter in inspect.signature(generate).parameters.items()}
    for name, value in options.items():
        if (value or None) != (defaults[name] or None) and name not in (option, "quiet", *allowed):
            other = "OUT" if name == "out" else f"--{name.strip('_').replace('_', '-')}"
            example = f"for example: --{option} {options[option]}"
            raise GeneratorError(f"--{option} with {other} {value}; wanted --{option} by itself, {example}")


def _run(  # noqa: PLR0913 - as `generate`
    *,
    out: str | None,
    contacts: str,
    seed: str,
    anchor: str,
    format_: str | None,
    compress: str | None,
    profile: Path | None,
    set_: list[str] | None,
    edge_cases: str | None,
    legacy: bool | None,
    knobs: bool,
    processes: int,
    shard: str | None,
    chunk: int | None,
    engine: str,
    scheduler: str | None,
    force: bool,
    preview: int | None,
    stats: bool,
    plot: Path | None,
    verify: Path | None,
    fixtures: Path | None,
    check: bool,
    quiet: bool,
) -> None:
    if edge_cases == "list":
        return _list_edge_cases()
    if knobs:
        return _list_knobs()
    if verify is not None:
        return _verify(verify)
    if fixtures is not None:
        return _fixtures(fixtures, check=check)
    count, number, instant = _number("--contacts", contacts), _number("--seed", seed), _instant(anchor)
    from vambe_mock.generator.recipe.knob_files import shape_of  # numpy and yaml come with it

    with told_when_slow(f"--profile {profile}", complain) if profile else nullcontext():
        shape = shape_of(profile, set_ or [], edge_cases=edge_cases, legacy=legacy)
    _check_show(out, preview=preview, stats=stats, plot=plot, force=force)
    if out is not None:
        from vambe_mock.generator.sets.job import Part, job  # numpy comes with it

        work = job(
            out,
            seed=number,
            count=count,
            anchor=instant,
            shape=shape,
            format_=format_,
            compression=compress,
            part=None if shard is None else Part.parse(shard),
            processes=processes,
            chunk=chunk,
            force=force,
        )
        _write(work, engine, scheduler, quiet=quiet)
    _show(number, count, instant, shape, preview=preview, stats=stats, plot=plot, force=force)
    return None


def _number(option: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise GeneratorError(f"{option} {text}; wanted a whole number, for example: {option} 1000") from None


def _instant(text: str) -> int:
    """Milliseconds since 1970 UTC."""
    from vambe_mock.contract import instants

    if text == "now":
        return int(datetime.now(UTC).timestamp()) * 1000
    try:
        return instants.parse(text)
    except ValueError:
        raise GeneratorError(f"--anchor {text}; wanted an instant, for example: --anchor {DEFAULT_ANCHOR}") from None


def _list_edge_cases() -> None:
    from vambe_mock.generator.recipe.edge_cases import EDGE_CASES

    opened()
    for case in EDGE_CASES:
        print(f"{case.name:<20} {len(case.contacts)}  {case.description}")  # noqa: T201


def _list_knobs() -> None:
    from vambe_mock.generator.recipe.knob_files import knob_lines

    opened()
    print("\n".join(knob_lines()))  # noqa: T201


def _verify(path: Path) -> None:
    from vambe_mock.generator.sets.manifest import verify

    with told_when_slow(str(path), complain):
        found = verify(path)
    if not found.same:
        complain(found.text)
        raise typer.Exit(1)
    print(escaped(found.text), file=opened())


def _fixtures(folder: Path, *, check: bool) -> None:
    from vambe_mock.generator.sets import fixture_sets

    if not check:
        fixture_sets.write(folder)
        return
    changed = fixture_sets.changed(folder)
    if changed:
        complain(f"{folder}: changed: {', '.join(changed)}")
        raise typer.Exit(1)
    print(f"{folder}: {len(fixture_sets.FIXTURE_SETS)} sets, unchanged", file=opened())


def _check_show(out: str | None, *, preview: int | None, stats: bool, plot: Path | None, force: bool) -> None:
    """Refuse what cannot be shown before anything is written, and a call that does nothing."""
    if preview is not None and preview < 0:
        raise GeneratorError(f"--preview {preview}; wanted 0 or more, for example: --preview 20")
    if plot is not None:
        from vambe_mock.generator.sets.figures import check_place

        check_place(plot, force=force)
    if out == "-" and (stats or preview is not None):
        raise GeneratorError(
            f"--{'stats' if stats else 'preview'} and - as OUT; wanted only one of them on standard output"
        )
    if out is None and not stats and preview is None and plot is None:
        raise GeneratorError(f"no OUT; wanted a file, a folder or -, {_EXAMPLE}")
    if stats or preview is not None:
        opened()


def _show(  # noqa: PLR0913 - as `generate`
    seed: int,
    count: int,
    anchor: int,
    shape: Shape,
    *,
    preview: int | None,
    stats: bool,
    plot: Path | None,
    force: bool,
) -> None:
    if preview is None and not stats and plot is None:
        return
    from vambe_mock.generator.recipe.plan import Plan
    from vambe_mock.generator.sets import figures

    console, plan = _console(), Plan.of(seed, count, anchor, shape)
    if preview is not None:
        figures.preview(plan, min(preview, count), console)
    if stats or plot is not None:
        counts = figures.counted(plan, count)
        if stats:
            figures.bars(counts, console)
        if plot is not None:
            figures.plot(counts, plot, force=force)


def _console() -> Console:
    """Standard output for tables and bars."""
    from rich import console  # only for a table or bars

    class Output(console.Console):
        """Raises when the reader of a pipe is gone; Rich would end the program with its own exit code."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Output()


def _write(work: Job, engine: str, scheduler: str | None, *, quiet: bool) -> None:
    if engine not in ("local", "dask"):
        meant = did_you_mean(engine, ("local", "dask"))
        raise GeneratorError(f"--engine {engine}; {meant}wanted local or dask, for example: --engine dask")
    if scheduler is not None and engine != "dask":
        raise GeneratorError(f"--scheduler {scheduler} without --engine dask; wanted both or neither")
    with _progress(work, quiet=quiet) as progress:
        if engine == "dask":
            from vambe_mock.generator.sets.distributed import write as write_dask  # needs dask

            written = write_dask(work, scheduler, progress)
        else:
            from vambe_mock.generator.sets.writing import write

            written = write(work, progress, opened().buffer if work.folder is None else None)
    if not quiet:
        _summary(work, written)


def _summary(work: Job, written: WriteResult) -> None:
    where = "standard output" if work.folder is None else " and ".join(_shortly(work.folder, written.names))
    size = f", {written.bytes / 1e6:,.1f} MB" if written.bytes else ""
    rate = written.contacts / max(written.seconds, 1e-9)
    summary = (
        f"{plural(written.contacts, 'contact')} to {where}{size} in {written.seconds:.2f} s ({rate:,.0f} per second)"
    )
    whole = f", content hash {written.maker.content.hash(written.maker.plan.header())}" if work.part.of == 1 else ""
    complain(f"{summary}{whole}")


def _shortly(folder: Path, names: list[str]) -> list[str]:
    """The file, or the first of several and the number of others."""
    return [str(folder / names[0]), *([f"{len(names) - 1} more"] if len(names) > 1 else [])]


@contextmanager
def _progress(work: Job, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar with rate and remaining time, if standard error is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # only for a terminal
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Contacts per second; a task has no speed before its second step."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")

    first, stop = work.bounds
    columns = (BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("contacts", total=stop - first, start=True)
        yield lambda more: bar.advance(task, more)
