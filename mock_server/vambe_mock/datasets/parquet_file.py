"""Contacts as Parquet: the columns of its schema, and the rows of a file as contacts. Needs pyarrow."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vambe_mock.contract.vocabulary import ENTITIES
from vambe_mock.datasets.files import size_of
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vambe_mock.contract.vocabulary import FieldType
    from vambe_mock.datasets.document import Record

HEADER = b"vambe-mock"
"""The key of the file's metadata that holds the header of the data set."""

INSTANT = pa.timestamp("ms", tz="UTC")
WORD = pa.dictionary(pa.int32(), pa.string())
"""A text that is one of few."""
TICKET = pa.struct([("id", pa.string()), ("current_stage_id", WORD)])
CUSTOM_VALUES: dict[FieldType, pa.DataType] = {
    "text": WORD,
    "options": WORD,
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
"""The column type of each type of custom field."""

_BATCH = 8192


def schema(header: Record, *, legacy: bool = False) -> pa.Schema:
    """The columns of a set with this header: the wire fields, then `custom_fields` where any is defined."""
    fields = [
        ("id", pa.string()),
        ("name", pa.string()),
        ("phone", pa.string()),
        ("email", pa.string()),
        ("platform", WORD),
        ("last_message_at", INSTANT),
        ("chat_status", WORD),
        ("created_at", INSTANT),
        *([] if legacy else [("updated_at", INSTANT)]),
        ("client_id", WORD),
        ("ai_customer_id", pa.string()),
        ("default_stage_id", WORD),
        ("blocked", pa.bool_()),
        ("is_chat_read", pa.bool_()),
        ("active_ticket_v2", TICKET),
    ]
    custom = _custom_fields(header)
    if custom is not None:
        fields.append(("custom_fields", custom))
    return pa.schema(fields, metadata={HEADER: json.dumps(header, ensure_ascii=False).encode()})


def _custom_fields(header: Record) -> pa.StructType | None:
    """A struct of the entities that have fields, each a struct of its keys; None where nothing is defined."""
    entities = {
        entity: [
            (field["key"], CUSTOM_VALUES[field["type"]])
            for field in header["custom_fields"]
            if entity in field["entities"]
        ]
        for entity in ENTITIES
    }
    kept = [(entity, pa.struct(members)) for entity, members in entities.items() if members]
    return pa.struct(kept) if kept else None


def contacts(path: Path) -> Iterator[Record]:
    """The contacts of a file, row group by row group (`load-row-groups`).

    Raises DatasetError with one line, OSError for a file that cannot be opened.
    """
    with whole(path), pq.ParquetFile(path.absolute()) as file:
        check_rows(path, file.metadata)
        for group in range(file.num_row_groups):  # one at a time: pyarrow cannot join nested columns across them
            for batch in file.iter_batches(_BATCH, row_groups=[group]):
                yield from of_batch(batch)


def check_rows(path: Path, metadata: pq.FileMetaData) -> int:
    """The number of rows. Raises DatasetError for more than the file has bytes: contacts have ids of their own."""
    if metadata.num_rows > size_of(path):
        raise DatasetError(f"{path}: {metadata.num_rows:,} rows in a file of {size_of(path):,} bytes; wanted contacts")
    return int(metadata.num_rows)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Raise DatasetError if what the block reads from `path` is not Parquet, OSError if the file cannot be opened.

    Give pyarrow an absolute path: it takes `run:1/set.parquet` for an address.
    """
    size_of(path)
    path.open("rb").close()
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DatasetError(
            f"{path}: damaged, cut off or not Parquet; wanted a complete file, as vambe-mock generate writes it"
        ) from error


def of_batch(batch: pa.RecordBatch) -> Iterator[Record]:
    """The contacts of a record batch, as the document has them."""
    for row in batch.to_pylist():
        custom = row.pop("custom_fields", None) or {}
        contact = {name: _plain(value) for name, value in row.items()}
        of = {entity: custom.get(entity) or {} for entity in ENTITIES} if isinstance(custom, dict) else custom
        contact["custom_fields"] = {entity: _values(of[entity]) for entity in of} if isinstance(of, dict) else of
        yield contact


def _values(values: Any) -> Any:
    """An entity's values without the nulls; anything but a struct is left to the check of the contact."""
    if not isinstance(values, dict):
        return values
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """An Arrow value as JSON has it, a whole number without a fraction."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value  # without a zone it is UTC, on any machine
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
