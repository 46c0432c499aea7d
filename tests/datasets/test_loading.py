"""Data sets in every form, whole and damaged: the same answers, or one line that says what is wrong."""

import csv
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import reference
from asgi import ask
from commands import vambe
from vambe_mock.datasets.loading import contents, load
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator import document
from vambe_mock.generator.sets.manifest import verify
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

ANCHOR = 1_767_225_600_000
COUNT = 200
SEED = 5
FORMS = [
    "set.json",
    "set.JSON.gz",
    "contacts.ndjson",
    "contacts.jsonl.zst",
    "contacts.csv",
    "contacts.csv.gz",
    "contacts.parquet",
    "set.sqlite",
    "set.db",
]


def made(place: Path, *options: object) -> Path:
    """The set of these tests, written by the command."""
    done = vambe("generate", place, "--contacts", COUNT, "--seed", SEED, "--quiet", *options)
    assert (done.code, done.err) == (0, "")
    return place


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """The document that all files of these tests hold."""
    return document(SEED, COUNT, ANCHOR)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each format with the set in it."""
    folder = tmp_path_factory.mktemp("originals")
    for name in FORMS:
        made(folder / name.replace(".", "-") / name)
    return folder


def queries(expected: dict[str, Any]) -> list[dict[str, Any]]:
    """Questions that touch each column that filters or orders, each with some answer."""
    contacts = expected["contacts"]
    ticket = next(
        one["active_ticket_v2"] for one in contacts[100:] if (one["active_ticket_v2"] or {}).get("current_stage_id")
    )
    values: dict[tuple[str, str], Any] = {}
    for contact in contacts:
        for entity, held in contact["custom_fields"].items():
            for key, value in held.items():
                values.setdefault((entity, key), value)
    cursor = datetime.fromisoformat(contacts[120]["updated_at"])
    return [
        {"days": 30},
        {"updated_after": cursor},
        {"created_after": cursor - timedelta(days=90), "limit": 20, "offset": 3},
        {"days": 365, "stage_id": ticket["current_stage_id"]},
        *({"days": 365, "pipeline_id": pipeline["id"]} for pipeline in expected["pipelines"]),
        *(
            {
                "days": 365,
                "custom_field_key": key,
                "custom_field_value": value if isinstance(value, str) else json.dumps(value),
                "entity_type": entity,
            }
            for (entity, key), value in values.items()
        ),
    ]


@pytest.mark.parametrize("name", FORMS)
def test_every_format_is_served_with_the_answers_of_the_reference(
    name: str, originals: Path, expected: dict[str, Any]
) -> None:
    """Windows, cursors, stages, pipelines and each custom field find in any format what a loop over dicts finds."""
    app = create_app(load(originals / name.replace(".", "-") / name), Settings(now=ANCHOR, quiet=True))
    now = datetime.fromisoformat(expected["anchor"])
    found = 0
    for query in queries(expected):
        sent = {key: reference.text(one) if isinstance(one, datetime) else one for key, one in query.items()}
        wanted = reference.answer(expected, now, query)
        assert ask(app, urlencode(sent)).body == wanted, query
        found += wanted != b"[]"
    assert found > 15


DAMAGED: list[tuple[str, str, Callable[[bytes], bytes], str]] = [
    ("a cell missing", "contacts.csv", lambda raw: raw.replace(b"John Doe,", b"", 1), "line 2: 30 cells; wanted 31"),
    ("a cell too many", "contacts.csv", lambda raw: raw.replace(b"John Doe,", b"John,Doe,", 1), "line 2: 32 cells"),
    ("cut off in a cell", "contacts.csv", lambda raw: raw[: raw.index(b"John") + 2], "line 2: 2 cells"),
    ("a quote that nothing closes", "contacts.csv", lambda raw: raw + b'"' + b"x" * 140_000, "unterminated cell"),
    ("no text", "contacts.csv", lambda raw: raw.replace(b"John", b"J\xffhn", 1), "wanted CSV in UTF-8"),
    (
        "no ticket column",
        "contacts.csv",
        lambda raw: raw.replace(b"ticket_v2.id", b"ticket.id", 1),
        "active_ticket_v2.id",
    ),
    ("an unknown entity", "contacts.csv", lambda raw: raw.replace(b"customer.", b"costumer.", 1), '"costumer.'),
    ("a column twice", "contacts.csv", lambda raw: raw.replace(b",phone,", b",email,", 1), 'column "email"'),
    ("no column of a field", "contacts.csv", lambda raw: raw.replace(b",phone,", b",fone,", 1), "contact 1"),
    ("a switch that is none", "contacts.csv", lambda raw: raw.replace(b",false,", b",no,", 1), 'field blocked: "no"'),
    ("nothing", "contacts.csv", lambda _: b"", "0 contacts, but manifest.json says 200"),
    ("cut off", "contacts.csv.gz", lambda raw: raw[:-30], "the compressed data is cut off"),
    ("a byte changed", "contacts.csv.gz", lambda raw: raw[:-6] + b"\0" + raw[-5:], "compressed data is damaged"),
    ("a byte changed", "contacts.jsonl.zst", lambda raw: raw[:40] + b"\xff" + raw[41:], "data is damaged"),
    ("no text", "contacts.ndjson", lambda raw: raw.replace(b"John", b"J\xffhn", 1), "line 1: not JSON"),
    ("brackets without end", "contacts.ndjson", lambda raw: b"[" * 100_000 + b"\n" + raw, "line 1: not JSON"),
    ("cut off", "contacts.parquet", lambda raw: raw[:-1000], "damaged, cut off or not Parquet"),
    ("no Parquet", "contacts.parquet", lambda _: b"id,name\n1,Ana\n", "damaged, cut off or not Parquet"),
    ("nothing", "contacts.parquet", lambda _: b"", "damaged, cut off or not Parquet"),
    ("the middle gone", "contacts.parquet", lambda raw: raw[:400] + bytes(9000) + raw[9400:], "damaged, cut off"),
    ("no database", "set.sqlite", lambda _: b"id,name\n1,Ana\n" * 100, "file is not a database"),
    ("nothing", "set.sqlite", lambda _: b"", "no such table"),
    ("the middle gone", "set.sqlite", lambda raw: raw[:24576] + bytes(12288) + raw[36864:], "malformed"),
    ("no text", "set.sqlite", lambda raw: raw.replace(b"John Doe", b"John\xffDoe"), "values that no data set can have"),
]


@pytest.mark.parametrize(
    ("name", "damage", "told"), [row[1:] for row in DAMAGED], ids=[": ".join(row[1::-1]) for row in DAMAGED]
)
def test_damaged_files_are_one_line(
    name: str, damage: Callable[[bytes], bytes], told: str, copied: Callable[[str], Path]
) -> None:
    """Serving a damaged file is refused in one line, in our words, with the file's name (`whole-or-not-at-all`)."""
    file = copied(name)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert file.read_bytes() != whole
    with pytest.raises(DatasetError) as caught:
        load(file).columns(0)
    line = str(caught.value)
    assert line.startswith(f"{file}: ")
    assert told in line
    assert "wanted" in line or "not JSON" in line
    assert "\n" not in line
    done = vambe("generate", "--verify", file)
    assert (done.code, done.err.count("\n")) == (1, 1)


