"""Which hazard notices which flaw: plays every subject under every hazard, and writes docs/sync-table.md.

Usage: ``python tests/sync_clients/table.py [--seeds 20] [--own] [FLAW ...]``. ``--own`` plays only the flawed clients,
each under the hazard that is made for it. Not part of ``make test``: all of it takes minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import subjects

from vambe_mock import VambeMock
from vambe_mock.sync.checking import EVERYTHING, RECORD, UNPAGED, Folders, Options, Stage
from vambe_mock.sync.clients import Client, CommandClient, FunctionClient
from vambe_mock.sync.copies import Copy
from vambe_mock.sync.hazards import HAZARDS, Habits, Hazard

FILE = Path(__file__).parents[2] / "docs" / "sync-table.md"
HERE = Path(__file__).parent
RIGHT: dict[str, Client] = {
    "right: in process": FunctionClient(subjects.poll(""), subjects.copy),
    "right: standard library": CommandClient(
        [sys.executable, str(HERE / "right_stdlib.py"), "{dir}"], source=Copy.of("sqlite:{dir}/copy.db?table=contacts")
    ),
    "right: httpx": CommandClient(
        [sys.executable, str(HERE / "right_httpx.py"), "{dir}"], source=Copy.of("{dir}/contacts.ndjson")
    ),
    "right: fetch": CommandClient(
        ["node", str(HERE / "right_fetch.mjs"), "{dir}"], source=Copy.of("{dir}/contacts.json")
    ),
    "right: reads everything": FunctionClient(subjects.poll("reads-everything"), subjects.copy),
}
DELIVERED, COPY, MISSED = "●", "○", "·"


def client_of(name: str) -> Client:
    """The client of a row."""
    if name in RIGHT:
        return RIGHT[name]
    if name == "cursor-before-rows":  # it must be killed, so it needs a process
        command = [sys.executable, str(HERE / "subjects.py"), name, "{dir}"]
        return CommandClient(command, source=Copy.of("sqlite:{dir}/copy.db?table=contacts"))
    return FunctionClient(subjects.poll(name), subjects.copy)


def seen(stage: Stage, hazard: Hazard, habits: Habits, run: int) -> str:
    """How a hazard notices the client: by what was delivered, by the copy alone, or not."""
    result = stage.run(hazard, run, habits)
    if not result.bad:
        return MISSED
    told = result.story.delivered
    return DELIVERED if told["lost"] or told["stale"] or result.judgement.verdict == "failed" else COPY


def row(server: VambeMock, name: str, hazards: tuple[Hazard, ...], seeds: int) -> dict[str, Counter[str]]:
    """For each hazard how it noticed the client, by how many seeds."""
    marks: dict[str, Counter[str]] = {hazard.slug: Counter() for hazard in hazards}
    limit = 100 if isinstance(client_of(name), CommandClient) and name in RIGHT else subjects.LIMIT
    scope = "days=30" if name == "window-without-end" else EVERYTHING
    days = 30.0 if name == "window-without-end" else None
    for seed in range(seeds):
        with Folders() as folders:
            stage = Stage(server, client_of(name), Options(scope=scope, seed=seed), folders)
            for run, hazard in enumerate(hazards, 1):
                count = UNPAGED if hazard.slug == "quiet" else round(3.5 * limit)
                habits = Habits(count, limit, 4, days, seed)
                marks[hazard.slug][seen(stage, hazard, habits, run)] += 1
    return marks


def main() -> None:
    """Make the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--own", action="store_true")
    parser.add_argument("flaws", nargs="*")
    given = parser.parse_args()
    names = given.flaws or [*([] if given.own else RIGHT), *subjects.FLAWS]
    wrong, lines = [], []
    with VambeMock(record=RECORD) as server:
        for name in names:
            made_for = subjects.FLAWS.get(name)
            hazards = tuple(one for one in HAZARDS if not (given.own and made_for) or one.slug == made_for)
            marks = row(server, name, hazards, given.seeds)
            noticed = {slug: found for slug, found in marks.items() if found[MISSED] < given.seeds}
            if made_for is None and noticed:
                wrong.append(f"{name} is accused by {', '.join(noticed)}")
            if made_for is not None and marks[made_for][MISSED]:
                wrong.append(f"{name} is missed by {made_for} with {marks[made_for][MISSED]} seeds")
            others = [slug for slug in noticed if slug != made_for]
            how = "" if made_for is None else DELIVERED if marks[made_for][DELIVERED] else COPY
            own = f"{how} {made_for}" if made_for else ""
            lines.append(f"| {name} | {own} | {', '.join(others)} |")
            print(lines[-1], flush=True)  # noqa: T201
    command = f"python tests/sync_clients/table.py --seeds {given.seeds}{' --own' if given.own else ''}"
    head = (
        f"# Which hazard notices which flaw\n\nMade by `{command}`. {DELIVERED}: what was delivered shows it; "
        f"{COPY}: only the copy does.\n\n"
        "| client | noticed by the hazard made for it | and by |\n| --- | --- | --- |\n"
    )
    if not given.flaws:
        FILE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
