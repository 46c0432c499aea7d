"""Files that are cut, endless, enormous or no files: one line in bounded time and memory.

Nothing that a terminal would obey reaches it.
"""

import csv
import gzip
import json
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commands import refused, vambe
from small_data import NEW, contact, document
from vambe_judge.asking.options import toml
from vambe_mock.contract import patience
from vambe_mock.contract.dialect_file import text_of
from vambe_mock.contract.terminal import escaped
from vambe_mock.datasets import files
from vambe_mock.datasets.loading import load
from vambe_mock.datasets.problems import DatasetError

COUNT = 130


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each name with a generated set in it."""
    folder = tmp_path_factory.mktemp("originals")
    for name in ("contacts.ndjson", "contacts.ndjson.gz", "contacts.csv", "contacts.parquet", "set.sqlite"):
        done = vambe("generate", folder / name.replace(".", "-") / name, "--contacts", COUNT, "--quiet")
        assert (done.code, done.err) == (0, "")
    return folder


def not_loaded(path: Path) -> str:
    """The one printable line with which the set at *path* is refused, by columns and by rows."""
    for by_rows in (True, False):
        with pytest.raises(DatasetError) as caught:
            load(path, by_rows=by_rows).columns(0)
        assert str(caught.value).isprintable()
        assert str(caught.value).startswith(escaped(str(path.parent)))
    return str(caught.value)


def in_parts(folder: Path, whole: dict[str, Any], **changed: str) -> Path:
    """The document *whole* as a folder in NDJSON; in its text, each name of *changed* becomes its value."""
    folder.mkdir()
    header = {name: value for name, value in whole.items() if name != "contacts"}
    texts = [json.dumps(header), "".join(json.dumps(one) + "\n" for one in whole["contacts"])]
    for before, after in changed.items():
        texts = [text.replace(before, after) for text in texts]
    (folder / "dataset.json").write_text(texts[0], "utf-8")
    (folder / "contacts.ndjson").write_text(texts[1], "utf-8")
    return folder


HALF = r"\ud800"
NAMED = document(
    contact(1, name="CONTACT", stage=NEW, custom_fields={"customer": {"FIELD": "VALUE"}, "ticket": {}}),
    pipelines=[
        {
            "id": "a0000000-0000-4000-8000-000000000001",
            "name": "PIPELINE",
            "description": "DESCRIPTION",
            "stages": [{"id": NEW, "name": "STAGE", "description": None}],
        }
    ],
    custom_fields=[{"key": "FIELD", "name": "LABEL", "type": "text", "options": None, "entities": ["customer"]}],
)


@pytest.mark.parametrize("word", ["CONTACT", "PIPELINE", "DESCRIPTION", "STAGE", "FIELD", "LABEL", "VALUE"])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(word: str, tmp_path: Path) -> None:
    """No answer can hold it, so it is one line in a document, plain or packed, and in each file of a folder."""
    text = json.dumps(NAMED)
    assert f'"{word}"' in text
    (tmp_path / "set.json").write_text(text.replace(word, HALF), "utf-8")
    (tmp_path / "set.json.gz").write_bytes(gzip.compress(text.replace(word, HALF).encode()))
    for path in (tmp_path / "set.json", tmp_path / "set.json.gz", in_parts(tmp_path / "set", NAMED, **{word: HALF})):
        assert "not JSON: " in not_loaded(path)


def test_half_a_surrogate_pair_is_refused_in_tables_too(copied: Callable[[str], Path]) -> None:
    """JSON in a cell of CSV or of a database, and the bytes of such a half in CSV."""
    database = copied("set.sqlite")
    with closing(sqlite3.connect(database, isolation_level=None)) as changed:
        changed.execute("UPDATE custom_fields SET options = ? WHERE options IS NOT NULL", [f'["{HALF}"]'])
    assert "values that no data set can have" in not_loaded(database)
    table = copied("contacts.csv")
    with table.open(encoding="utf-8", newline="") as text:
        rows = [*csv.reader(text)]
    numbers = rows[0].index("customer.score")
    rows[1][numbers] = f'"{HALF}"'
    with table.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
    assert "customer.score" in not_loaded(table)
    table.write_bytes(table.read_bytes().replace(b"John", b"\xed\xa0\x80"))
    assert "wanted CSV in UTF-8" in not_loaded(table)


@pytest.mark.parametrize("name", ["contacts.ndjson", "contacts.ndjson.gz", "contacts.csv"])
def test_a_set_smaller_than_its_manifest_says_is_not_served(name: str, copied: Callable[[str], Path]) -> None:
    """A file cut at the end of a line is whole by itself; the manifest has the number (`cut-at-a-line`)."""
    file = copied(name)
    raw = gzip.decompress(file.read_bytes()) if name.endswith("gz") else file.read_bytes()
    cut = b"".join(raw.splitlines(keepends=True)[:-3])
    file.write_bytes(gzip.compress(cut) if name.endswith("gz") else cut)
    told = not_loaded(file)
    assert f"127 contacts, but manifest.json says {COUNT}; wanted the whole file, or no manifest.json" in told
    (file.parent / "manifest.json").unlink()
    assert len(load(file)) == COUNT - 3


def test_a_set_larger_than_its_manifest_says_is_served(copied: Callable[[str], Path]) -> None:
    """Contacts may be added by hand, and whatever else is called a manifest has no say (`cut-at-a-line`)."""
    file = copied("contacts.ndjson")
    first = json.loads(file.read_bytes().splitlines()[0])
    with file.open("a", encoding="utf-8") as end:
        end.write(json.dumps({**first, "id": "00000000-0000-4000-8000-000000000000"}) + "\n")
    assert len(load(file)) == COUNT + 1
    for text in ('{"name": "a web app", "icons": []}', "[]", "{", '{"files": [5], "part": {"contacts": 1e9}}'):
        (file.parent / "manifest.json").write_text(text)
        assert len(load(file)) == COUNT + 1


def test_a_part_that_is_cut_is_not_served(tmp_path: Path) -> None:
    """Each part has a manifest of its own; together they have the number (`cut-at-a-line`)."""
    for number in (1, 2):
        assert vambe("generate", tmp_path, "--shard", f"{number}/2", "--contacts", COUNT, "--quiet").code == 0
    part = tmp_path / "contacts-00001-of-00002.ndjson"
    part.write_bytes(b"".join(part.read_bytes().splitlines(keepends=True)[:-1]))
    assert f"129 contacts, but manifest-00002-of-00002.json says {COUNT}" in not_loaded(part)


ORDERS = "\x1b]0;owned\x07\x9b31m\u202e\u2066\x7f"


def test_what_a_terminal_would_obey_is_escaped(tmp_path: Path, copied: Callable[[str], Path]) -> None:
    """Whatever a message quotes of a file, its control characters do not reach the terminal."""
    strange = json.dumps(ORDERS)[1:-1]
    whole = document(contact(1, name=5, id=ORDERS, **{ORDERS: 1}), pipelines=[])
    (tmp_path / "set.json").write_text(json.dumps(whole), "utf-8")
    assert r"\x1b]0;owned\x07\x9b31m\u202e\u2066\x7f" in not_loaded(tmp_path / "set.json")
    values = in_parts(tmp_path / "set", NAMED, FIELD=strange, VALUE='", "x": "')
    assert "no such custom field" in not_loaded(values)
    table = copied("contacts.csv")
    table.write_text(table.read_text("utf-8").replace("customer.score", f"nobody.{ORDERS}"), "utf-8")
    assert "unknown column" in not_loaded(table)
    (tmp_path / ORDERS).mkdir()
    (tmp_path / ORDERS / f"{ORDERS}.csv").touch()
    (tmp_path / ORDERS / f"{ORDERS}2.csv").touch()
    assert "wanted one data set" in not_loaded(tmp_path / ORDERS)
    manifest = table.parent / "manifest.json"
    stated = json.loads(manifest.read_bytes())
    stated["files"][0]["name"] = f"{ORDERS}.csv"
    manifest.write_text(json.dumps(stated))
    done = vambe("generate", "--verify", table.parent)
    assert (done.code, done.err.strip("\n").isprintable()) == (1, True)
    profile = tmp_path / "knobs.yaml"
    profile.write_text(json.dumps({ORDERS: 1}), "utf-8")
    assert refused("generate", "--preview", 1, "--profile", profile).strip("\n").isprintable()


@pytest.mark.parametrize("read", [text_of, lambda path: toml(path, "--about")], ids=["a dialect", "the judge's"])
def test_who_waits_for_a_file_of_settings_says_so(
    read: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It may be a pipe, as from a shell's ``<(…)``; one that nobody writes to is named after a while."""
    monkeypatch.setattr(patience, "SECONDS", 0.0)
    path = tmp_path / "settings.toml"
    os.mkfifo(path)
    said: list[str] = []

    def write() -> None:
        until = time.monotonic() + 30
        while not said and time.monotonic() < until:
            time.sleep(0.01)
            said.extend(capsys.readouterr().err.splitlines())
        path.write_text("", encoding="utf-8")

    writer = threading.Thread(target=write)
    writer.start()
    read(path)
    writer.join()
    (line,) = said
    assert line.startswith("vambe-mock: still reading ")
    assert str(path) in line