def execute(file: Path, statement: str) -> None:
    """Change the database *file*."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(statement)


def test_a_database_with_other_columns_is_one_line(copied: Callable[[str], Path]) -> None:
    """A table that lacks a ticket's column, or has switches that are none, is explained."""
    file = copied("set.sqlite")
    execute(file, "UPDATE contacts SET blocked = 'no'")
    with pytest.raises(DatasetError, match=r'field blocked: "no"; wanted true or false'):
        load(file)
    execute(file, 'ALTER TABLE contacts DROP COLUMN "active_ticket_v2.id"')
    with pytest.raises(DatasetError, match=r'no column "active_ticket_v2.id"; wanted'):
        load(file)
    execute(file, "UPDATE dataset SET value = 'x'")
    with pytest.raises(DatasetError, match="values that no data set can have; wanted an SQLite data set"):
        load(file)


@pytest.mark.parametrize("name", ["50%41 ü?#.db", "a b.sqlite"])
def test_a_database_of_any_name_is_read(name: str, tmp_path: Path, expected: dict[str, Any]) -> None:
    """Signs that mean something in a URI are part of a name."""
    file = made(tmp_path / name)
    assert [*contents(file)[1]] == expected["contacts"]


def test_a_spreadsheets_csv_is_read(copied: Callable[[str], Path], expected: dict[str, Any]) -> None:
    """Bytes that mark UTF-8, quotes around everything, other line ends and empty lines do not change a set."""
    file = copied("contacts.csv")
    with file.open(encoding="utf-8", newline="") as text:
        rows = [*csv.reader(text)]
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
        text.write("\r\n")
    assert [*contents(file)[1]] == expected["contacts"]


