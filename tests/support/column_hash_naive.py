"""The content hash of a Parquet set, from contacts that are dicts, as the documentation says it: slow and plain."""

from __future__ import annotations

import json
import struct
from datetime import UTC, date, datetime
from typing import Any

from blake3 import blake3

BLOCK = 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Record = dict[str, Any]
Cell = tuple[str, Any]
"""The kind of a column, and what a contact has there: None for null."""


def cells(header: Record, contact: Record) -> list[Cell]:
    """What a contact has in each column, in the order of the columns."""
    ticket = contact["active_ticket_v2"]
    found = [
        *((("text"), contact[name]) for name in ("id", "name", "phone", "email")),
        ("word", contact["platform"]),
        ("instant", contact["last_message_at"]),
        ("word", contact["chat_status"]),
        ("instant", contact["created_at"]),
        *([("instant", contact["updated_at"])] if "updated_at" in contact else []),
        ("word", contact["client_id"]),
        ("text", contact["ai_customer_id"]),
        ("word", contact["default_stage_id"]),
        ("boolean", contact["blocked"]),
        ("boolean", contact["is_chat_read"]),
        ("struct", ticket),
        ("text", (ticket or {}).get("id")),
        ("word", (ticket or {}).get("current_stage_id")),
    ]
    kinds = {"text": "word", "options": "word"}
    entities: list[Cell] = []
    for entity in ("customer", "ticket"):
        defined = [field for field in header["custom_fields"] if entity in field["entities"]]
        held = contact["custom_fields"][entity]
        members = [(kinds.get(field["type"], field["type"]), held.get(field["key"])) for field in defined]
        entities += [("struct", held), *members] if defined else []
    return [*found, ("struct", contact["custom_fields"]), *entities] if entities else found


def number_of(kind: str, value: Any) -> int:
    """The 32 or 64 bits that stand for a value, as an unsigned number."""
    if value is None:
        return 0
    if kind == "text":
        return len(value.encode())
    if kind == "word":
        return int.from_bytes(blake3(value.encode()).digest()[:4], "little")
    if kind == "date":
        return (date.fromisoformat(value) - EPOCH.date()).days & 0xFFFFFFFF
    if kind == "instant":
        return round((datetime.fromisoformat(value) - EPOCH).total_seconds() * 1000) & (2**64 - 1)
    return int.from_bytes(struct.pack("<d", float(value) or 0.0), "little")


def bits(flags: list[bool]) -> bytes:
    """A bit for each contact of a block, the lowest of a byte first."""
    return sum(flag << place for place, flag in enumerate(flags)).to_bytes(BLOCK // 8, "little")


def digest(header: Record, contacts: list[Record], number: int) -> bytes:
    """The digest of one block."""
    rows = [cells(header, contact) for contact in contacts]
    columns = [(column[0][0], [value for _, value in column]) for column in zip(*rows, strict=True)]
    pieces = [bits([value is not None for value in values]) for _, values in columns]
    pieces += [bits([bool(value) for value in values]) for kind, values in columns if kind == "boolean"]
    for kinds, size in ((("text", "word", "date"), 4), (("instant", "number"), 8)):
        for kind, values in columns:
            if kind in kinds:
                filled = [*values, *[None] * (BLOCK - len(values))]
                pieces += [number_of(kind, value).to_bytes(size, "little") for value in filled]
    pieces += [(value or "").encode() for kind, values in columns for value in values if kind == "text"]
    return blake3(b"".join(pieces) + number.to_bytes(8, "big")).digest()


def column_sum(header: Record, contacts: list[Record]) -> int:
    """The sum of the digests of all blocks."""
    starts = range(0, len(contacts), BLOCK)
    digests = [digest(header, contacts[start : start + BLOCK], start // BLOCK) for start in starts]
    return sum(int.from_bytes(one, "big") for one in digests) % 2**256


def column_hash(document: Record) -> str:
    """The content hash of a document as Parquet."""
    header = {key: value for key, value in document.items() if key != "contacts"}
    plain = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return str(blake3(plain + column_sum(header, document["contacts"]).to_bytes(32, "big")).hexdigest())
