"""Which hazard notices which flaw: plays every subject, and writes docs/sync-table.md.

Usage: ``python tests/sync_clients/table.py [--seeds 20] [--others 1] [--commands 1] [--jobs 2] [CLIENT ...]``.

Each flawed client is played ``--seeds`` times under the hazard that is made for it, and ``--others`` times under all
others; once with the disturbance taken away, which it must survive. The right clients are played ``--seeds`` times
under all hazards; those that are commands only where a seed makes a difference, and else ``--commands`` times, since
each poll is a process. Not part of ``make test``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import subjects

from vambe_mock import VambeMock
from vambe_mock.sync.checking import EVERYTHING, RECORD, UNPAGED, Folders, Options, Stage
from vambe_mock.sync.clients import Client, CommandClient, FunctionClient
from vambe_mock.sync.copies import Copy
from vambe_mock.sync.hazards import BY_SLUG, HAZARDS, Habits, Hazard
from vambe_mock.sync.judging import judge

FILE = Path(__file__).parents[2] / "docs" / "sync-table.md"
HERE = Path(__file__).parent
RIGHT: dict[str, Client] = {
    "right: in process": FunctionClient(subjects.poll(""), subjects.copy),
    "right: reads everything": FunctionClient(subjects.poll("reads-everything"), subjects.copy),
    "right: standard library": CommandClient(
        [sys.executable, str(HERE / "right_stdlib.py"), "{dir}"], source=Copy.of("sqlite:{dir}/copy.db?table=contacts")
    ),
    "right: httpx": CommandClient(
        [sys.executable, str(HERE / "right_httpx.py"), "{dir}"], source=Copy.of("{dir}/contacts.ndjson")
    ),
    "right: fetch": CommandClient(
        ["node", str(HERE / "right_fetch.mjs"), "{dir}"], source=Copy.of("{dir}/contacts.json")
    ),
}
DELIVERED, COPY, MISSED = "●", "○", "·"


@dataclass(frozen=True)
class Times:
    """How often each is played."""

    seeds: int
    others: int
    commands: int


@dataclass
class Row:
    """A client: for each hazard by how many seeds it was noticed, and how; what is wrong with that."""

    name: str
    marks: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The row of the table."""
        own = subjects.FLAWS.get(self.name)
        others = [slug for slug, found in self.marks.items() if slug != own and found[MISSED] < found.total()]
        how = ""
        if own is not None:
            found = self.marks[own]
            share = "" if found[MISSED] == 0 else f" ({found.total() - found[MISSED]} of {found.total()})"
            how = f"{DELIVERED if found[DELIVERED] else COPY} {own}{share}"
        return f"| {self.name} | {how} | {', '.join(others)} |"


def client_of(name: str) -> Client:
    """The client of a row."""
    if name in RIGHT:
        return RIGHT[name]
    if name == "cursor-before-rows":  # it must be killed, so it needs a process
        command = [sys.executable, str(HERE / "subjects.py"), name, "{dir}"]
        return CommandClient(command, source=Copy.of("sqlite:{dir}/copy.db?table=contacts"))
    return FunctionClient(subjects.poll(name), subjects.copy)


def row(name: str, times: Times) -> Row:
    """Play a client under all hazards."""
    made, own = Row(name), subjects.FLAWS.get(name)
    command = isinstance(client_of(name), CommandClient)
    limit = 100 if name in RIGHT and command else subjects.LIMIT
    days = 30.0 if name == "window-without-end" else None
    habits = Habits(UNPAGED, limit, 4, days)
    options = Options(scope="days=30" if days else EVERYTHING)
    count = 0
    with VambeMock(record=RECORD) as server, Folders() as folders:
        stage = Stage(server, client_of(name), options, folders)
        for hazard in HAZARDS:
            contacts = UNPAGED if hazard.slug == "quiet" else round(3.5 * limit)
            drawn = _is_drawn(hazard, replace(habits, contacts=contacts))
            usual = times.others if own else times.commands if command and not drawn else times.seeds
            seeds = times.seeds if hazard.slug == own else usual
            marks = made.marks[hazard.slug] = Counter()
            for seed in range(seeds):
                count += 1
                marks[seen(stage, hazard, replace(habits, contacts=contacts, seed=seed), count)] += 1
            if own is None and marks[MISSED] < marks.total():
                made.wrong.append(f"{name} is accused by {hazard.slug}")
            if hazard.slug == own and marks[MISSED]:
                made.wrong.append(f"{name} is missed by {own} with {marks[MISSED]} seeds")
        if own not in (None, "quiet"):
            calm = replace(habits, contacts=round(3.5 * limit))
            story, compared = stage.play(BY_SLUG[own], calm, count + 1, calm=True)
            if (verdict := judge(BY_SLUG[own], story, compared).verdict) != "survived":
                made.wrong.append(f"{name}: {verdict} though nothing of {own} disturbs it")
    return made


def _is_drawn(hazard: Hazard, habits: Habits) -> bool:
    """Whether a seed makes a difference to *hazard*."""
    scripts = [hazard.script(replace(habits, seed=seed)) for seed in range(5)]
    return any(one != scripts[0] for one in scripts)


def seen(stage: Stage, hazard: Hazard, habits: Habits, run: int) -> str:
    """How a hazard notices the client: by what was delivered, by the copy alone, or not."""
    result = stage.run(hazard, run, habits)
    if not result.bad:
        return MISSED
    told = result.story.delivered
    return DELIVERED if told["lost"] or told["stale"] or result.judgement.verdict == "failed" else COPY


def main() -> None:
    """Make the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--others", type=int, default=1)
    parser.add_argument("--commands", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("clients", nargs="*")
    given = parser.parse_args()
    times = Times(given.seeds, given.others, given.commands)
    rows: list[Row] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for made in pool.map(partial(row, times=times), given.clients or [*subjects.FLAWS, *RIGHT]):
            rows.append(made)
            print(made.line(), *made.wrong, flush=True)  # noqa: T201
    flags = f"--seeds {times.seeds} --others {times.others} --commands {times.commands}"
    head = (
        f"# Which hazard notices which flaw\n\nMade by `python tests/sync_clients/table.py {flags}`. Each flawed "
        f"client runs with {times.seeds} seeds in the hazard made for its flaw, and with {times.others} in all others; "
        f"the correct clients with {times.seeds}, those that are commands with {times.commands} where the seed makes "
        f"no difference. {DELIVERED}: what was delivered shows the flaw; {COPY}: only the copy does. Without its "
        "disturbance, no hazard notices the flaw that it is made for.\n\n"
        "| client | noticed by the hazard made for it | and by |\n| --- | --- | --- |\n"
    )
    if not given.clients:
        FILE.write_text(head + "\n".join(made.line() for made in rows) + "\n", encoding="utf-8")
    sys.exit("\n".join(problem for made in rows for problem in made.wrong) or 0)


if __name__ == "__main__":
    main()
