"""A million contacts: how long they take to load, what memory they take, and what a page of them costs."""

import itertools
import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import Final

from benchmarks import sets
from benchmarks.connection import Connection
from benchmarks.figures import Figure, at_least, at_most, ratio
from benchmarks.load import Contender
from benchmarks.pages import Run
from benchmarks.servers import ROOT, SERVER_CORE, Command, Server, body, ours, pinned, running

FEW: Final = 10_000
WINDOW: Final = "days=365&limit=100"
PREPARED_NOW: Final = "2026-01-01T00:00:00.001Z"
"""A millisecond beside the set's anchor, so that every instant moves."""
CHANGES: Final = 3_000
"""Enough for the orders to be merged with them several times."""

_PARSE: Final = """
import sys, time, orjson
began = time.process_time()
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        orjson.loads(line)
print(time.process_time() - began)
"""


@dataclass(frozen=True, slots=True)
class Base:
    """What a server without contacts takes, and the CPU seconds that orjson parses the contacts' lines."""

    memory: float
    cpu: float
    ready_after: float
    parsing: float


def measure(run: Run, count: int) -> list[Figure]:
    """All figures of *count* contacts."""
    lines = sets.data_set(count)
    now = ("--now", sets.ANCHOR, "--quiet")
    with running(ours("--fixture", "empty", *now), run.log("empty")) as empty:
        parsing = min(_orjson(lines / sets.FILES["ndjson"]) for _ in range(2))
        base = Base(empty.memory(), empty.cpu(), empty.ready_after, parsing)
    columns = str(sets.data_set(count, "parquet"))
    with running(ours("--data", columns, *now), run.log("parquet")) as server:
        from_parquet = _loaded(server, count, "Parquet", base)
    from_parquet += _prepared(run, ours("--data", columns, "--now", PREPARED_NOW, "--quiet"), count, base)
    with ExitStack() as stack:
        server = stack.enter_context(running(ours("--data", str(lines), *now), run.log("ndjson")))
        figures = [*_loaded(server, count, "NDJSON", base), *from_parquet]
        few = stack.enter_context(running(ours("--data", str(sets.data_set(FEW)), *now), run.log("few")))
        figures += [*_pages(run, server, few, count), *_cold(server, lines), *_warm(run, server, lines, count)]
        return [*figures, *_changes(server, lines, count)]


def _prepared(run: Run, command: Command, count: int, base: Base) -> list[Figure]:
    """The same set again from its prepared form, moved to another instant and as it was written."""
    folder = run.scratch / "prepared"
    figures = []
    for what, asked, flags in (("", None, ()), ("", 0.3, ()), (" with --keep-timestamps", 0.1, ("--keep-timestamps",))):
        flagged = replace(command, arguments=(*command.arguments, "--prepared", str(folder), *flags))
        with running(flagged, run.log("prepared")) as server:
            seconds = server.cpu() - base.cpu
        if asked is not None:
            figure = f"the same {count:,} again, prepared{what}"
            more = f" ({seconds:.2f} s of CPU)"
            figures.append(at_most(figure, asked, seconds / base.parsing, "x orjson parsing the NDJSON", more))
    return figures


def _changes(server: Server, folder: Path, count: int) -> list[Figure]:
    """One change after another, each of another contact, at the very end."""
    with (folder / sets.FILES["ndjson"]).open("rb") as lines:
        ids = [json.loads(line)["id"] for line in itertools.islice(lines, CHANGES)]
    with Connection(server.port) as connection:
        connection.change(ids[0], {"name": "Warm"})  # which copies the columns: the start keeps its own
        used = server.cpu()
        for number, identity in enumerate(ids):
            connection.change(identity, {"name": f"Name {number}"})
        each = (server.cpu() - used) / CHANGES * 1_000
    return [at_most(f"one change of {count:,} contacts, the server's time", 0.5, each, "ms")]


def _orjson(file: Path) -> float:
    """CPU seconds that orjson needs to parse every line of *file*, keeping none."""
    arguments = pinned([sys.executable, "-c", _PARSE, str(file)], SERVER_CORE)
    return float(subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=ROOT).stdout)