def test_parquet_of_other_types_is_explained(copied: Callable[[str], Path]) -> None:
    """A ticket that is a text, instants that are days: contact and field are named, as for a document."""
    file = copied("contacts.parquet")
    table = pq.read_table(file)
    place = table.schema.get_field_index("active_ticket_v2")
    for column, told in ((pa.array(["T-1"] * COUNT), "active_ticket_v2"), (pa.array([7] * COUNT), "active_ticket_v2")):
        pq.write_table(table.set_column(place, "active_ticket_v2", column), file)
        with pytest.raises(DatasetError, match=rf"contact 1 \(id .*field {told}"):
            load(file).columns(0)
    pq.write_table(table.set_column(len(table.schema) - 1, "custom_fields", pa.array(["none"] * COUNT)), file)
    with pytest.raises(DatasetError, match=r"contact 1 .*field custom_fields"):
        load(file).columns(0)


@pytest.fixture
def in_santiago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own time is Chile's."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "CLT4")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_santiago")
def test_instants_without_a_zone_are_utc_on_any_machine(
    copied: Callable[[str], Path], expected: dict[str, Any]
) -> None:
    """Parquet of writers that know no zones means the same in Santiago as in Greenwich."""
    file = copied("contacts.parquet")
    table = pq.read_table(file)
    for name in ("created_at", "updated_at", "last_message_at"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table.column(name).cast(pa.timestamp("us")))
    pq.write_table(table, file)
    assert [*contents(file)[1]] == expected["contacts"]


class TestParts:
    """Sets in several files."""

    @pytest.mark.parametrize(
        ("stem", "ending"),
        [
            ("set", "sqlite"),
            ("set", "db"),
            ("set", "json"),
            ("set", "parquet"),
            ("set", "csv.zst"),
            ("a.b", "ndjson.gz"),
        ],
    )
    def test_parts_are_one_set(self, stem: str, ending: str, tmp_path: Path, expected: dict[str, Any]) -> None:
        """Any part, the name that was given, or their folder is the whole set, served and verified."""
        whole, part = tmp_path / f"{stem}.{ending}", tmp_path / f"{stem}-00002-of-00003.{ending}"
        for number in (1, 2, 3):
            made(whole, "--shard", f"{number}/3")
        assert [*contents(part)[1]] == [*contents(tmp_path)[1]] == expected["contacts"]
        assert not whole.exists()
        for place in (part, whole, tmp_path):
            assert len(load(place)) == COUNT
            assert verify(place).same

    @pytest.mark.parametrize("ending", ["sqlite", "ndjson"])
    def test_a_lone_part_is_one_line(self, ending: str, tmp_path: Path) -> None:
        """A part without the others is no set, whether it is served or verified."""
        made(tmp_path / f"set.{ending}", "--shard", "2/3")
        part = tmp_path / f"set-00002-of-00003.{ending}"
        with pytest.raises(DatasetError, match=rf"part set-00001-of-00003\.{ending} is missing; wanted all 3 parts"):
            load(part)
        done = vambe("generate", "--verify", part)
        assert (done.code, done.out) == (1, "")
        assert "1 of 3 parts; the set is not complete" in done.err

    def test_parts_of_two_sets_are_not_chosen_from(self, tmp_path: Path) -> None:
        """What is listed first must not decide; a part that is named says which set is meant (`one-set-a-folder`)."""
        whole = tmp_path / "set.json"
        for shard in ("1/2", "2/2", "1/3"):
            made(whole, "--shard", shard)
        for place in (whole, tmp_path):
            with pytest.raises(
                DatasetError, match=r"found parts of a set of 2 and of a set of 3; wanted the parts of one set"
            ):
                load(place)
        assert len(load(tmp_path / "set-00001-of-00002.json")) == COUNT
        done = vambe("generate", "--verify", whole)
        assert (done.code, "parts of a set of 2 and of a set of 3" in done.err) == (2, True)


class TestLegacy:
    """Sets without ``updated_at`` are for clients; what cannot take them says so."""

    @pytest.mark.parametrize("name", ["contacts.parquet", "contacts.ndjson", "contacts.csv", "set.sqlite", "set.json"])
    def test_the_server_refuses_in_one_line(self, name: str, tmp_path: Path) -> None:
        """The line names the field that is missing; the set itself is sound."""
        file = made(tmp_path / name, "--legacy")
        with pytest.raises(DatasetError, match=r"contact 1 \(id \S+\), field updated_at: missing; wanted") as caught:
            load(file).columns(0)
        assert "\n" not in str(caught.value)
        assert vambe("generate", "--verify", file).code == 0
