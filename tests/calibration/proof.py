"""Calibrate a variant, speak its file, and compare the answers to random queries."""

import asyncio
import copy
import json
import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calibration.variants import Asgi, Variant
from dialects import speaking
from reference import moved, text
from vambe_judge import drift, fresh_mock, judging_run
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import LARGE_WINDOW, Options
from vambe_judge.calibration.asker import Asker
from vambe_judge.calibration.calibrating import Calibration
from vambe_judge.calibration.dialect_file import Dialect
from vambe_judge.calibration.state import State
from vambe_judge.judging import rules
from vambe_judge.judging.judge import Judge
from vambe_judge.judging.verdicts import Verdict
from vambe_judge.judging_run import Target
from vambe_mock.contract.dialect_file import parse
from vambe_mock.datasets import dataset
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

KEY = "Key-7f3a-Zq"
NOW = 1_773_156_037_123
"""The instant at which both clocks stand: 2026-03-10T15:20:37.123Z, also the anchor of the data."""

URL = "http://127.0.0.1"
PATH = "/api/public/contacts"
SIZE = 200


def _at_one_instant(document: dict[str, Any]) -> None:
    for row in document["contacts"]:
        row.update(dict.fromkeys(("last_message_at", "created_at", "updated_at"), "2026-03-01T10:00:00.123Z"))


def _without_tickets(document: dict[str, Any]) -> None:
    for row in document["contacts"]:
        row["active_ticket_v2"] = None
        row["custom_fields"] = {**row["custom_fields"], "ticket": {}}


def _without_custom_fields(document: dict[str, Any]) -> None:
    document["custom_fields"] = []
    for row in document["contacts"]:
        row["custom_fields"] = {"customer": {}, "ticket": {}}


def _large(document: dict[str, Any]) -> None:
    """The same contacts 500 times, each time some minutes older, with ids of their own; ties stay."""
    rows = document["contacts"]
    fields = ("last_message_at", "created_at", "updated_at")
    read = [{name: datetime.fromisoformat(row[name]) if row[name] else None for name in fields} for row in rows]
    document["contacts"] = []
    for number in range(500):
        back = timedelta(minutes=7 * number)
        for row, instants in zip(rows, read, strict=True):
            moved_back = {name: at and text(at - back) for name, at in instants.items()}
            own = f"{int(row['id'][:8], 16) ^ number * 8191:08x}{row['id'][8:]}"
            document["contacts"].append({**row, **moved_back, "id": own})


ACCOUNTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "one instant": _at_one_instant,
    "no tickets": _without_tickets,
    "no custom fields": _without_custom_fields,
    "100,000": _large,
}
"""Accounts with something special, made of the usual one."""