@pytest.mark.parametrize("name", ["set.json", "set.json.gz", "contacts.ndjson", "contacts.csv", "a.parquet", "a.db"])
def test_what_is_no_regular_file_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """A pipe that nobody writes, an endless device and a socket have no end to wait for (`files-are-bounded`)."""
    in_parts(tmp_path / "set", NAMED)
    path = tmp_path / "set" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert "a named pipe; wanted a regular file" in not_loaded(path)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "a device; wanted a regular file" in not_loaded(path)
    path.unlink()
    with closing(socket.socket(socket.AF_UNIX)) as ours, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)  # the path of a socket is short
        ours.bind(name)
        assert "a socket; wanted a regular file" in not_loaded(path)


@pytest.mark.parametrize("name", ["set.json", "contacts.ndjson", "contacts.csv", "a.parquet", "a.db"])
def test_a_file_of_a_terabyte_is_refused_soon(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of nothing but zeros, which takes no room on the disk, takes none in memory."""
    monkeypatch.setattr(files, "MOST_IN_LINE", 1 << 20)
    in_parts(tmp_path / "set", NAMED)
    path = tmp_path / "set" / name
    with path.open("wb") as sparse:
        sparse.truncate(1 << 40)
    assert "wanted" in not_loaded(path)


@pytest.mark.parametrize("name", ["set.json.gz", "contacts.ndjson.gz", "contacts.csv.gz"])
def test_a_bomb_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to a hundred times its size is no set of contacts, whose ids are random."""
    monkeypatch.setattr(files, "_ALWAYS_UNPACKED", 1 << 16)
    folder = in_parts(tmp_path / "set", NAMED)
    (folder / "contacts.ndjson").unlink()
    (folder / name).write_bytes(gzip.compress(b"\n" * (1 << 18)))
    assert "unpacks to more than 100 times its size; wanted contacts" in not_loaded(folder / name)


def test_a_document_beyond_what_is_parsed_at_once_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent to the formats that are read piece by piece, packed or not, in parts or not."""
    monkeypatch.setattr("vambe_mock.datasets.files.MOST_IN_DOCUMENT", 900)
    monkeypatch.setattr("vambe_mock.datasets.loading.MOST_IN_DOCUMENT", 900)
    text = json.dumps(NAMED).encode()
    (tmp_path / "set.json").write_bytes(text)
    (tmp_path / "set.json.gz").write_bytes(gzip.compress(text))
    for number, half in ((1, text[:800]), (2, text[800:])):
        (tmp_path / f"a-0000{number}-of-00002.json").write_bytes(half)
    for name in ("set.json", "set.json.gz", "a-00001-of-00002.json"):
        assert "bytes of JSON in one piece; wanted contacts in NDJSON or Parquet" in not_loaded(tmp_path / name)


def test_a_file_that_grows_is_refused(tmp_path: Path) -> None:
    """Reading stops where the file ended when it was opened, however fast somebody adds to it."""
    path = tmp_path / "set.ndjson"
    path.write_bytes(b"x" * 100)
    with files.open_bytes(path) as reading:
        with path.open("ab") as adding:
            adding.write(b"x")
        with pytest.raises(DatasetError, match="it grew while it was read; wanted a complete file"):
            reading.read()


def test_a_database_that_computes_its_rows_is_refused(copied: Callable[[str], Path]) -> None:
    """A view may have rows without end; one that somebody adds beside the tables is nobody's business."""
    file = copied("set.sqlite")
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("CREATE VIEW mine AS SELECT name FROM contacts")
        assert len(load(file)) == COUNT
        database.execute("ALTER TABLE contacts RENAME TO others")
        database.execute(
            "CREATE VIEW contacts AS WITH RECURSIVE more(rowid) AS (SELECT 1 UNION ALL SELECT 1 FROM more) "
            "SELECT others.*, more.rowid FROM more, others"
        )
    assert "values that no data set can have" in not_loaded(file)


def test_a_table_of_more_rows_than_bytes_is_refused(copied: Callable[[str], Path]) -> None:
    """Parquet holds a billion equal rows in a few bytes; contacts have ids of their own."""
    file = copied("contacts.parquet")
    pq.write_table(pa.table({"id": pa.nulls(1 << 16, pa.string())}), file)
    assert "65,536 rows in a file of " in not_loaded(file)


def test_a_profile_is_bounded_too(tmp_path: Path) -> None:
    """An endless one is one line, and so is one of references to references."""
    assert "more than 65,536 bytes; wanted TOML or YAML" in refused("generate", "-", "--profile", "/dev/zero")
    path = tmp_path / "knobs.yaml"
    path.write_text("a: &a [x]\nb: &b [*a, *a]\n")
    assert "line 2: a reference to another value; wanted" in refused("generate", "-", "--profile", path)


def test_whoever_waits_is_told_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that comes slowly is named after a while, once; a file that comes at once is not."""
    monkeypatch.setattr(patience, "SECONDS", 0.01)
    told, heard = list[str](), threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        heard.set()

    with patience.told_when_slow("set.json", tell):
        assert heard.wait(60)
    assert told == ["still reading set.json, for 0.01 seconds now; Ctrl-C ends it"]
    monkeypatch.setattr(patience, "SECONDS", 60)
    with patience.told_when_slow("set.json", tell):
        pass
    assert len(told) == 1
    assert not any(isinstance(one, threading.Timer) for one in threading.enumerate() if not one.daemon)
