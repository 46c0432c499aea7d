"""Servers broken at random, from the first byte to the last field: the judge must come through each of them.

The mock's own answers are made once per request; a wreck changes some of them, at random, in whatever way. Nothing here
says what the judge should find, only that it may not stumble.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Final

import httpx

from mutants import matrix
from mutants.seams import KEY
from vambe_judge.asking import answers
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import PATH, RIGHT_KEY, Client, Headers, Limits, Look
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.problems import JudgeError, Malformed, Unanswered, stumbled
from vambe_judge.judging import combined, rules
from vambe_judge.judging.judge import Judge
from vambe_judge.judging_run import Run
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

Raw = tuple[int, dict[str, str], bytes]
Damage = Callable[[random.Random, Raw], Raw]

ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 10**400, 1e308, "", " ", "a", "\x00", "\ud800", "x" * 5_000, "9" * 40,
    [], {}, [[]], {"a": {}},
    "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2024-02-30T00:00:00.000Z", "-0001-01-01T00:00:00.000Z",
    "2024-01-15T10:00:00.000+14:00", "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
)  # fmt: skip
BODIES: Final = (
    b"", b" ", b"null", b"0", b'"a"', b"[]", b"{}", b"[[]]", b"[null]", b"[1,2]", b"[{}]", b'{"a":1,"a":2}', b"NaN",
    b"\xff\xfe", b"<html>", b"[" * 3_000,
    b"[" * 600 + b"]" * 600, b'[{"a":' * 450 + b"1" + b"}]" * 450, b'{"a":' * 1_500,
    b'{"errors":[{"path":[[]]},{"path":{}},7]}', b'{"statusCode":true,"message":[]}',
    b'[{"id":"a","stages":[{"id":1},7]},{"id":5,"stages":{}}]',
)  # fmt: skip
TYPES: Final = ("", ";", "text/html", "a/b;charset=", "\xe9")
DATES: Final = ("", "x", formatdate(0), "Mon, 99 Jan 9999 99:99:99 GMT", formatdate(2**37))
PLACES: Final = ("", "http://[", "//a", "\x00")
STATUSES: Final = (100, 200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 422, 500, 502, 599, 999)


def _rows(raw: Raw, change: Callable[[list[Any]], Any]) -> Raw:
    try:
        parsed = json.loads(raw[2])
    except (ValueError, RecursionError):
        return raw
    if not isinstance(parsed, list) or not parsed:
        return raw
    return raw[0], raw[1], json.dumps(change(parsed)).encode("utf-8", "surrogatepass")


def _with_odd(dice: random.Random, rows: list[Any]) -> list[Any]:
    for row in dice.sample(rows, min(len(rows), dice.randint(1, 4))):
        if isinstance(row, dict) and row:
            name = dice.choice(list(row))
            if isinstance(row[name], dict) and row[name] and dice.random() < 0.6:
                row[name][dice.choice(list(row[name]))] = dice.choice(ODD)
            elif dice.random() < 0.2:
                del row[name]
            else:
                row[name] = dice.choice(ODD)
    return rows


DAMAGES: Final[tuple[Damage, ...]] = (
    lambda dice, raw: (dice.choice(STATUSES), raw[1], raw[2]),
    lambda dice, raw: (raw[0], raw[1], dice.choice(BODIES)),
    lambda dice, raw: (raw[0], raw[1], raw[2][: dice.randint(0, len(raw[2]))]),
    lambda dice, raw: (raw[0], {**raw[1], "content-type": dice.choice(TYPES)}, raw[2]),
    lambda dice, raw: (raw[0], {**raw[1], "date": dice.choice(DATES)}, raw[2]),
    lambda dice, raw: (raw[0], {**raw[1], "location": dice.choice(PLACES)}, raw[2]),
    lambda _dice, raw: (raw[0], raw[1], b"[]"),
    lambda dice, raw: _rows(raw, lambda rows: _with_odd(dice, rows)),
    lambda dice, raw: _rows(raw, lambda rows: _with_odd(dice, rows)),
    lambda dice, raw: _rows(raw, lambda rows: rows[: dice.randint(0, len(rows))]),
    lambda dice, raw: _rows(raw, lambda rows: dice.sample(rows, len(rows))),
    lambda dice, raw: _rows(raw, lambda rows: rows + dice.sample(rows, dice.randint(1, len(rows)))),
    lambda dice, raw: _rows(raw, lambda rows: [dice.choice(ODD), *rows, dice.choice(ODD)]),
    lambda dice, raw: _rows(raw, lambda _rows: dice.choice(ODD)),
)  # fmt: skip


@dataclass(slots=True)
class Wreck(Client):
    """A client whose target is the mock, with some answers damaged: by chance, after a while, or the second time."""

    dice: random.Random = field(default_factory=random.Random)
    damages: tuple[Damage, ...] = ()
    share: float = 0.5
    only: Callable[[int, str, int], bool] = lambda _number, _query, _times: True
    _times: dict[str, int] = field(default_factory=dict)
    _asked: int = 0

    def get(self, query: str, *, path: str = PATH, headers: Headers = RIGHT_KEY, look: Look | None = None) -> Answer:  # noqa: ARG002 - as the client has it
        """The mock's answer, damaged or not; or none at all."""
        self._take_turn()
        self._asked += 1
        times = self._times[query] = self._times.get(query, 0) + 1
        raw, whole = pristine(path, query, headers)
        self._note(f"{path}?{query}", headers, raw[0], 0.0)
        if not self.only(self._asked, query, times) or self.dice.random() > self.share:
            return whole
        fate = self.dice.random()
        if fate < 0.02:
            raise Malformed("the answer is not well-formed HTTP, or broke off", "curl")
        if fate < 0.04:
            raise Unanswered("no answer within 10 seconds", "curl")
        for damage in self.damages:
            raw = damage(self.dice, raw)
        headers_sent = [(name.encode(), value.encode("utf-8", "replace")) for name, value in raw[1].items()]
        response = httpx.Response(raw[0], headers=headers_sent)
        try:
            return answers.read(response, raw[2], query, 0.0, whole.curl, self._known)
        except Unanswered:
            raise
        except Exception as error:
            raise JudgeError(stumbled(error)) from error


