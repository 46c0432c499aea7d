"""The control plane: one change at 100,000 contacts, the endpoint beside it when it is idle, the plugin's start."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import sets
from benchmarks.connection import Connection
from benchmarks.figures import Figure, at_least, at_most, ratio, told
from benchmarks.load import Contender
from benchmarks.pages import Run
from benchmarks.servers import BenchmarkError, Command, Server, body, ours, plain, running

COUNT: Final = 100_000
CHANGES: Final = 500
"""Changes in each round; the kernel counts CPU time in hundredths of a second."""

SESSION: Final = """
import json, sys, time
began = time.perf_counter()
from vambe_mock import VambeMock
with VambeMock(**json.loads(sys.argv[1])) as server:
    mock = server.organisation()
    started, used_up = time.perf_counter() - began, time.process_time()
    def timed(work, times):
        found = []
        for _ in range(times):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
        return sorted(found)[times // 2]
    def anew():
        server.forget(server.organisation())
    def used():
        mock.contacts.add(name="Ana")
        mock.reset()
    told = {"anew": timed(anew, 50), "reset": timed(mock.reset, 50), "used": timed(used, 50)}
    print(json.dumps({"start": started, "cpu": used_up, **told}))
"""


def measure(run: Run) -> list[Figure]:
    """All figures of the control plane."""
    return [*_changes(run), *_idle(run), *_sessions(run)]


def _changes(run: Run) -> list[Figure]:
    """PATCH after PATCH on one connection, ours and (c) in turn; what it costs the server is its CPU time."""
    folder = sets.data_set(COUNT)
    data = ("--data", str(folder), "--now", sets.ANCHOR)
    ids = _ids(folder, (run.rounds + 1) * 2 * CHANGES)
    with ExitStack() as stack:
        one = stack.enter_context(running(ours(*data, "--quiet"), run.log("changes")))
        file = run.scratch / "ids"
        file.write_text("\n".join(ids), encoding="ascii")
        other = stack.enter_context(running(_plain(file), run.log("plain changes")))
        given = iter(ids)
        _visible(one, ids[-1])
        rounds = [[_round(server, given) for server in (one, other)] for _ in range(run.rounds + 1)][1:]
    cpu, base = ([outcome[place][0] for outcome in rounds] for place in (0, 1))
    times, base_times = ([outcome[place][1] for outcome in rounds] for place in (0, 1))
    more = f" (the whole round trip {median(times):.2f} ms)"
    return [
        at_most(f"one change of {COUNT:,} contacts, the server's time", 1, median(cpu), "ms", more),
        told(
            "the same, of (c)", f"{ratio(cpu, base):.2f} by CPU time, {ratio(times, base_times):.2f} by the round trip"
        ),
    ]


def _ids(folder: Path, count: int) -> list[str]:
    """The ids of the first *count* contacts, which are anywhere in every order."""
    with (folder / sets.FILES["ndjson"]).open("rb") as lines:
        return [json.loads(line)["id"] for line in itertools.islice(lines, count)]


def _plain(ids: Path) -> Command:
    command = plain("plain_changes", {"BENCHMARK_IDS": str(ids)})
    arguments = [one.replace("constant:", "plain_changes:") for one in command.arguments]
    return replace(command, arguments=tuple(arguments), ready="/ready")


def _visible(server: Server, identity: str) -> None:
    """Raise BenchmarkError unless the very next answer has the change, in its place."""
    with Connection(server.port) as connection:
        connection.change(identity, {"name": "seen", "updated_at": "2100-01-01T00:00:00Z"})
    found = json.loads(body(server.port, "/api/public/contacts?updated_after=2099-01-01T00:00:00Z"))
    if [(one["id"], one["name"]) for one in found] != [(identity, "seen")]:
        raise BenchmarkError(f"a change of {identity} is not in the next answer; wanted it there")


def _round(server: Server, given: Iterator[str]) -> tuple[float, float]:
    """Milliseconds of CPU for a change, and of its round trip, the median."""
    with Connection(server.port) as connection:
        used = server.cpu()
        times = [connection.change(next(given), {"name": f"Name {number}"}) for number in range(CHANGES)]
        return (server.cpu() - used) / CHANGES * 1_000, median(times) * 1_000


def _idle(run: Run) -> list[Figure]:
    """The endpoint with the control plane and nothing done with it, against one that has none and keeps no record."""
    data = ("--data", str(sets.data_set(10_000)), "--now", sets.ANCHOR, "--quiet")
    paths = run.paths("idle", *sets.pages(1_000))
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(ours(*data, *flags), run.log(name)))
            for name, flags in (("with", ()), ("without", ("--read-only", "--record", "0", "--no-prefer")))
        }
        found = run.compete({name: Contender(server, paths) for name, server in servers.items()})
    reached = ratio(found["with"].all("per_second"), found["without"].all("per_second"))
    by_cpu = ratio(found["without"].all("cpu"), found["with"].all("cpu"))
    what = "the endpoint with an idle control plane, distinct queries"
    return [at_least(what, 0.95, reached, "of the same without one", f" (by CPU time {by_cpu:.2f})")]


def _sessions(run: Run) -> list[Figure]:
    """A test session as the plugin has it: its start, and what each test costs."""
    few, many = _medians(run.rounds, {"fixture": "default"}), _medians(3, {"contacts": 10_000})
    reset = max(few["anew"], few["reset"], few["used"]) * 1_000
    each = ", ".join(f"{name} {few[key] * 1_000:.1f}" for name, key in EACH)
    more = ", ".join(f"{name} {many[key] * 1_000:.1f} ms" for name, key in EACH)
    return [
        at_most(
            "a session of the pytest plugin with 1,000 contacts, until its first test begins",
            1,
            few["start"],
            "s",
            f" ({few['cpu']:.2f} s of CPU, Python's own start in it)",
        ),
        at_most("what a test of it costs, the dearest way", 5, reset, "ms", f" ({each})"),
        told("the same at 10,000 contacts", more),
    ]


EACH: Final = (("an organisation of its own", "anew"), ("reset", "reset"), ("a change and reset", "used"))


def _medians(rounds: int, settings: dict[str, str | int]) -> dict[str, float]:
    found = [_session(settings) for _ in range(rounds)]
    return {name: median(one[name] for one in found) for name in found[0]}


def _session(settings: dict[str, str | int]) -> dict[str, float]:
    """Seconds of a session in a process of its own. Raises BenchmarkError."""
    done = subprocess.run(
        [sys.executable, "-c", SESSION, json.dumps(settings)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BenchmarkError(f"a session failed: {done.stderr.strip().splitlines()[-1]}")
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds
