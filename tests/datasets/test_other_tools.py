"""docs/loading.md: what other tools read from the files that the generator writes, and what they make of them."""

import csv
import json
import re
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from commands import vambe
from vambe_mock.datasets import other_tools
from vambe_mock.datasets.loading import contents, load
from vambe_mock.datasets.problems import DatasetError

GUIDE = (Path(__file__).parents[2] / "docs" / "loading.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.+?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current folder, with the sets in it that the guide begins with."""
    folder = tmp_path_factory.mktemp("sets")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in re.findall(r"^vambe-mock (.+)$", GUIDE, re.MULTILINE):
            assert vambe(*shlex.split(line), "--contacts", 200, "--quiet").code == 0
        yield folder


def _imported(block: str) -> set[str]:
    return set(re.findall(r"^(?:import|from) (\w+)", block, re.MULTILINE))


@pytest.mark.parametrize("block", BLOCKS, ids=[re.findall(r"(\w+/contacts\.\w+)", block)[0] for block in BLOCKS])
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_each_block_reads_what_was_written(block: str, folder: Path) -> None:
    """Phones keep their plus, null stays null, names are whole, and switches mean what they meant."""
    if missing := [name for name in _imported(block) if find_spec(name) is None]:
        pytest.skip(f"{missing[0]} is not in the developers' lock")
    found: dict[str, Any] = {}
    exec(compile(block, "docs/loading.md", "exec"), found)  # noqa: S102 - our own guide
    expected = list(contents(folder / "json" / "contacts.json")[1])
    assert [*map(str, column(found["contacts"], "id"))] == [one["id"] for one in expected]  # DuckDB knows UUIDs
    for name in ("name", "phone", "email"):
        assert column(found["contacts"], name) == [one[name] for one in expected], name
    blocked = column(found["contacts"], "blocked")
    assert [str(one).lower() in ("true", "1") for one in blocked] == [one["blocked"] for one in expected]


def column(table: Any, name: str) -> list[Any]:
    """A column of whatever a library calls a table."""
    if isinstance(table, list):
        return [row[name] for row in table]
    if type(table).__module__.startswith("pandas"):
        return [None if one else value for value, one in zip(table[name], table[name].isna(), strict=True)]
    if type(table).__name__ == "DuckDBPyRelation":
        return [row[0] for row in table.project(f'"{name}"').fetchall()]
    values: list[Any] = table[name].to_list() if hasattr(table[name], "to_list") else table[name].to_pylist()
    return values


def test_the_id_is_the_primary_key(folder: Path) -> None:
    """Tools that show rows, such as datasette, address a contact by its primary key (`sqlite-primary-key`)."""
    with closing(sqlite3.connect(folder / "sqlite" / "contacts.sqlite")) as database:
        keys = database.execute("SELECT name FROM pragma_table_info('contacts') WHERE pk").fetchall()
    assert keys == [("id",)]


REWRITTEN = {
    "csv": [
        "duckdb.sql(f\"COPY (FROM read_csv('{old}')) TO '{new}' (HEADER)\")",
        "duckdb.sql(f\"COPY (FROM read_csv('{old}')) TO '{new}' (HEADER, DELIMITER ';')\")",
        "pandas.read_csv(old, dtype={'phone': 'string'}, keep_default_na=False, na_values=['']).to_csv(new)",
        (
            "pandas.read_csv(old, dtype={'phone': 'string'}, keep_default_na=False, na_values=[''], "
            "parse_dates=['created_at', 'updated_at']).to_csv(new, index=False, sep=';', decimal=',')"
        ),
        (
            "polars.read_csv(old, infer_schema_length=None, schema_overrides={'phone': polars.String}, "
            "try_parse_dates=True).write_csv(new)"
        ),
    ],
    "ndjson": [
        "duckdb.sql(f\"COPY (FROM read_ndjson('{old}')) TO '{new}' (FORMAT json)\")",
        "pandas.read_json(old, lines=True, dtype=False).to_json(new, orient='records', lines=True)",
        "polars.read_ndjson(old, infer_schema_length=None).write_ndjson(new)",
    ],
    "parquet": [
        "duckdb.sql(f\"COPY (FROM '{old}') TO '{new}' (FORMAT parquet)\")",
        "pandas.read_parquet(old).query('name == name').to_parquet(new, index=True)",
        "polars.read_parquet(old).write_parquet(new)",
    ],
}


@pytest.mark.parametrize(
    ("form", "code"), [pytest.param(form, code, id=code[:24]) for form, codes in REWRITTEN.items() for code in codes]
)
def test_what_a_tool_writes_again_is_the_same_set(form: str, code: str, folder: Path, tmp_path: Path) -> None:
    """DuckDB, pandas and polars read a file of ours and write it: the contacts are the same (`other-tools`).

    Those that are not in the lock were run by hand: pandas 3.1.1 and polars 2.1.0.
    """
    tool = code.partition(".")[0]
    if find_spec(tool) is None:
        pytest.skip(f"{tool} is not in the developers' lock")
    old, new = folder / form / f"contacts.{form}", tmp_path / f"contacts.{form}"
    exec(f"import {tool}\n{code}", {"old": old, "new": new})  # noqa: S102 - the lines above
    shutil.copy(folder / form / "dataset.json", tmp_path)
    assert sorted(contents(new)[1], key=_id) == sorted(contents(folder / "json" / "contacts.json")[1], key=_id)
    assert len(load(new)) == 200


def _id(contact: dict[str, Any]) -> str:
    one: str = contact["id"]
    return one


Rows = list[list[str]]


def _spreadsheet(rows: Rows) -> None:
    """Spreadsheets write flags in their language, and numbers with their comma."""
    for row in rows[1:]:
        row[:] = [{"true": "VERDADERO", "false": "FALSO"}.get(cell, cell) for cell in row]
        row[:] = [re.sub(r"^(-?[0-9]+)\.([0-9]+)$", r"\1,\2", cell) for cell in row]


def _pandas(rows: Rows) -> None:
    """The numbers of the rows, True, and whole numbers as floats where some are missing."""
    for number, row in enumerate(rows):
        row[:] = [{"true": "True", "false": "False"}.get(cell, cell) for cell in row]
        row[:] = [re.sub(r"^([0-9]{1,6})$", r"\1.0", cell) for cell in row]
        row.insert(0, str(number - 1) if number else "")


def _polars(rows: Rows) -> None:
    """Instants with a zone without a colon, and as many digits as it has."""
    for row in rows[1:]:
        row[:] = [re.sub(r"^(.{10}T.{8}\.[0-9]{3})Z$", r"\g<1>000+0000", cell) for cell in row]


@pytest.mark.parametrize(
    ("change", "separator"), [(_spreadsheet, ";"), (_spreadsheet, "\t"), (_pandas, ","), (_polars, ",")]
)
def test_csv_as_others_write_it(change: Callable[[Rows], None], separator: str, folder: Path, tmp_path: Path) -> None:
    """Read where it is unambiguous (`other-tools`)."""
    with (folder / "csv" / "contacts.csv").open(encoding="utf-8", newline="") as text:
        rows = [*csv.reader(text)]
    before = json.dumps(rows)
    change(rows)
    assert json.dumps(rows) != before
    with (tmp_path / "contacts.csv").open("w", encoding="utf-8-sig", newline="") as text:
        csv.writer(text, delimiter=separator).writerows(rows)
    shutil.copy(folder / "csv" / "dataset.json", tmp_path)
    assert [*contents(tmp_path / "contacts.csv")[1]] == [*contents(folder / "json" / "contacts.json")[1]]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-28 10:00:00+00", "2026-11-28T10:00:00.000Z"),
        ("2026-11-28 07:00:00.5-03", "2026-11-28T10:00:00.500Z"),
        ("2026-11-28 10:00:00.000+00:00", "2026-11-28T10:00:00.000Z"),
        ("2026-11-28T10:00:00.000000+0000", "2026-11-28T10:00:00.000Z"),
        ("2026-11-28 10:00:00", "2026-11-28T10:00:00.000Z"),
        ("28/11/2026 10:00", "28/11/2026 10:00"),
        ("2026-11-31 10:00:00", "2026-11-31 10:00:00"),
        ("2026-11-28", "2026-11-28"),
    ],
)
def test_an_instant_of_another_tool(text: str, instant: str) -> None:
    """Its zone may be written otherwise, or left out for UTC; what may be another day is left, and refused."""
    assert other_tools.instant(text) == instant


