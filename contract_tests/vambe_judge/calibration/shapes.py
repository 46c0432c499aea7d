"""What the contacts look like beyond the document: names, types, nullness and nesting of fields. Never a value.

Kept of values are the platforms and the statuses, and of instants the form in which they are printed.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from vambe_judge.asking.contacts import FIELDS, TICKET_FIELDS

DOCUMENTED: Final = tuple(one.name for one in FIELDS)
TICKET: Final = tuple(one.name for one in TICKET_FIELDS)
NULLABLE: Final = frozenset(
    [one.name for one in FIELDS if one.nullable]
    + [f"active_ticket_v2.{one.name}" for one in TICKET_FIELDS if one.nullable]
)
INSTANTS: Final = ("last_message_at", "created_at", "updated_at")
EXPANDED: Final = "current_stage"
"""The member of a ticket that some answers have (`current-stage-expanded`)."""

DEEPEST: Final = 4
MOST_FIELDS: Final = 60
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_-]{0,29}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


@dataclass(slots=True)
class Kind:
    """What the values of one field are: JSON types by name, the members of objects, what arrays hold."""

    types: set[str] = field(default_factory=set)
    members: dict[str, "Kind"] = field(default_factory=dict)
    items: "Kind | None" = None
    missing: bool = False
    seen: int = 0

    def add(self, value: Any, deep: int = 0) -> None:
        """Another value of the field."""
        self.seen += 1
        self.types.add(type_of(value))
        if deep >= DEEPEST:
            return
        if isinstance(value, dict):
            known = bool(self.members) or self.seen > 1
            for name, inner in list(value.items())[:MOST_FIELDS]:
                if name not in self.members:
                    if len(self.members) >= MOST_FIELDS:
                        continue
                    self.members[name] = Kind(missing=known and "object" in self.types and bool(self.members))
                self.members[name].add(inner, deep + 1)
            for name, kind in self.members.items():
                kind.missing = kind.missing or name not in value
        elif isinstance(value, list):
            for inner in value[:20]:
                self.items = self.items or Kind()
                self.items.add(inner, deep + 1)

    def nameable(self) -> bool:
        """Whether every member's name looks like a field's; in a dictionary by phone it is a datum."""
        inner = [*self.members.values(), *([self.items] if self.items else [])]
        return all(map(_NAME.fullmatch, self.members)) and all(one.nameable() for one in inner)


def type_of(value: Any) -> str:
    """The JSON type of *value*; a text that is an id or an instant is called so."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, list):
        return "array"
    if isinstance(value, dict):
        return "object"
    if _UUID.fullmatch(value):
        return "uuid"
    return "instant" if _INSTANT.fullmatch(value) else "string"


def form_of(text: str) -> str:
    """How an instant is printed: its digits as 0, its zone as it is (``0000-00-00T00:00:00.000Z``)."""
    found = _INSTANT.fullmatch(text)
    if not found:
        return ""
    zone = found[2] or ""
    clock = text.removesuffix(zone) if zone else text
    return re.sub(r"\d", "0", clock) + zone


_TYPES: Final[dict[str, type]] = {"blocked": bool, "is_chat_read": bool, "active_ticket_v2": dict}
_ARTICLES: Final = {"array": "an", "instant": "an", "integer": "an", "object": "an"}


def _is_of_type(name: str, contact: dict[str, Any]) -> bool:
    return isinstance(contact[name], _TYPES.get(name, str))


@dataclass(slots=True)
class Shapes:
    """What all contacts of a run look like."""

    contacts: int = 0
    beyond: Kind = field(default_factory=Kind)
    ticket_beyond: Kind = field(default_factory=Kind)
    layouts: set[tuple[str, ...]] = field(default_factory=set)
    """The names of a contact in the order in which they came; the first few of such orders."""
    missing: set[str] = field(default_factory=set)
    nulls: set[str] = field(default_factory=set)
    platforms: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    odd_words: set[str] = field(default_factory=set)
    forms: dict[str, set[str]] = field(default_factory=dict)
    styles: set[str] = field(default_factory=set)
    other_types: set[tuple[str, str]] = field(default_factory=set)
    """Documented fields whose type is another than the document's, with that type."""
    stages: set[tuple[bool, bool]] = field(default_factory=set)
    """Of tickets at a stage: whether their list was asked for by ``pipeline_id``, and whether it tells the stage."""

    def look(self, body: bytes, *, by_pipeline: bool = False) -> None:
        """Another list, as it came."""
        try:
            items = json.loads(body)
        except (ValueError, RecursionError):
            return
        if isinstance(items, list):
            self._style(body, items)
            for item in items:
                if isinstance(item, dict):
                    self.add(item)
                    ticket = item.get("active_ticket_v2")
                    if isinstance(ticket, dict) and ticket.get("current_stage_id"):
                        self.stages.add((by_pipeline, isinstance(ticket.get(EXPANDED), dict)))

    @property
    def expands(self) -> bool:
        """Whether tickets tell their stage if they are asked for by ``pipeline_id``, and only then."""
        return self.stages == {(True, True), (False, False)}

    def _style(self, body: bytes, items: list[Any]) -> None:
        if items and isinstance(items[0], dict) and items[0]:
            self.styles.add(style_of(body, items))
        elif not items and body != b"[]":
            self.styles.add("other")

    def add(self, contact: dict[str, Any]) -> None:
        """Another contact."""
        self.contacts += 1
        names = list(contact)
        self.missing.update(name for name in DOCUMENTED if name not in contact)
        own = [name for name in names if name in DOCUMENTED]
        if len(self.layouts) < MOST_FIELDS:
            self.layouts.add(tuple(names))
        self.beyond.add({name: value for name, value in contact.items() if name not in DOCUMENTED})
        self.nulls.update(name for name in own if contact[name] is None)
        self.other_types.update(
            (name, type_of(contact[name]))
            for name in own
            if contact[name] is not None and not _is_of_type(name, contact)
        )
        ticket = contact.get("active_ticket_v2")
        if isinstance(ticket, dict):
            self.ticket_beyond.add({name: value for name, value in ticket.items() if name not in TICKET})
            self.nulls.update(f"active_ticket_v2.{name}" for name in TICKET if name in ticket and ticket[name] is None)
            self.missing.update(f"active_ticket_v2.{name}" for name in TICKET if name not in ticket)
        for name, words in (("platform", self.platforms), ("chat_status", self.statuses)):
            value = contact.get(name)
            if isinstance(value, str) and _WORD.fullmatch(value) and len(words) < MOST_FIELDS:
                words.add(value)
            elif value is not None:
                self.odd_words.add(name)
        for name in INSTANTS:
            value = contact.get(name)
            if isinstance(value, str):
                self.forms.setdefault(name, set()).add(form_of(value))

    def order(self) -> tuple[str, ...] | None:
        """The order of the names, that of the contact which has most; None if another contact has another."""
        longest = max(self.layouts, key=len, default=())
        places = {name: place for place, name in enumerate(longest)}
        for one in self.layouts:
            known = [places[name] for name in one if name in places]
            if known != sorted(known):
                return None
        return longest

    @property
    def at_times(self) -> list[str]:
        """The documented fields that some contacts have and others lack."""
        return sorted(name for name in self.missing if any(name in one for one in self.layouts))

    def unlike(self) -> list[str]:
        """The documented fields of other types, in words."""
        return [f"{name} is {_ARTICLES.get(kind, 'a')} {kind}" for name, kind in sorted(self.other_types)]

    def undocumented_nulls(self) -> list[str]:
        """The fields that are null although the document says that they are not."""
        return sorted(self.nulls - NULLABLE)


def style_of(body: bytes, parsed: Any) -> str:
    """How a body is written: ``compact``, ``spaced`` as Python does by default, or ``other``; ``-ascii`` if escaped.

    White space around it is ``other``, too.
    """
    text = body.decode("utf-8", "replace")
    for name, separators in (("compact", (",", ":")), ("spaced", (", ", ": "))):
        for ascii_only in (False, True):
            if json.dumps(parsed, ensure_ascii=ascii_only, separators=separators) == text:
                return (
                    f"{name}-ascii"
                    if ascii_only and any(ord(one) > 127 for one in json.dumps(parsed, ensure_ascii=False))
                    else name
                )
    return "other"


def members(kind: Kind) -> Iterable[tuple[str, Kind]]:
    """The members whose names may be told, in order."""
    return ((name, one) for name, one in kind.members.items() if _NAME.fullmatch(name) and one.nameable())
