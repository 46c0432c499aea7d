"""Asks the target through the judge's client, and keeps of each answer what calibration needs.

Of a list: its contacts, reduced. Of anything else: the body as text, since a refusal is spoken word for word. Both stay
in memory.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx

from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import PATH, RIGHT_KEY, Client, Headers
from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.asking.problems import BudgetSpent
from vambe_judge.calibration.population import Contact, contact_of
from vambe_judge.calibration.shapes import Shapes

LONGEST: Final = 20_000
"""Characters of a refusal's body that are looked at; a longer one is none that a template could say."""

_SAFE: Final = "-._~:"
Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: parameters as plain text, the path, the headers of the key."""

    parameters: tuple[tuple[str, str], ...] = ()
    path: str = PATH
    headers: Headers = RIGHT_KEY

    @classmethod
    def of(
        cls, parameters: Mapping[str, str] | Parameters, path: str = PATH, headers: Headers = RIGHT_KEY
    ) -> "Request":
        """The request with those parameters."""
        pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
        return cls(parameters=tuple(pairs), path=path, headers=headers)

    @property
    def query(self) -> str:
        """The query string."""
        return "&".join(f"{quote(name, safe='')}={quote(value, safe=_SAFE)}" for name, value in self.parameters)

    @property
    def target(self) -> str:
        """Path and query, as they are sent."""
        return f"{self.path}?{self.query}" if self.parameters else self.path

    def values(self, name: str) -> list[str]:
        """The values of one parameter."""
        return [value for one, value in self.parameters if one == name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came. ``contacts`` is None unless it is a list, ``text`` empty where it is one."""

    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    contacts: tuple[Contact, ...] | None
    text: str
    parsed: Any
    answer: Answer
    number: int

    @property
    def is_list(self) -> bool:
        """Whether it is 200 with an array of contacts."""
        return self.contacts is not None

    @property
    def content_type(self) -> str:
        """The header's value."""
        return {name.lower(): value for name, value in self.headers}.get("content-type", "")

    @property
    def ids(self) -> list[str]:
        """The contacts' ids, in order."""
        return [one.id for one in self.contacts or ()]

    @property
    def named(self) -> frozenset[str]:
        """The parameters that a refusal names."""
        return self.answer.refusal.named if self.answer.refusal else named_in(self.text)

    def same_as(self, other: "Reply") -> bool:
        """Whether another answer to the same request says the same: status, and the same contacts in one order."""
        if self.status != other.status or self.is_list != other.is_list:
            return False
        return [one.mark for one in self.contacts or ()] == [one.mark for one in other.contacts or ()]


def named_in(text: str) -> frozenset[str]:
    """The parameters that a text has in it."""
    return frozenset(name for name in PARAMETERS if name in text)


@dataclass(slots=True)
class Asker:
    """Sends requests through *client* and keeps the replies."""

    client: Client
    shapes: Shapes = field(default_factory=Shapes)
    replies: list[Reply] = field(default_factory=list)
    most: int = 10**9
    """How many requests of the client, those before included, are not to be exceeded."""

    @property
    def left(self) -> int:
        """How many more requests the budget has."""
        return min(self.client.limits.max_requests, self.most) - len(self.client.sent)

    def ask(self, request: Request, what: str = "", case: str = "") -> Reply:
        """The reply to *request*, which is to decide *what*. Raises Unanswered."""
        if self.left <= 0:
            raise BudgetSpent("the requests of the calibration are spent")
        self.client.rule, self.client.case = what, case
        seen: list[tuple[httpx.Headers, bytes]] = []
        answer = self.client.get(
            request.query,
            path=request.path,
            headers=request.headers,
            look=lambda response, body: seen.append((response.headers, body)),
        )
        headers, body = seen[-1] if seen else (httpx.Headers(), b"")
        parsed = _parsed(body)
        is_list = answer.is_list and isinstance(parsed, list) and request.path.lower().rstrip("/") == PATH
        if is_list:
            self.shapes.look(body, by_pipeline=bool(request.values("pipeline_id")))
        contacts = tuple(contact_of(one) for one in parsed if isinstance(one, dict)) if is_list else None
        text = "" if is_list else body.decode("utf-8", "replace")[:LONGEST]
        pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
        reply = Reply(
            request=request,
            status=answer.status,
            headers=pairs,
            contacts=contacts,
            text=text,
            parsed=None if is_list else parsed,
            answer=answer,
            number=len(self.replies),
        )
        self.replies.append(reply)
        return reply


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
