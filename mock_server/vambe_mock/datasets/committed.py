"""The fixture sets, which were checked when they were made: their hash stands for the checks (`committed-sets`).

A test holds that every set here passes the checks of any other document, and becomes the same columns.
"""

from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from vambe_mock.contract import instants
from vambe_mock.contract.custom_fields import CustomField, read_stored
from vambe_mock.contract.vocabulary import FIELDS, INSTANT_FIELDS, Entity, FixtureSet
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.dataset import from_json as checked
from vambe_mock.datasets.document import Header, Record
from vambe_mock.datasets.fixtures import fixture_set
from vambe_mock.datasets.loading import load
from vambe_mock.store.columns import NO_INSTANT, Codes, Columns
from vambe_mock.store.wire import wire_of

TRUSTED: Final = {"default": "835808297952fe033b24b0107abeaf357b16a66addbef253f7f63f0ba30cc4a3"}
"""The SHA-256 of the file of each set that is large enough for its checks to be felt."""

_AS_IT_IS: Final = {"text", "options", "boolean"}
"""The types of custom fields whose stored values are their readings."""


def committed(name: FixtureSet) -> Dataset:
    """The fixture set *name*, checked unless its file is the one that was committed. Raises DatasetError."""
    path = fixture_set(name)
    if name in TRUSTED:
        try:
            raw = path.read_bytes()
        except OSError:  # which load tells
            raw = b""
        if sha256(raw).hexdigest() == TRUSTED[name]:
            dataset = CommittedDataset(raw)
            dataset.where = f"{path}: "
            return dataset
    return load(path)


class CommittedDataset(Dataset):
    """A document that is known to be good, whose instants are all written as ``2026-01-31T09:30:00.000Z``."""

    def __init__(self, raw: bytes) -> None:
        """Read the JSON of the document."""
        self._raw = raw
        document: Record = from_json(raw)
        self._contacts: list[Record] = document.pop("contacts")
        super().__init__(Header.model_validate(document))

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self._contacts)

    def columns(self, shift: int) -> Columns:
        """The contacts as columns, every instant moved by *shift* milliseconds.

        Raises DatasetError if an instant would leave the years 0000 to 9999.
        """
        contacts = self._contacts
        moved = {name: _instants([one[name] for one in contacts]) for name in INSTANT_FIELDS}
        for at in moved.values():
            there = at[at != NO_INSTANT]
            if len(there) and not (
                int(there.min()) + shift >= instants.EARLIEST and int(there.max()) + shift <= instants.LATEST
            ):
                return self._with_checks(shift)
            at[at != NO_INSTANT] += shift
        tickets = [one["active_ticket_v2"] for one in contacts]
        texts = zip(*(_texts(moved[name]) for name in INSTANT_FIELDS), strict=True)
        return Columns(
            ids=np.array([one["id"].lower().encode() for one in contacts], dtype="S36"),
            wire=wire_of(map(_wire, contacts, texts)),
            created_at=moved["created_at"],
            updated_at=moved["updated_at"],
            last_message_at=moved["last_message_at"],
            current_stage_id=_codes([one and one["current_stage_id"] for one in tickets]),
            default_stage_id=_codes([one["default_stage_id"] for one in contacts]),
            custom={
                (entity, key): self._custom(entity, key, defined[entity])
                for key, defined in self.definitions.items()
                for entity in defined
            },
        )

    def _with_checks(self, shift: int) -> Columns:
        """The same by the long way, which tells what is wrong with that *shift*."""
        dataset = checked(self._raw)
        dataset.where = self.where
        return dataset.columns(shift)

    def _custom(self, entity: Entity, key: str, field: CustomField) -> Codes:
        """The column of one custom field's values."""
        values = [one["custom_fields"][entity].get(key) for one in self._contacts]
        if field.type not in _AS_IT_IS:
            values = [None if value is None else read_stored(field, value) for value in values]
        return Codes.of(values, len(values))


def _instants(texts: list[str | None]) -> NDArray[np.int64]:
    """Milliseconds since 1970 UTC, NO_INSTANT for None."""
    at = np.array([None if text is None else text[:-1] for text in texts], dtype="datetime64[ms]")
    found: NDArray[np.int64] = np.where(np.isnat(at), NO_INSTANT, at.astype(np.int64))
    return found


def _texts(at: NDArray[np.int64]) -> list[str | None]:
    """The instants as the wire has them, None for NO_INSTANT."""
    missing = at == NO_INSTANT
    written = np.datetime_as_string(np.where(missing, 0, at).astype("datetime64[ms]"), unit="ms", timezone="UTC")
    return [None if none else text for text, none in zip(written.tolist(), missing.tolist(), strict=True)]


def _wire(contact: Record, texts: tuple[str | None, ...]) -> bytes:
    fields: dict[str, Any] = {name: contact[name] for name in FIELDS}
    fields.update(zip(INSTANT_FIELDS, texts, strict=True))
    return to_json(fields)


def _codes(ids: list[str | None]) -> Codes:
    return Codes.of((one and one.lower() for one in ids), len(ids))