@cache
def account(size: int | str = SIZE) -> dict[str, Any]:
    """A data set with all that tells alternatives apart: ties, windows' very edges, instants in one second."""
    if isinstance(size, str):
        document = copy.deepcopy(account())
        ACCOUNTS[size](document)
        return document
    start = datetime.fromtimestamp(NOW / 1000, UTC)
    document = {**moved(fresh_mock.default_set(), start), "anchor": text(start)}
    every = document["contacts"]
    rows = every[:: max(len(every) // size, 1)][:size] if size else []
    for number, row in enumerate(rows[:40]):
        before = start - timedelta(days=1 + number * 3)
        if number < 8:
            row["last_message_at"] = text(before)  # at the edge of a window, to the millisecond
        elif number < 16:
            row["last_message_at"] = text(before.replace(hour=1 + number, minute=7, second=13))
        elif number < 20:
            row["updated_at"] = rows[16]["updated_at"]
        elif number < 24:
            row["created_at"] = rows[20]["created_at"]
        elif number < 28:
            row["last_message_at"] = rows[24]["last_message_at"] or text(before)
        elif number < 31:
            second = datetime.fromisoformat(rows[28]["updated_at"]).replace(microsecond=123_000 + number * 1_000)
            row["updated_at"] = text(second)
        elif number < 34:
            second = datetime.fromisoformat(rows[31]["created_at"]).replace(microsecond=123_000 + number * 1_000)
            row["created_at"] = text(second)
    document["contacts"] = rows
    return document


@cache
def loaded(size: int | str = SIZE) -> dataset.Dataset:
    """The same as the mock reads it."""
    return dataset.from_document(account(size))


def target(variant: Variant, size: int | str = SIZE) -> Asgi:
    """The variant as an application."""
    app: Asgi = speaking(dict(variant.rules), loaded(size), NOW, api_key=(KEY,), mock_headers=False, neighbours=False)
    for layer in variant.layers:
        app = layer(app)
    return app


def options(size: int | str = SIZE, *, fields: bool = False, blocked: bool = False) -> Options:
    """What the user says of the account: clock, pipeline, with *fields* a custom field, whether some are blocked."""
    about = Options(now=NOW, blocked=blocked)
    told = fresh_mock.with_data_of(about, account(SIZE if isinstance(size, str) else size))
    return told if fields else replace(told, custom_fields=())


def calibrated(app: Asgi, told: Options, requests: int = 40) -> Dialect:
    """The dialect that a calibration of *app* measures."""
    limits = Limits(max_requests=requests, pace=0)
    return measured(Client(URL, KEY, limits, transport=AsgiTransport(app)), told)


def measured(client: Client, told: Options) -> Dialect:
    """The dialect that a calibration through *client* measures; the client is closed."""
    try:
        state = State(Asker(client), told, LARGE_WINDOW, large=True, pipelines=dict(told.pipelines))
        return Calibration(state).run()
    finally:
        client.close()


def mock(text: str, size: int | str = SIZE) -> Asgi:
    """The mock with a dialect file."""
    parse(text, "vambe.toml")
    settings = Settings(
        now=NOW,
        quiet=True,
        api_key=(KEY,),
        mock_headers=False,
        neighbours=False,
        dialect=Path("vambe.toml"),
        dialect_text=text,
    )
    app: Asgi = create_app(loaded(size), settings)
    return app


Asked = tuple[str, str, tuple[tuple[str, str], ...]]


def queries(  # noqa: C901, PLR0915 - one kind of request after the other
    count: int, seed: int = 8262, size: int | str = SIZE
) -> Iterator[Asked]:
    """Random requests, two in three of them valid: path, query, headers."""
    draw = random.Random(seed)
    rows = account(size)["contacts"] or [{}]
    pipelines = [one["id"] for one in account(size)["pipelines"]]
    stages = [one["active_ticket_v2"]["current_stage_id"] for one in rows if one.get("active_ticket_v2")]
    stages = [one for one in [*stages, *(one.get("default_stage_id") for one in rows)] if one]
    key = (("x-api-key", KEY),)

    def instant(name: str) -> str:
        at = draw.choice(rows).get(name) or "2025-12-01T00:00:00.000Z"
        form = draw.random()
        if form < 0.6:
            return at
        if form < 0.7:
            return f"{at[:-1]}9999Z"
        if form < 0.8:
            return f"{at[:16]}Z"
        return f"{at[:-1]}+00:00"

    def number(value: int) -> str:
        forms = ("{}", "{}", "{}", "{}", "+{}", "0{}", "{}.0", "{}e0", " {}", "{}.", "0x{:X}")
        return draw.choice(forms).format(value)

    def good() -> list[tuple[str, str]]:  # noqa: C901 - one parameter after the other
        pairs: list[tuple[str, str]] = []
        if draw.random() < 0.6:
            days = draw.choice((1, 2, 3, 7, 14, 30, 90, 365, draw.randint(1, 365)))
            pairs.append(("days", number(days) if draw.random() < 0.8 else f"{days}.5" if days < 365 else "1.25"))
        if draw.random() < 0.4 or not pairs:
            pairs.append(("updated_after", instant("updated_at")))
        if draw.random() < 0.3:
            pairs.append(("created_after", instant("created_at")))
        if draw.random() < 0.6:
            pairs.append(("limit", number(draw.choice((1, 2, 5, 20, 100, 1000)))))
        if draw.random() < 0.3:
            pairs.append(("offset", number(draw.choice((0, 1, 2, 5, 30)))))
        if draw.random() < 0.15 and stages:
            stage = draw.choice(stages)
            pairs.append(("stage_id", draw.choice((stage, stage.upper(), "7c9e6679-7425-40de-944b-e07fc1f90ae7"))))
        if draw.random() < 0.15 and pipelines:
            pairs.append(("pipeline_id", draw.choice((*pipelines, "7c9e6679-7425-40de-944b-e07fc1f90ae7"))))
        if draw.random() < 0.1:
            value = draw.choice(("Active", "active", "Inactive", "Act", "ctiv", " Active ", "nobody"))
            pairs += [("custom_field_key", "status"), ("custom_field_value", value)]
        if draw.random() < 0.1:
            pairs.append(("entity_type", draw.choice(("ticket", "customer"))))
        if draw.random() < 0.05:
            pairs.append(("page", "2"))
        return pairs

    bad = (
        ("days", "0"), ("days", "366"), ("days", "abc"), ("days", ""), ("days", "30x"), ("days", " "),
        ("days", "Infinity"),
        ("limit", "0"), ("limit", "1001"), ("limit", "-1"), ("limit", "1.5"), ("limit", "ten"),
        ("limit", "100000000000000000"),
        ("offset", "-1"), ("offset", "0.5"), ("offset", "x"), ("offset", "1e400"),
        ("created_after", "2024-01-15"), ("created_after", "x"), ("created_after", ""),
        ("updated_after", "2024-01-15T10:00:00"), ("updated_after", "x"), ("updated_after", "2024-01-15 10:00:00Z"),
        ("stage_id", "x"), ("stage_id", ""), ("pipeline_id", "x"), ("entity_type", "contact"), ("entity_type", ""),
        ("custom_field_key", ""), ("custom_field_value", ""), ("custom_field_key", "status"),
        ("custom_field_value", "x"), ("custom_field_key", "nothing-of-the-kind"),
    )  # fmt: skip
    for _ in range(count):
        path = PATH
        headers: tuple[tuple[str, str], ...] = key
        pairs = good()
        kind = draw.random()
        if kind > 0.67:
            for name, value in draw.sample(bad, draw.choice((1, 1, 1, 2, 3))):
                pairs = [(one, two) for one, two in pairs if one != name]
                pairs.append((name, value))
        if 0.60 < kind < 0.63:
            pairs.append(draw.choice(pairs))
        if 0.63 < kind < 0.65:
            pairs = [(name, value) for name, value in pairs if name in ("limit", "offset", "stage_id", "entity_type")]
        if kind > 0.97:
            headers = draw.choice(((), (("x-api-key", "wrong"),), (("x-api-key", KEY), ("x-api-key", KEY))))
        if 0.94 < kind < 0.97:
            path = draw.choice((PATH.upper(), f"{PATH}/", "/api/public/contact", "/nowhere"))
        draw.shuffle(pairs)
        yield path, "&".join(f"{name}={quote(value, safe='-._~:')}" for name, value in pairs), headers


@dataclass
class Compared:
    """How two servers' answers differ. ``examples`` are requests."""

    asked: int = 0
    same: int = 0
    examples: list[tuple[Asked, Any, Any]] = field(default_factory=list)


async def _answer(app: Asgi, asked: Asked) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
    path, query, headers = asked
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)
    kept = tuple(sorted((name.lower(), value) for name, value in messages[0]["headers"]))
    return messages[0]["status"], b"".join(one.get("body", b"") for one in messages[1:]), kept


def compared(first: Asgi, second: Asgi, asked: Sequence[Asked]) -> Compared:
    """Put the same requests to both."""
    found = Compared()

    async def ask() -> None:
        for one in asked:
            ours, theirs = await _answer(first, one), await _answer(second, one)
            found.asked += 1
            if ours == theirs:
                found.same += 1
            elif len(found.examples) < 5:
                found.examples.append((one, ours, theirs))

    asyncio.run(ask())
    return found


@dataclass
class Result:
    """What became of one variant."""

    variant: Variant
    dialect: Dialect
    compared: Compared

    @property
    def exact(self) -> bool:
        """Whether the mock with the file answers as the variant does, byte for byte."""
        return self.compared.same == self.compared.asked

    @property
    def slugs(self) -> list[str]:
        """The rules of the file."""
        return list(self.dialect.rules)


def _told(variant: Variant) -> Options:
    """What the user says of that account."""
    fields = any(slug.startswith(("custom-", "entity-")) for slug in variant.rules)
    return options(variant.account, fields=fields, blocked="blocked-are-listed" in variant.rules)


def proved(variant: Variant, count: int = 2_000, requests: int = 40) -> Result:
    """Calibrate, speak, compare; of a large account the queries that have a limit."""
    size = variant.account
    found = calibrated(target(variant, size), _told(variant), requests)
    text = found.text()
    tomllib.loads(text)
    asked = [one for one in queries(count, size=size) if size != "100,000" or "limit=" in one[1]]
    return Result(variant, found, compared(target(variant, size), mock(text, size), asked))


def blamed(variant: Variant, text: str, folder: Path) -> list[str]:
    """What ``check --dialect`` calls broken of the variant that was just calibrated: rule and case.

    What the account's data breaks without a dialect too is left out.
    """
    size = variant.account
    file = folder / "vambe.toml"
    file.write_text(text, encoding="utf-8")
    told = Target(URL, KEY, "VAMBE_API_KEY")
    judge = judging_run.prepare(
        replace(told, transport=AsgiTransport(target(variant, size))), _told(variant), Limits(pace=0)
    )
    judge.explained = drift.explained(file, told, judge.options, rules.RULES)
    with closing(judge.client):
        judge.begin()
        for rule in rules.RULES:
            judge.hear(rule)
        drift.look_again(judge, file, told, judge.options, rules.RULES)
        drift.add(judge, drift.measured_again(judge, file))
    found = _broken(judge)
    if found:
        plain = judging_run.prepare(
            replace(told, transport=AsgiTransport(target(Variant(""), size))), judge.options, Limits(pace=0)
        )
        with closing(plain.client):
            plain.begin()
            for rule in rules.RULES:
                plain.hear(rule)
        found -= _broken(plain)
    return sorted(f"{slug}: {case}" for slug, case in found)


def _broken(judge: Judge) -> set[tuple[str, str]]:
    broken = (Verdict.VIOLATES, Verdict.DIFFERS)
    return {(slug, one.case) for slug, it in judge.outcomes.items() for one in it.findings if one.verdict in broken}


def listed(result: Result) -> str:
    """The rules of the variant of which the file says in words that they are open, or beyond the mock."""
    said = {slug.partition(".")[0] for slug in (*result.dialect.open, *result.dialect.beyond)}
    rules = result.variant.rules or said
    return ", ".join(f"`{slug}`" for slug in sorted(rules) if slug in said) or "nothing"


def explained(result: Result) -> str:
    """What differs, for whoever mends it."""
    lines = [
        f"{result.variant.name}: {result.compared.same} of {result.compared.asked}, {result.dialect.requests} requests"
    ]
    lines += [f"  {slug} = {json.dumps(entry.value)}" for slug, entry in result.dialect.rules.items()]
    lines += [f"  beyond {slug}: {says}" for slug, says in result.dialect.beyond.items()]
    for (path, query, headers), ours, theirs in result.compared.examples[:3]:
        lines += [
            f"  {path}?{query} {len(headers)}",
            f"    {ours[0]} {ours[1][:300]!r} {ours[2]}",
            f"    {theirs[0]} {theirs[1][:300]!r} {theirs[2]}",
        ]
    return "\n".join(lines)