def _loaded(server: Server, count: int, form: str, base: Base) -> list[Figure]:
    seconds, elapsed = server.cpu() - base.cpu, server.ready_after - base.ready_after
    size = _wire_size(server)
    each = (server.memory() - base.memory) * 1e6 / count
    peak = server.memory("VmHWM") - base.memory
    times = f" ({seconds:.1f} s of CPU against {base.parsing:.1f} s; {elapsed:.1f} s on the clock)"
    sizes = f" ({each:.0f} bytes, JSON {size:.0f}; {peak:,.0f} MB at most while loading)"
    most = {"NDJSON": 2.0, "Parquet": 1.0}[form]
    return [
        at_most(
            f"{count:,} contacts loaded from {form}", most, seconds / base.parsing, "x orjson parsing the NDJSON", times
        ),
        at_most(f"memory of a contact, from {form}", 1.25, each / size, "x its JSON", sizes),
        at_most(f"the peak while loading, from {form}", 1.6, peak * 1e6 / count / size, "x the JSON"),
    ]


def _wire_size(server: Server) -> float:
    """Bytes of a contact on the wire, on average over some pages."""
    everything = sets.EVERYTHING.replace("limit=100", "limit=1000")
    bodies = [body(server.port, f"/api/public/contacts?{everything}&offset={at * 1_000}") for at in range(20)]
    return mean((len(one) - 1) / 1_000 - 1 for one in bodies)


def _pages(run: Run, server: Server, few: Server, count: int) -> list[Figure]:
    once = run.paths("page", WINDOW)
    near, deep = (
        run.paths("near", f"{sets.EVERYTHING}&offset=0"),
        run.paths("deep", f"{sets.EVERYTHING}&offset={count * 9 // 10}"),
    )
    contenders = {
        "few": Contender(few, once),
        "many": Contender(server, once),
        "few, distinct": Contender(few, run.paths("pages-few", *sets.pages(1_000))),
        "many, distinct": Contender(server, run.paths("pages-many", *sets.pages(count // 10))),
        "near": Contender(server, near),
        "deep": Contender(server, deep),
    }
    found = {name: one.all("per_second") for name, one in run.compete(contenders).items()}
    of = f"of ours at {FEW:,}"
    return [
        at_least(f"page of 100 out of {count:,}, one query", 0.85, ratio(found["many"], found["few"]), of),
        at_least(
            f"page of 100 out of {count:,}, distinct queries",
            0.8,
            ratio(found["many, distinct"], found["few, distinct"]),
            of,
        ),
        at_least(f"offset={count * 9 // 10}", 0.95, ratio(found["deep"], found["near"]), "of offset=0"),
    ]


def _cold(server: Server, folder: Path) -> list[Figure]:
    """Every filter value for the first time that the server hears of it."""
    figures = []
    with Connection(server.port) as connection:
        page = median(connection.microseconds(WINDOW) for _ in range(200))
        for name, pieces in sets.filters(folder).items():
            cold = [connection.microseconds(f"{WINDOW}&{piece}") for piece in pieces]
            times = f" (at most {max(cold) / page:.1f} x, {max(cold) / 1000:.1f} ms)"
            what = f"{name}, {len(pieces)} values, each for the first time"
            figures.append(at_most(what, 4, median(cold) / page, "x the plain page", times))
    return figures


def _warm(run: Run, server: Server, folder: Path, count: int) -> list[Figure]:
    known = sets.filters(folder)
    stages, pipelines, fields = (known[name] for name in ("stage_id", "pipeline_id", "custom field"))
    wanted = {
        **known,
        "stage_id and custom field": [f"{stage}&{fields[place]}" for place, stage in enumerate(stages)],
        "stage_id and pipeline_id": [f"{stage}&{pipelines[0]}" for stage in stages[:6]],
        "created_after": ["created_after=2025-06-01T00:00:00Z", "created_after=2025-01-01T00:00:00Z"],
    }
    plain = {"page": Contender(server, run.paths("page", WINDOW))}
    files = {name: run.paths(name, *(f"{WINDOW}&{piece}" for piece in pieces)) for name, pieces in wanted.items()}
    found = run.compete({**plain, **{name: Contender(server, file) for name, file in files.items()}})
    figures = []
    for name in wanted:
        times = ratio(found[name].all("p50"), found["page"].all("p50"))
        figures.append(at_most(f"{name} within a year, out of {count:,}, p50", 4, times, "x the plain page"))
    return figures
