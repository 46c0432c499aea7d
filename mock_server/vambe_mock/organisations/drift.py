"""Contacts that are not as the document says, as a real API may one day send them (`drift-on-purpose`)."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import from_json, to_json

from vambe_mock.contract.contact import Uuid

NEVER: Final = ("id", "updated_at")
"""Without these no client can keep a copy at all, so nothing would be learnt."""


MOST_FIELDS: Final = 100
MOST_BYTES: Final = 10_000
"""Every contact of an answer may get all of it, and nobody else is answered while that is made."""

MOST_CONTACTS: Final = 1_000
Name = Annotated[str, Field(min_length=1, max_length=100)]


class Drift(BaseModel):
    """``set`` gives fields, known or not, other values (null included); ``missing`` leaves fields out.

    ``contacts`` are the ids of the contacts that drift; null: all of them. The data itself stays as it is.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    set: Annotated[dict[Name, Any], Field(max_length=MOST_FIELDS)] = {}
    missing: Annotated[list[Name], Field(max_length=MOST_FIELDS)] = []
    contacts: Annotated[list[Uuid], Field(max_length=MOST_CONTACTS)] | None = None

    _contacts: frozenset[str] | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _allowed(self) -> "Drift":
        for name in (*self.set, *self.missing):
            if name in NEVER:
                raise ValueError(f"{name} never drifts; wanted another field, e.g. platform")
        if (size := len(to_json(self.set))) > MOST_BYTES:
            raise ValueError(f"set has {size:,} bytes as JSON; wanted at most {MOST_BYTES:,}")
        # The endpoint sends ids in lower case.
        self._contacts = None if self.contacts is None else frozenset(one.lower() for one in self.contacts)
        return self

    def applied(self, contact: bytes) -> bytes:
        """*contact* as it is sent."""
        fields = from_json(contact)
        if self._contacts is not None and fields["id"] not in self._contacts:
            return contact
        return to_json({name: value for name, value in {**fields, **self.set}.items() if name not in self.missing})