_pristine: dict[tuple[str, str, Headers], tuple[Raw, Answer]] = {}
_mock: list[AsgiTransport] = []


def pristine(path: str, query: str, headers: Headers) -> tuple[Raw, Answer]:
    """What the mock answers, made once."""
    key = (path, query, tuple(headers))
    if key not in _pristine:
        if not _mock:
            app = create_app(matrix.served("tiny"), Settings(api_key=(KEY,), quiet=True).checked())
            _mock.append(AsgiTransport(app))
        with_key = Client("http://127.0.0.1", KEY, transport=_mock[0])
        bodies: list[tuple[httpx.Response, bytes]] = []
        answer = with_key.get(
            query, path=path, headers=headers, look=lambda response, body: bodies.append((response, body))
        )
        response, body = bodies[0]
        _pristine[key] = (response.status_code, dict(response.headers.items()), body), answer
    return _pristine[key]


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was sent")


def wrecked(number: int) -> Run:
    """Server *number*, judged."""
    dice = random.Random(number)
    damages = tuple(dice.choice(DAMAGES) for _ in range(dice.randint(1, 3)))
    turn = dice.randint(2, 120)
    only = dice.choice(
        (
            lambda _number, _query, _times: True,
            lambda number, _query, _times: number > turn,
            lambda number, _query, _times: number % 7 == turn % 7,
            lambda _number, _query, times: times > 1,
            lambda _number, query, _times: "offset" in query,
            lambda _number, query, _times: "days" in query,
            lambda _number, query, _times: "stage_id" in query or "custom_field" in query,
        )
    )
    client = Wreck(
        "http://127.0.0.1",
        KEY,
        Limits(max_requests=260),
        httpx.MockTransport(_nobody),
        dice=dice,
        damages=damages,
        share=dice.choice((0.05, 0.3, 1.0)),
        only=only,
    )
    run = Run(Judge(client, matrix.known_of("tiny")))
    try:
        run.judge.begin()
    except JudgeError:
        return run
    for rule in rules.RULES:
        run.hear(rule)
    return run


def sound() -> Run:
    """The mock itself, with nothing damaged."""
    client = Wreck("http://127.0.0.1", KEY, Limits(), httpx.MockTransport(_nobody), share=0.0)
    run = Run(Judge(client, matrix.known_of("tiny")))
    run.judge.begin()
    return run


def stumbles(numbers: range) -> list[str]:
    """Which of those servers the judge stumbled before, and where."""
    found = []
    patched, combined.CANDIDATES = combined.CANDIDATES, 40
    try:
        for number in numbers:
            run = wrecked(number)
            found += [f"{number}: {one.slug}: {one.stumbled}" for one in run.judge.outcomes.values() if one.stumbled]
            run.report()
    finally:
        combined.CANDIDATES = patched
    return found
