"""``generate --verify``: what is changed is found, and what is not the thing asked for is not called good."""

import json
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from commands import refused, vambe

CONTACTS = 130
FORMS = ["contacts.ndjson", "leads.csv", "contacts.parquet", "set.json", "a.b.json", "set.sqlite"]


def made(place: Path, *options: object) -> Path:
    """A small set that the command wrote once, and that is copied from then on."""
    place.parent.mkdir(exist_ok=True)
    for name, content in written(place.name, *options).items():
        (place.parent / name).write_bytes(content)
    return place


@cache
def written(name: str, *options: object) -> dict[str, bytes]:
    """The files that the command writes for a set of this name, by their names."""
    with TemporaryDirectory() as folder:
        assert vambe("generate", Path(folder) / name, "--contacts", CONTACTS, "--quiet", *options).code == 0
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def found(place: Path) -> str:
    """What is said of a set that is not as it was written: one line, exit code 1."""
    done = vambe("generate", "--verify", place)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1), done
    return done.err


def manifest_of(file: Path) -> Path:
    """The one manifest in the file's folder."""
    (manifest,) = (one for one in file.parent.iterdir() if "manifest" in one.name)
    return manifest


def change(manifest: Path, change_it: Callable[[dict[str, Any]], object]) -> None:
    """Write a manifest again with something changed."""
    document = json.loads(manifest.read_bytes())
    change_it(document)
    manifest.write_text(json.dumps(document))


@pytest.mark.parametrize("name", FORMS)
def test_a_set_is_known_by_its_folder_its_file_and_its_manifest(name: str, tmp_path: Path) -> None:
    """Each of them leads to the same good verdict (`verify-alone`)."""
    file = made(tmp_path / name)
    places = [tmp_path, file, manifest_of(file)]
    for place in [*places, tmp_path / "dataset.json"] if (tmp_path / "dataset.json").exists() else places:
        done = vambe("generate", "--verify", place)
        assert (done.code, done.err) == (0, "")
        assert f"{CONTACTS} contacts, content hash " in done.out


@pytest.mark.parametrize("name", FORMS)
def test_a_file_that_is_gone_is_not_good(name: str, tmp_path: Path) -> None:
    """A manifest left behind vouches for no file: asked for, it is a wrong call; by its folder, a finding."""
    file = made(tmp_path / name)
    file.unlink()
    assert f"{file}: no such file or directory; wanted" in refused("generate", "--verify", file)
    assert f"{file}: no such file or directory; the manifest lists it" in found(tmp_path)


def test_a_file_beside_a_set_is_not_the_set(tmp_path: Path) -> None:
    """A file that no manifest has is not called good because of its neighbours."""
    made(tmp_path / "contacts.ndjson")
    (tmp_path / "others.ndjson").write_bytes((tmp_path / "contacts.ndjson").read_bytes())
    assert "others.ndjson: in no manifest; wanted" in refused("generate", "--verify", tmp_path / "others.ndjson")


def test_where_there_is_no_set_it_is_said(tmp_path: Path) -> None:
    """An empty folder, no folder, and a folder with several sets: one line each."""
    assert "no manifest in it" in refused("generate", "--verify", tmp_path)
    assert "no such file" in refused("generate", "--verify", tmp_path / "none")
    for name in ("a.json", "b.json"):
        made(tmp_path / name)
    assert "several manifests; wanted one of them, for example:" in refused("generate", "--verify", tmp_path)
    assert vambe("generate", "--verify", tmp_path / "b.json").code == 0


@pytest.mark.parametrize("name", ["set.json", "contacts.ndjson", "contacts.csv", "set.sqlite", "contacts.parquet"])
def test_one_changed_byte_is_found(name: str, tmp_path: Path) -> None:
    """A letter of a name, the file as long as before (`verify-bytes`)."""
    file = made(tmp_path / name)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"John Doe", b"John Roe"))
    assert file.read_bytes() != whole
    assert "content hash" in found(file)


@pytest.mark.parametrize("name", ["set.json", "contacts.ndjson", "contacts.csv", "contacts.parquet"])
def test_bytes_that_mean_nothing_are_found(name: str, tmp_path: Path) -> None:
    """A file that is longer is another file, even where what it says is the same (`verify-bytes`)."""
    file = made(tmp_path / name)
    with file.open("ab") as end:
        end.write(b"\n")
    assert f"bytes; the manifest says {file.stat().st_size - 1}" in found(file)


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("seed", lambda one: one["arguments"].update(seed=1), "the header's seed is 8262; the manifest says 1"),
    ("anchor", lambda one: one["arguments"].update(anchor="2025-01-01T00:00:00.000Z"), "the header's anchor is 2026"),
    ("contacts", lambda one: one["arguments"].update(contacts=131), "130 contacts; the manifest says 131"),
    ("content hash", lambda one: one.update(content_hash="0" * 64), f"the manifest says {'0' * 64}"),
    ("content sum", lambda one: one.update(content_sum="0" * 64), "content hash"),
    ("header", lambda one: one.update(header_hash="0" * 64), "the header (pipelines, custom fields, client_id) is not"),
    ("bytes", lambda one: one["files"][0].update(bytes=7), "bytes; the manifest says 7"),
    ("parts", lambda one: one["part"].update(of=2), "1 of 2 parts; the set is not complete"),
    ("many parts", lambda one: one["part"].update(of=10**15), f"1 of {10**15:,} parts; the set is not complete"),
]


@pytest.mark.parametrize(("change_it", "told"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_changed_manifest_is_found(change_it: Callable[[dict[str, Any]], object], told: str, tmp_path: Path) -> None:
    """What the manifest says of the set is compared, each thing by itself (`verify-bytes`)."""
    file = made(tmp_path / "contacts.ndjson")
    change(manifest_of(file), change_it)
    assert told in found(tmp_path)


@pytest.mark.parametrize("name", ["../secret.ndjson", "/etc/passwd", "in/contacts.ndjson", "..\\secret.ndjson", ".."])
def test_a_manifest_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    """A name that is a path is refused: a manifest may come from anybody."""
    (tmp_path / "secret.ndjson").write_text("{}\n")
    file = made(tmp_path / "set" / "contacts.ndjson")
    change(manifest_of(file), lambda one: one["files"][0].update(name=name))
    assert "wanted the names of files in the same folder" in refused("generate", "--verify", file.parent)


@pytest.mark.parametrize(
    ("name", "told"),
    [(5, "an incomplete manifest"), (None, "an incomplete manifest"), (["x"], "an incomplete manifest"), ("", "[''];")],
)
def test_a_name_that_is_none_is_one_line(name: object, told: str, tmp_path: Path) -> None:
    """A manifest whose files are not called anything, asked for by its folder, by itself and by a file beside it."""
    file = made(tmp_path / "contacts.ndjson")
    change(manifest_of(file), lambda one: one["files"][0].update(name=name))
    for place in (tmp_path, manifest_of(file), file):
        assert told in refused("generate", "--verify", place)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "wanted one of vambe-mock generate"),
        (b'{"name": "a web app", "icons": []}', "wanted one of vambe-mock generate"),
        (b'{"format": "vambe-mock-manifest/3"}', "an incomplete manifest"),
    ],
)
def test_another_manifest_is_one_line(text: bytes, told: str, tmp_path: Path) -> None:
    """Web pages have a manifest.json too."""
    (tmp_path / "manifest.json").write_bytes(text)
    for place in (tmp_path, tmp_path / "manifest.json"):
        assert told in refused("generate", "--verify", place)


class TestParts:
    """Sets whose parts were made apart."""

    def test_parts_of_two_sets_are_found(self, tmp_path: Path) -> None:
        """Parts that are each as written, but of other seeds, are no set."""
        made(tmp_path / "one" / "contacts.ndjson", "--shard", "1/2", "--seed", 1)
        made(tmp_path / "contacts.ndjson", "--shard", "2/2", "--seed", 2)
        for one in (tmp_path / "one").iterdir():
            one.replace(tmp_path / one.name)
        assert "parts of several sets" in found(tmp_path)

    @pytest.mark.parametrize("ending", ["ndjson", "sqlite"])
    def test_a_header_that_was_changed_is_found(self, ending: str, tmp_path: Path) -> None:
        """No part has the hash of the whole, but each knows the header that all have."""
        for number in (1, 2):
            made(tmp_path / f"contacts.{ending}", "--shard", f"{number}/2")
        assert vambe("generate", "--verify", tmp_path).code == 0
        if ending == "ndjson":
            header = tmp_path / "dataset.json"
            header.write_text(header.read_text("utf-8").replace("Ventas", "Compra"), "utf-8")
        else:
            with sqlite3.connect(tmp_path / "contacts-00001-of-00002.sqlite") as database:
                database.execute("UPDATE pipelines SET name = 'Compra' WHERE name = 'Ventas'")
            database.close()
        assert "the header (pipelines, custom fields, client_id) is not the one" in found(tmp_path)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["out.json"], "OUT out.json"),
        (["--seed", "7"], "--seed 7"),
        (["--force"], "--force True"),
        (["--fixtures", "fixtures"], "--fixtures fixtures"),
        (["--preview", "3"], "--preview 3"),
        (["--set", "tickets=1"], "--set"),
    ],
)
def test_verify_stands_alone(option: list[str], told: str, tmp_path: Path) -> None:
    """An option that would not be heeded is refused (`verify-alone`)."""
    line = refused("generate", "--verify", tmp_path, *option)
    assert told in line
    assert f"wanted --verify by itself, for example: --verify {tmp_path}" in line


def test_fixtures_stand_alone_too(tmp_path: Path) -> None:
    """The committed sets have their own arguments; `--check` is about them."""
    assert "--seed 7; wanted --fixtures by itself" in refused("generate", "--fixtures", tmp_path, "--seed", 7)
    assert "--check without --fixtures" in refused("generate", tmp_path / "out.json", "--check")
    assert [*tmp_path.iterdir()] == []
