"""Drift on purpose: contacts that are not as the document says, as a real API may one day send them."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import from_json, to_json

from vambe_mock.contract.contact import Uuid

NEVER: Final = ("id", "updated_at")
"""Without these no client can keep a copy at all, so nothing would be learnt."""


Name = Annotated[str, Field(min_length=1, max_length=100)]


class Drift(BaseModel):
    """``set`` gives fields, known or not, another value (null included); ``missing`` leaves fields out.

    ``contacts`` are the ids of the contacts that drift; null: all of them. The data itself stays as it is.
    """

    model_config = ConfigDict(extra="forbid")

    set: dict[Name, Any] = {}
    missing: list[Name] = []
    contacts: list[Uuid] | None = None

    @model_validator(mode="after")
    def _allowed(self) -> "Drift":
        for name in (*self.set, *self.missing):
            if name in NEVER:
                raise ValueError(f"{name} never drifts; wanted another field, e.g. platform")
        return self

    def applied(self, contact: bytes) -> bytes:
        """*contact* as it is sent."""
        fields = from_json(contact)
        if self.contacts is not None and fields["id"] not in self.contacts:
            return contact
        return to_json({name: value for name, value in {**fields, **self.set}.items() if name not in self.missing})
