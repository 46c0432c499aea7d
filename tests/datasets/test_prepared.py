"""``--prepared``: the same answers from the prepared form as from the set itself, and never from a damaged one."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from small_data import NEW, WON, contact, document
from vambe_mock.contract.query import parse
from vambe_mock.datasets import prepared
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.loading import load
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations import changes
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings
from vambe_mock.store import wire

NOW = 1_772_366_400_000
SINCE = "created_after=2000-01-01T00:00:00Z"
ASKED = ["days=365", SINCE, f"{SINCE}&days=30&stage_id={NEW}", "updated_after=2000-01-01T00:00:00Z&offset=3&limit=2"]
ASKED += [
    f"{SINCE}&custom_field_key={key}&custom_field_value={value}" for key, value in (("plan", "Gold"), ("score", 7))
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set that counts as large: some never had a message, names look like fields and are not ASCII."""
    monkeypatch.setattr(wire, "MANY", 1)
    rows = [
        contact(
            number,
            stage=NEW if number % 2 else WON,
            name='"created_at":"2020' if number == 3 else f"Zoë {number} last_message_at",
            last_message_at=None if number % 5 == 0 else f"2026-02-{number % 28 + 1:02d}T01:02:03.{number:03d}Z",
            custom_fields={"customer": {"plan": "Gold"}, "ticket": {"score": number}},
        )
        for number in range(1, 20)
    ]
    file = tmp_path / "set.json"
    file.write_text(json.dumps(document(*rows)), encoding="utf-8")
    return file


def answers(dataset: Dataset, shift: int) -> list[Any]:
    """What an organisation of *dataset* answers, before and after a change of a contact."""
    organisation = Organisation.of(dataset, Clock(NOW + shift), shift=shift)
    found = []
    for change in ({}, {"name": "Changed", "custom_fields": {"customer": {"plan": "gold"}}}):
        if change:
            changes.change(organisation, [(str(contact(4)["id"]), change)])
        for query in ASKED:
            one = organisation.store.find(parse(query.encode(), organisation.definitions), NOW + shift)
            found.append((one.matched, one.steps, b"".join(one.contacts)))
    return found


def counted(read: list[Path]) -> Callable[[Path], Dataset]:
    """``load`` that notes what it reads."""

    def loading(path: Path) -> Dataset:
        read.append(path)
        return load(path)

    return loading


@pytest.mark.parametrize("shift", [0, 1, -86_400_000, 12_345_678_901])
def test_the_prepared_set_answers_as_the_set_itself(data: Path, tmp_path: Path, shift: int) -> None:
    """Bytes, counts and steps are equal for any anchor, and the set is read once (`prepared-set`)."""
    read: list[Path] = []
    wanted = answers(load(data), shift)
    for _ in range(2):
        assert answers(prepared.load_prepared(data, tmp_path / "kept", counted(read)), shift) == wanted
    assert read == [data]
    (file,) = (tmp_path / "kept").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks at what is mapped as Linux shows it")
def test_a_file_in_use_need_not_be_replaced(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows replaces no mapped file: a stale one is let go of, one in use stays (`prepared-set`)."""
    kept, replace = tmp_path / "kept", Path.replace

    def as_on_windows(old: Path, new: Path) -> Path:
        if str(new) in Path("/proc/self/maps").read_text(encoding="utf-8"):
            raise PermissionError(13, "Access is denied")
        return replace(old, new)

    monkeypatch.setattr(Path, "replace", as_on_windows)
    monkeypatch.setattr(prepared, "sys", SimpleNamespace(platform="win32"))

    def changed_to(count: int) -> Dataset:
        data.write_text(json.dumps(document(*map(contact, range(1, count + 1)))), encoding="utf-8")
        return prepared.load_prepared(data, kept, load)

    prepared.load_prepared(data, kept, load)
    in_use = changed_to(2)
    read = changed_to(3)
    assert [isinstance(one, prepared.PreparedDataset) for one in (in_use, read)] == [True, False]
    assert [len(in_use), len(read)] == [2, 3]
    assert len([*kept.iterdir()]) == 1


def _flip(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 3] ^= 1
    file.write_bytes(raw)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit": _flip,
    "cut off": lambda file: os.truncate(file, file.stat().st_size // 2),
    "empty": lambda file: os.truncate(file, 0),
    "others can write it": lambda file: file.chmod(0o666),
    "a link": lambda file: file.symlink_to(file.rename(file.with_suffix(".old"))),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_made_anew(data: Path, tmp_path: Path, damage: str) -> None:
    """A prepared form that is not whole, or not the user's alone, is not used (`prepared-set`)."""
    read: list[Path] = []
    kept = tmp_path / "kept"
    prepared.load_prepared(data, kept, load)
    (file,) = kept.iterdir()
    DAMAGE[damage](file)
    assert len(prepared.load_prepared(data, kept, counted(read))) == 19
    assert len(prepared.load_prepared(data, kept, counted(read))) == 19
    assert read == [data]


def test_a_changed_set_is_read_again(data: Path, tmp_path: Path) -> None:
    """Other content of the same size and time is other content; the same content with another time is not."""
    read: list[Path] = []
    kept, before = tmp_path / "kept", data.stat()
    prepared.load_prepared(data, kept, load)
    os.utime(data, ns=(1, 1))
    prepared.load_prepared(data, kept, counted(read))
    assert read == []
    data.write_bytes(data.read_bytes().replace(b"Zo", b"Xo"))
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = prepared.load_prepared(data, kept, counted(read))
    assert read == [data]
    assert b"Xo" in b"".join(found.columns(0).wire)


def test_a_small_set_is_not_prepared(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads as quickly (`prepared-set`)."""
    monkeypatch.setattr(wire, "MANY", 50_000)
    prepared.load_prepared(data, tmp_path / "kept", load)
    assert not [*(tmp_path / "kept").iterdir()]


def test_a_folder_that_others_can_use_is_refused(data: Path, tmp_path: Path) -> None:
    """One line says so, and what to do."""
    tmp_path.chmod(0o755)
    with pytest.raises(DatasetError, match=r"others can use it \(mode 755\); .*chmod 700"):
        prepared.load_prepared(data, tmp_path, load)


def test_prepared_goes_with_one_process_and_a_file(tmp_path: Path) -> None:
    """Without a set there is nothing to keep, and workers read a copy of their own."""
    with pytest.raises(SettingsError, match="--prepared without --data"):
        Settings(prepared=tmp_path).checked()
    with pytest.raises(SettingsError, match="--prepared and --workers 2"):
        Settings(prepared=tmp_path, data=tmp_path, workers=2).checked()
