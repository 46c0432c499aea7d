"""The sync lab of an organisation: triggers, what was delivered, and drift. Only the sync check and some tests need it.

An organisation that uses none of them has no lab, and a request only looks whether there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from vambe_mock.contract import javascript
from vambe_mock.contract.operation import HEADER, is_endpoint

if TYPE_CHECKING:
    from vambe_mock.organisations.delivered import Delivered
    from vambe_mock.organisations.drift import Drift

Request = Mapping[str, Any]
"""A request as ASGI has it: its ``raw_path``, ``query_string`` and ``headers``."""

When = Literal["after", "before"]


class TriggerMatch(BaseModel):
    """Which requests count: of this path (a pattern; default: the contacts endpoint), with these parameters, this key.

    ``query`` maps a parameter's name to its value, or to null for any value.
    """

    model_config = ConfigDict(extra="forbid")

    path: str | None = None
    query: dict[str, str | None] = {}
    key: str | None = None

    def looks_at(self, request: Request) -> bool:
        """Whether *request* counts."""
        path: bytes = request["raw_path"]
        if not (is_endpoint(path) if self.path is None else fnmatchcase(path.decode("latin-1"), self.path)):
            return False
        if self.key is not None and self.key.encode() not in [
            value.strip() for name, value in request["headers"] if name == HEADER
        ]:
            return False
        sent = javascript.query_pairs(request["query_string"]) if self.query else {}
        return all(name in sent and value in (None, *sent[name]) for name, value in self.query.items())


@dataclass(slots=True)
class Listed:
    """The ids that matching answers listed: in the last one, and in those before it."""

    last: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)

    def add(self, ids: list[str]) -> None:
        """There is a new last answer."""
        self.earlier += self.last
        self.last = ids


@dataclass(slots=True)
class Trigger:
    """A trigger at work: it counts the requests that match, and makes its changes at the ``nth``.

    ``fired`` is the journal's number of the request that it fired at, ``at`` the organisation's time then. ``problem``
    says why nothing was changed. ``actions`` are those of ``triggers``; ``told`` is the trigger as it was asked for.
    """

    number: int
    match: TriggerMatch
    nth: int
    when: When
    actions: tuple[Any, ...]
    told: Any
    matched: int = 0
    fired: int | None = None
    at: int | None = None
    problem: str = ""
    listed: Listed = field(default_factory=Listed)

    def begins(self, request: Request) -> bool:
        """Count *request* if it matches; whether it does."""
        counts = self.match.looks_at(request)
        self.matched += counts
        return counts


@dataclass(slots=True)
class Lab:
    """``triggers`` wait for their request, ``fired`` have had it; ``delivered`` and ``drift`` are None while off."""

    triggers: list[Trigger] = field(default_factory=list)
    fired: list[Trigger] = field(default_factory=list)
    made: int = 0
    delivered: Delivered | None = None
    drift: Drift | None = None

    @property
    def idle(self) -> bool:
        """Whether requests need not look at it."""
        return not self.triggers and self.delivered is None and self.drift is None
