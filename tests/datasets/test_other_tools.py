"""docs/loading.md: what other tools read from the files that the generator writes."""

import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from commands import vambe
from vambe_mock.datasets.loading import contents

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
