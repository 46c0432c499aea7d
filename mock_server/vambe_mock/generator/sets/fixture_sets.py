"""The committed data sets in `fixtures/`: what each is for, and how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vambe_mock.generator import document
from vambe_mock.generator.encoding.text_formats import document_text

if TYPE_CHECKING:
    from pathlib import Path

    from vambe_mock.contract import vocabulary

ANCHOR = 1_767_225_600_000  # 2026-01-01T00:00:00.000Z
SEED = 8262


@dataclass(frozen=True)
class FixtureSet:
    """A name, what it is for, its number of contacts and the knobs that are not at their defaults."""

    name: vocabulary.FixtureSet
    purpose: str
    contacts: int
    profile: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The file's content."""
        return document_text(document(SEED, self.contacts, ANCHOR, self.profile))


# What a reader of twelve contacts should meet, one rule each.
_TINY = (
    "documents_example",
    "null_phone",
    "null_email",
    "null_ticket",
    "null_stage",
    "never_messaged",
    "blocked",
    "other_stage",
    "days_30_edge",
    "days_30_beyond",
    "tie_all",
)

FIXTURE_SETS = (
    FixtureSet("default", "what the server serves when nothing else is asked for", 1000),
    FixtureSet(
        "tiny",
        "twelve contacts to read, one for each rule",
        12,
        {"edge_cases": _TINY, "pipelines": 1, "stages": 3, "custom_fields": 3},
    ),
    FixtureSet("edge-cases", "every named edge case, in the order of `--edge-cases list`", 71),
    FixtureSet("empty", "pipelines and definitions without a contact", 0),
)


def write(folder: Path) -> None:
    """Make all sets anew."""
    for one in FIXTURE_SETS:
        (folder / f"{one.name}.json").write_text(one.text(), "utf-8", newline="\n")


def changed(folder: Path) -> list[str]:
    """The names of the sets whose file is not what would be made now."""
    return [one.name for one in FIXTURE_SETS if not _is(folder / f"{one.name}.json", one.text())]


def _is(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()
