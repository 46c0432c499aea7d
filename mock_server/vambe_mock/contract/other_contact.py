"""A contact as a dialect sends it: other fields, other instants, and values that the data does not have.

What is made up depends on the contact's id and on nothing else, so that it is the same in each answer
(`made-up-for-a-dialect`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID
from zlib import crc32

from pydantic_core import from_json, to_json

from vambe_mock.contract.full_dialect import FullDialect, Timestamps
from vambe_mock.contract.vocabulary import CHAT_STATUSES, FIELDS, INSTANT_FIELDS, PLATFORMS

MOST_KEPT: Final = 50_000
"""How many contacts are kept as they are sent; a contact takes 10 microseconds to make and one kilobyte to keep."""

NULL_IN: Final = 4
UNSEEN_IN: Final = 8
"""One contact in so many has a null where the document has none, and a platform or status that it does not have."""

Fields = dict[str, Any]


class Speaker:
    """Sends contacts as a dialect does."""

    def __init__(self, dialect: FullDialect) -> None:
        self._steps = _steps(dialect)
        self._kept: dict[bytes, bytes] = {}

    @property
    def changes(self) -> bool:
        """Whether contacts are sent otherwise than usual."""
        return bool(self._steps)

    def contacts(self, wire: list[bytes]) -> list[bytes]:
        """Each contact as it is sent."""
        return [self._made(one) for one in wire] if self._steps else wire

    def _made(self, wire: bytes) -> bytes:
        if (kept := self._kept.get(wire)) is not None:
            return kept
        fields: Fields = from_json(wire)
        for step in self._steps:
            fields = step(fields)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        made = self._kept[wire] = to_json(fields)
        return made


def _steps(dialect: FullDialect) -> list[Callable[[Fields], Fields]]:
    """What is done to a contact, one after the other."""
    steps: list[Callable[[Fields], Fields]] = []
    for field, seen, known in (
        ("platform", dialect.platforms, PLATFORMS),
        ("chat_status", dialect.chat_statuses, CHAT_STATUSES),
    ):
        if unseen := [one for one in seen if one not in known]:
            steps.append(_with_unseen(field, unseen))
    if dialect.extra_fields:
        steps.append(_with_extras(dialect.extra_fields))
    if dialect.timestamps != Timestamps():
        instants = {path for path, kind in dialect.extra_fields.items() if kind in ("instant", "instant?")}
        steps.append(_with_instants(_printed(dialect.timestamps), {*INSTANT_FIELDS, *instants}))
    if dialect.nullable_fields:
        steps.append(_with_nulls(dialect.nullable_fields))
    if dialect.contact_fields and dialect.contact_fields != [*FIELDS, *_outer(dialect.extra_fields)]:
        names = dialect.contact_fields
        steps.append(lambda fields: {name: fields[name] for name in names if name in fields})
    return steps


def _outer(extras: Mapping[str, Any]) -> list[str]:
    return [name for name in extras if "." not in name]


def number_of(identity: str, path: str) -> int:
    """A number that belongs to a contact's id and a field."""
    return crc32(f"{identity}/{path}".encode())


def _with_unseen(field: str, unseen: list[str]) -> Callable[[Fields], Fields]:
    def step(fields: Fields) -> Fields:
        number = number_of(fields["id"], field)
        if number % UNSEEN_IN == 0:
            fields[field] = unseen[number // UNSEEN_IN % len(unseen)]
        return fields

    return step


def _with_extras(extras: Mapping[str, Any]) -> Callable[[Fields], Fields]:
    def step(fields: Fields) -> Fields:
        for path, kind in extras.items():
            outer, dot, name = path.partition(".")
            target = fields[outer] if dot else fields
            if target is not None:
                target[name or outer] = filler(fields["id"], path, kind, fields["created_at"])
        return fields

    return step


def filler(identity: str, path: str, kind: Any, instant: str) -> Any:
    """The value of the field *path* with the type *kind*, for the contact with that id (`extra-fields`)."""
    if isinstance(kind, dict):
        return {name: filler(identity, f"{path}.{name}", one, instant) for name, one in kind.items()}
    if isinstance(kind, list):
        return [filler(identity, f"{path}.0", kind[0], instant)]
    number = number_of(identity, path)
    if kind == "null" or (kind.endswith("?") and number % NULL_IN == 0):
        return None
    word = kind.removesuffix("?")
    return instant if word == "instant" else _FILLERS[word](number)


_FILLERS: Final[Mapping[str, Callable[[int], Any]]] = {
    "string": lambda _: "text",
    "uuid": lambda number: str(UUID(int=number * 0x0123_4567_89AB_CDEF_0123_4567 % 2**128, version=4)),
    "integer": lambda number: number % 100,
    "number": lambda number: number % 1_000 / 10 + 0.05,
    "boolean": lambda number: number % 2 == 1,
    "object": lambda _: {},
    "array": lambda _: [],
}


def _with_instants(printed: Callable[[str], str], paths: set[str]) -> Callable[[Fields], Fields]:
    places = [path.partition(".") for path in sorted(paths)]

    def step(fields: Fields) -> Fields:
        for outer, dot, name in places:
            target, key = (fields[outer], name) if dot else (fields, outer)
            if target is not None and target.get(key) is not None:
                target[key] = printed(target[key])
        return fields

    return step


def _printed(form: Timestamps) -> Callable[[str], str]:
    """What prints an instant of the document's form, ``2026-01-31T09:30:00.000Z``, in another one."""
    zone = "" if form.zone == "none" else form.zone

    def printed(text: str) -> str:
        second, milliseconds = text[:19], text[20:23]
        if form.separator != "T":
            second = f"{second[:10]}{form.separator}{second[11:]}"
        if form.digits == 0 or (form.digits == "trimmed" and milliseconds == "000"):
            return second + zone
        return f"{second}.{milliseconds}{'000' if form.digits == 6 else ''}{zone}"

    return printed


def _with_nulls(names: list[str]) -> Callable[[Fields], Fields]:
    def step(fields: Fields) -> Fields:
        identity = fields["id"]
        for path in names:
            outer, dot, name = path.partition(".")
            target = fields.get(outer) if dot else fields
            if target is not None and number_of(identity, path) % NULL_IN == 0:
                target[name or outer] = None
        return fields

    return step