def test_rows_of_another_tool() -> None:
    """The numbers of pandas' rows go, a ticket and values of nulls are none; a ticket with a stage alone is refused."""
    none = {"id": None, "current_stage_id": None}
    custom = {"customer": {"a": None, "b": 1}, "ticket": None}
    changed = other_tools.mended({"__index_level_0__": 3, "active_ticket_v2": none, "custom_fields": custom})
    assert changed == {"active_ticket_v2": None, "custom_fields": {"customer": {"b": 1}}}
    odd = {"id": None, "current_stage_id": "x"}
    assert other_tools.mended({"active_ticket_v2": odd, "custom_fields": None}) == {"active_ticket_v2": odd}


def test_what_may_be_something_else_is_one_line(folder: Path, tmp_path: Path) -> None:
    """A phone that has become a number has lost its plus: nobody can say which it was."""
    text = (folder / "csv" / "contacts.csv").read_text("utf-8")
    (tmp_path / "contacts.csv").write_text(re.sub(r",\+([0-9]+),", r",\1.0,", text), "utf-8")
    shutil.copy(folder / "csv" / "dataset.json", tmp_path)
    with pytest.raises(DatasetError, match=r'field phone: "[0-9]+\.0"; wanted null or digits like'):
        load(tmp_path / "contacts.csv")
