"""The committed sets: trusted by their hash, and the same columns as with all checks."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import FIXTURE_SETS, FixtureSet
from vambe_mock.datasets import committed as module
from vambe_mock.datasets.committed import TRUSTED, CommittedDataset, committed
from vambe_mock.datasets.dataset import RowDataset, from_json
from vambe_mock.datasets.fixtures import fixture_set
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.store.columns import Codes, Columns


def plain(columns: Columns) -> dict[str, object]:
    """*columns* as what can be compared, types of the numbers included."""

    def one(value: object) -> object:
        if isinstance(value, Codes):
            return str(value.codes.dtype), value.codes.tolist(), [(type(key), key) for key in value.codes_by_value]
        if isinstance(value, dict):
            return [(name, one(codes)) for name, codes in value.items()]
        if isinstance(value, np.ndarray):
            return str(value.dtype), value.tolist()
        return [*value]  # type: ignore[misc]

    return {field.name: one(getattr(columns, field.name)) for field in fields(columns)}


@pytest.mark.parametrize("name", ["default", "tiny", "empty"])
def test_a_committed_set_passes_the_checks_and_becomes_the_same_columns(name: FixtureSet) -> None:
    """With its instants moved or not (`committed-sets`)."""
    raw = fixture_set(name).read_bytes()
    quick, checked = CommittedDataset(raw), from_json(raw)
    assert (quick.header, quick.definitions, len(quick)) == (checked.header, checked.definitions, len(checked))
    for shift in (0, 1, 29_000_000_017, -63_000_000_000_000):
        assert plain(quick.columns(shift)) == plain(checked.columns(shift))


def test_a_trusted_set_is_the_one_that_is_committed() -> None:
    """After a change of the file, its new hash belongs into ``TRUSTED`` (`committed-sets`)."""
    kinds = {name: type(committed(name)) for name in FIXTURE_SETS}
    assert kinds == {name: CommittedDataset if name in TRUSTED else RowDataset for name in FIXTURE_SETS}


def test_any_other_file_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was changed after the installation is refused with its fault, not trusted (`committed-sets`)."""
    file = tmp_path / "default.json"
    monkeypatch.setattr(module, "fixture_set", lambda _name: file)
    file.write_bytes(fixture_set("default").read_bytes().replace(b'"whatsapp"', b'"whatsupp"', 1))
    with pytest.raises(DatasetError, match=r'default\.json: contact 1 .*"whatsupp"'):
        committed("default")
    file.unlink()
    with pytest.raises(DatasetError, match=r"default\.json: no such file"):
        committed("default")


def test_a_move_beyond_the_years_is_told_as_for_any_set() -> None:
    """The error names the contact and the instant (`committed-sets`)."""
    quick = committed("default")
    beyond = instants.LATEST - quick.header.anchored_at
    with pytest.raises(DatasetError, match=r"default\.json: contact \d+ .*shifted by \d+ ms"):
        quick.columns(beyond + 10**12)
