"""The data sets that come with the package."""

from pathlib import Path

from vambe_mock.contract import packaged
from vambe_mock.contract.vocabulary import FixtureSet


def fixture_set(name: FixtureSet) -> Path:
    """The path of a fixture set's document."""
    return packaged.path(f"fixtures/{name}.json")
