"""Stubs: fixed answers at paths that the mock does not have, for the rest of the vendor's API (`stubbed-paths`)."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from vambe_mock.contract import javascript
from vambe_mock.contract.neighbours import PATHS, neighbour_at
from vambe_mock.contract.operation import JSON, PATH, is_endpoint
from vambe_mock.organisations.conditions import MOST_PARAMETERS, WHOLE, Rule, SomeText
from vambe_mock.organisations.faults import Seconds

PREFIX: Final = "/api/"
LONGEST_PATH: Final = 200
MOST: Final = 1_000
MOST_BYTES: Final = 1 << 26
"""How many stubs an organisation may have, and how many bytes their bodies together."""
MOST_HEADERS: Final = 50

TEXT: Final = b"text/plain; charset=utf-8"
_TIGHT: Final = (",", ":")

BODILESS: Final = (204, 205, 304)
"""The statuses whose answers have no body."""

_NAME: Final = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
_SEGMENT: Final = re.compile(r"[^/?#{}\s]+")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?|")
_NOT_THEIRS: Final = ("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade", "trailer")
"""Headers that the HTTP server writes."""


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _path(path: str) -> str:
    segments = path.removeprefix(PREFIX).removesuffix("/").split("/")
    if not path.startswith(PREFIX) or not all(_NAME.fullmatch(one) or _SEGMENT.fullmatch(one) for one in segments):
        raise ValueError(
            "a stub's path is below /api/, and {name} stands for a segment that may be anything; wanted one like "
            "/api/public/ticket/{id}"
        )
    return path


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f'{name[:60]}: no header can be so; wanted one like "Location": "/api/public/tickets/7"')
        if name.lower() in _NOT_THEIRS:
            raise ValueError(f"the server writes {name} itself; wanted a header like Location or Content-Type")
    return headers


class StubRule(Rule):
    """A stub: which requests it answers, and with what.

    ``path`` is below ``/api/``; ``{name}`` stands for any one segment. ``query`` maps a parameter's name to its value,
    or to null for any value. ``body`` is a text, or JSON. In the file of ``--stubs``, ``file`` may name a file with
    the body, in the same folder or below it. The answer comes after ``delay`` seconds.
    """

    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], BeforeValidator(_upper)] = "GET"
    path: Annotated[str, AfterValidator(_path), Field(max_length=LONGEST_PATH, examples=["/api/public/ticket/{id}"])]
    query: Annotated[dict[SomeText, SomeText | None], Field(max_length=MOST_PARAMETERS)] = Field(default_factory=dict)
    status: Annotated[int, Field(ge=200, le=599), WHOLE] = 200
    headers: Annotated[dict[str, SomeText], AfterValidator(_headers), Field(max_length=MOST_HEADERS)] = Field(
        default_factory=dict
    )
    body: Any = None
    file: Annotated[str, Field(max_length=LONGEST_PATH, min_length=1)] | None = None
    delay: Seconds = 0.0

    @model_validator(mode="after")
    def _can_answer(self) -> "StubRule":
        if self.has_body and self.file is not None:
            raise ValueError("body and file are two bodies; wanted one of them")
        if self.status in BODILESS and (self.has_body or self.file is not None):
            raise ValueError(f"an answer of status {self.status} has no body; wanted another status, or no body")
        return self

    @property
    def has_body(self) -> bool:
        """Whether a body was given; null is one."""
        return "body" in self.model_fields_set


@dataclass(frozen=True)
class Reply:
    """The answer of a stub, ready to be sent: *rule* with its body as bytes."""

    rule: StubRule
    body: bytes
    content_type: bytes

    @classmethod
    def of(cls, rule: StubRule, content: bytes | None = None, media_type: str | None = None) -> "Reply":
        """The reply of *rule*; *content*, of that media type, is what its file has.

        Raises ValueError for a body that is no JSON.
        """
        usual = TEXT if isinstance(rule.body, str) or not rule.has_body else JSON
        body = b"" if not rule.has_body else _encoded(rule.body)
        if content is not None:
            body, usual = content, (media_type or "application/octet-stream").encode()
        said = [value for name, value in rule.headers.items() if name.lower() == "content-type"]
        return cls(rule, body, said[0].encode() if said else usual)

    @cached_property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers beside Content-Type, as ASGI has them."""
        given = [(name.lower().encode(), value.encode()) for name, value in self.rule.headers.items()]
        return tuple(one for one in given if one[0] != b"content-type")

    @cached_property
    def segments(self) -> tuple[str | None, ...]:
        """The segments of the path in lower case; None for one that may be anything."""
        return tuple(
            None if _NAME.fullmatch(one) else one.lower() for one in self.rule.path.removesuffix("/").split("/")
        )

    def answers(self, method: str, segments: list[str]) -> bool:
        """Whether requests of *method* to the path of these segments, in lower case, may be meant for it."""
        rule = self.rule
        return (
            (method == rule.method or (method == "HEAD" and rule.method == "GET"))
            and len(segments) == len(self.segments)
            and all(own is None or own == one for own, one in zip(self.segments, segments, strict=True))
            and all(segments[1:])
        )


