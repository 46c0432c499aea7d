"""The hash of columns: the one that the documentation says, whatever way Arrow keeps the same values."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from column_hash_naive import column_hash, column_sum
from commands import vambe
from vambe_mock.datasets.parquet_file import schema
from vambe_mock.generator import document
from vambe_mock.generator.encoding import column_hash as fast
from vambe_mock.generator.encoding.arrow import of_contacts
from vambe_mock.generator.encoding.content_hash import Content
from vambe_mock.generator.sets.parquet_files import content_of

if TYPE_CHECKING:
    from pathlib import Path

ANCHOR = 1_767_225_600_000
DOCUMENT = document(7, 300, ANCHOR, {})
HEADER = {key: value for key, value in DOCUMENT.items() if key != "contacts"}
CONTACTS: list[dict[str, Any]] = DOCUMENT["contacts"]
TABLE = of_contacts(CONTACTS, schema(HEADER))
WANTED = column_sum(HEADER, CONTACTS)


def added(*tables: pa.Table | pa.RecordBatch) -> int:
    """The sum of tables, one after the other."""
    content, count = Content(), 0
    for table in tables:
        fast.add(content, table, count // 64)
        count += table.num_rows
    return content.total


def memory(values: Any) -> pa.Buffer:
    """Bytes as Arrow has them."""
    return pa.py_buffer(values)


def test_it_is_what_the_documentation_says() -> None:
    """By columns the same as contact for contact (`set-content-hash`)."""
    assert added(TABLE) == WANTED


@given(st.lists(st.integers(1, 4), max_size=4))
def test_however_it_is_cut(blocks: list[int]) -> None:
    """Tables of whole blocks, which begin anywhere in memory."""
    ends = [min(64 * end, len(CONTACTS)) for end in (0, *itertools.accumulate(blocks), 5)]
    pieces = [TABLE.slice(first, stop - first) for first, stop in itertools.pairwise(sorted(ends))]
    assert added(*pieces) == WANTED


@pytest.mark.parametrize("first", [1, 3, 64, 129])
def test_wherever_it_begins(first: int) -> None:
    """A slice that begins in the middle of a byte is what its copy is."""
    rest = CONTACTS[first:]
    assert added(TABLE.slice(first)) == column_sum(HEADER, rest)
    assert added(*TABLE.slice(first).combine_chunks().to_batches()) == column_sum(HEADER, rest)


def test_whatever_the_chunks_and_dictionaries() -> None:
    """Columns in chunks, words with other numbers and words that nobody has: the same."""
    pieces = pa.concat_tables([of_contacts(CONTACTS[:100], TABLE.schema), of_contacts(CONTACTS[100:], TABLE.schema)])
    assert pieces.column("name").num_chunks > 1
    assert added(pieces.unify_dictionaries()) == WANTED
    found: list[Any] = TABLE.column("platform").to_pylist()
    words = ["nobody", *sorted({*found}, reverse=True)]
    places = pa.array([words.index(word) for word in found], pa.int32())
    turned = pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))
    assert added(TABLE.set_column(TABLE.schema.get_field_index("platform"), "platform", turned)) == WANTED


def test_what_memory_has_under_null_is_no_part_of_it() -> None:
    """Numbers, words and texts where a bit says null."""
    count = 70
    valid = np.arange(count) % 3 > 0
    mask = memory(np.packbits(valid, bitorder="little"))

    def table(under_null: int) -> pa.Table:
        """A table that differs from others only where it is null."""
        numbers = np.where(valid, 5, under_null)
        sizes = [5 if there else under_null for there in valid]
        text = b"".join(b"some text"[:size] for size in sizes)
        ends = np.array([0, *itertools.accumulate(sizes)], dtype=np.int32)
        flags = np.packbits(np.where(valid, valid, bool(under_null)), bitorder="little")

        def column(kind: Any, values: Any) -> Any:
            """The values, with the mask."""
            return pa.Array.from_buffers(kind, count, [mask, memory(values)])

        places = column(pa.int32(), numbers.astype(np.int32))
        columns: dict[str, Any] = {
            "number": column(pa.float64(), numbers.astype(np.float64)),
            "instant": column(pa.timestamp("ms", "UTC"), numbers.astype(np.int64)),
            "date": column(pa.date32(), numbers.astype(np.int32)),
            "flag": column(pa.bool_(), flags),
            "text": pa.StringArray.from_buffers(count, memory(ends), memory(text), mask),
            "word": pa.DictionaryArray.from_arrays(places, pa.array([*"abcdef"], pa.string()), safe=False),
        }
        inside = pa.StructArray.from_arrays([columns["number"]], ["number"], mask=pa.array(~valid))
        return pa.table({**columns, "struct": inside})

    assert added(table(0)) == added(table(4)) == added(table(9))


CHANGES: list[tuple[str, Any]] = [
    ("id", "00000000-0000-4000-8000-000000000000"),
    ("name", "Somebody Else"),
    ("name", ""),
    ("phone", None),
    ("phone", ""),
    ("platform", "instagram"),
    ("last_message_at", None),
    ("created_at", "1969-12-31T23:59:59.999Z"),
    ("default_stage_id", None),
    ("blocked", True),
    ("is_chat_read", False),
    ("active_ticket_v2", None),
]


@pytest.mark.parametrize(("name", "value"), CHANGES)
@pytest.mark.parametrize("place", [100, 290])
def test_every_change_changes_it(name: str, value: Any, place: int) -> None:
    """One value of one contact, to something else or to null; in a whole block, and in the last one."""
    contact = {
        **CONTACTS[place], "phone": "+56900000000", "blocked": False, "is_chat_read": True, "platform": "whatsapp",
        "active_ticket_v2": {"id": CONTACTS[0]["id"], "current_stage_id": None},
        "default_stage_id": HEADER["pipelines"][0]["stages"][0]["id"], "last_message_at": CONTACTS[0]["created_at"],
    }  # fmt: skip
    before, after = ([*CONTACTS[:place], one, *CONTACTS[place + 1 :]] for one in (contact, {**contact, name: value}))
    sums = [added(of_contacts(some, TABLE.schema)) for some in (before, after)]
    assert sums == [column_sum(HEADER, before), column_sum(HEADER, after)]
    assert sums[0] != sums[1]


def test_two_contacts_in_each_others_place_change_it() -> None:
    """The order is part of the content, in a block and over blocks; so is a contact that is missing."""
    for one, other in ((100, 101), (100, 200)):
        contacts = [*CONTACTS]
        contacts[one], contacts[other] = contacts[other], contacts[one]
        assert added(of_contacts(contacts, TABLE.schema)) != WANTED
    assert added(of_contacts(CONTACTS[:-1], TABLE.schema)) != WANTED


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.none() | st.text(max_size=9),
            st.none() | st.text(max_size=2),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.booleans(),
        ),
        max_size=140,
    )
)
@example([(None, None, -0.0, None), ("", "", 0.0, False)])
def test_any_values(rows: list[tuple[Any, ...]]) -> None:
    """Texts, words, numbers and booleans of any kind in the place of drawn ones."""
    contacts = [
        {**CONTACTS[0], "email": text, "default_stage_id": word, "custom_fields": _values(number, flag)}
        for text, word, number, flag in rows
    ]
    assert added(of_contacts(contacts, TABLE.schema)) == column_sum(HEADER, contacts)


def _values(number: float | None, flag: bool | None) -> dict[str, dict[str, Any]]:
    values = {"score": number, "newsletter": flag}
    return {"customer": {key: value for key, value in values.items() if value is not None}, "ticket": {}}


def test_verify_takes_any_row_groups(tmp_path: Path) -> None:
    """A file with the same columns in other row groups has the same hash; with one wrong word, another."""
    assert vambe("generate", tmp_path, "--contacts", 300, "--format", "parquet", "--quiet").code == 0
    file, header = tmp_path / "contacts.parquet", json.loads((tmp_path / "dataset.json").read_bytes())
    before, count = content_of([file], header)
    table = pq.read_table(file)
    pq.write_table(table, file, row_group_size=128, compression="zstd")
    assert pq.ParquetFile(file).num_row_groups == 3
    assert content_of([file], header) == (before, 300) == (before, count)
    names = table.column("chat_status").to_pylist()
    wrong: Any = pa.array(["HUMAN" if place == 290 else name for place, name in enumerate(names)])
    place = table.schema.get_field_index("chat_status")
    pq.write_table(table.set_column(place, table.schema.field(place), wrong.dictionary_encode()), file)
    assert content_of([file], header)[0] != before


def test_bits_that_are_no_number_are_hashed_without_a_word() -> None:
    """A damaged file may have them; numpy warns of some where it calculates with them."""
    bits = np.full(64, 0x7FF0000000000001, dtype=np.int64)
    text: Any = pa.array(["text"] * 64)
    numbers: list[Any] = [pa.array((bits + more).view(np.float64)) for more in (0, 1)]
    sums = [added(pa.table({"text": text, "number": number})) for number in numbers]
    assert sums[0] != sums[1]


def test_a_header_that_is_not_the_sets_is_found(tmp_path: Path) -> None:
    """The one in the file's own metadata, as other tools read it, one letter changed."""
    file = tmp_path / "contacts.parquet"
    assert vambe("generate", file, "--contacts", 80, "--quiet").code == 0
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"Ventas", b"Compra"))
    assert file.read_bytes() != whole
    done = vambe("generate", "--verify", file)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "contacts.parquet has another header than dataset.json" in done.err


def test_a_document_and_its_parquet(tmp_path: Path) -> None:
    """The hash that the command tells is the plain one, edge cases and all."""
    done = vambe("generate", tmp_path, "--contacts", 300, "--seed", 7, "--anchor", "2026-01-01T00:00:00Z", "--format",
                 "parquet", "--set", "edge_case_share=0.2")  # fmt: skip
    assert column_hash(document(7, 300, ANCHOR, {"edge_case_share": 0.2})) in done.err, done