def _encoded(body: Any) -> bytes:
    try:
        text = (
            body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, allow_nan=False, separators=_TIGHT)
        )
        return text.encode()
    except (TypeError, RecursionError, ValueError) as error:
        raise ValueError(f"body: no JSON can have it ({error}); wanted a text or a JSON value") from error


@dataclass(slots=True)
class Stub:
    """A stub at work: ``matched`` counts the requests that it answered."""

    number: int
    reply: Reply
    matched: int = 0


class Stubs:
    """The stubs of an organisation. Of several that a request could be for, the one added last answers."""

    def __init__(self, start: Iterable[Reply] = ()) -> None:
        """Begin with those of *start*, in this order."""
        self.start = tuple(start)
        self.reset()

    def __iter__(self) -> Iterator[Stub]:
        """Each stub, in the order in which they were added."""
        return iter(self.all)

    def copy_of_start(self) -> "Stubs":
        """The stubs of a new organisation with the same start."""
        return Stubs(self.start)

    def reset(self) -> None:
        """Go back to those of the start."""
        self.all: list[Stub] = [Stub(number, reply) for number, reply in enumerate(self.start, 1)]
        self.made = len(self.all)

    def numbered(self, number: int) -> Stub | None:
        """The stub of that number."""
        return next((stub for stub in self.all if stub.number == number), None)

    def add(self, reply: Reply, number: int | None = None) -> Stub:
        """Add a stub, under a free *number* or the next. Raises ValueError if there are too many, or too many bytes."""
        self._check_room(reply, [stub.reply for stub in self.all])
        stub = Stub(self.made + 1 if number is None else number, reply)
        self.made = max(self.made, stub.number)
        self.all.append(stub)
        return stub

    def replace(self, stub: Stub, reply: Reply) -> None:
        """Let *stub* answer with *reply* from now on, at its place. Raises ValueError as ``add`` does."""
        self._check_room(reply, [one.reply for one in self.all if one is not stub])
        stub.reply, stub.matched = reply, 0

    @staticmethod
    def _check_room(reply: Reply, others: list[Reply]) -> None:
        if len(others) >= MOST:
            raise ValueError(f"there are {MOST:,} stubs, which is the limit; delete some first")
        if len(reply.body) + sum(len(one.body) for one in others) > MOST_BYTES:
            raise ValueError(f"the bodies of all stubs have more than {MOST_BYTES:,} bytes; delete some first")

    def find(self, method: str, raw_path: bytes, query_string: bytes | None) -> Stub | None:
        """The stub for a request; with the query None, one that could be for it, whatever its query."""
        if not self.all:
            return None
        segments = _segments(raw_path)
        sent: dict[str, list[str]] | None = None
        for stub in reversed(self.all):
            if stub.reply.answers(method, segments):
                wanted = stub.reply.rule.query
                if not wanted or query_string is None:
                    return stub
                sent = javascript.query_pairs(query_string) if sent is None else sent
                if all(name in sent and value in (None, *sent[name]) for name, value in wanted.items()):
                    return stub
        return None


def _segments(raw_path: bytes) -> list[str]:
    """The segments of an undecoded path, decoded and in lower case; a slash at its end is none (`path-forms`)."""
    path = raw_path.decode("latin-1")
    return [unquote(one).lower() for one in path.removesuffix("/").split("/")]


def check_path(rule: StubRule, *, neighbours: bool) -> None:
    """Raise ValueError if the path of *rule* is one that the mock answers itself."""
    raw = _NAME.sub("x", rule.path).encode()
    taken = PATH.decode() if is_endpoint(raw) else ""
    if neighbours and (found := neighbour_at(raw)) is not None:
        taken = PATHS[found.name]
    if taken:
        off = "" if taken == PATH.decode() else ", or --no-neighbours"
        raise ValueError(f"{rule.path}: the mock answers {taken} itself; wanted another path{off}")
