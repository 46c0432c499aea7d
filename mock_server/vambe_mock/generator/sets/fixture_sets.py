"""The committed data sets in `fixtures/`: their purpose and their arguments."""

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
    """A name, a purpose, the number of contacts, and the knobs that differ from their defaults."""

    name: vocabulary.FixtureSet
    purpose: str
    contacts: int
    profile: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The content of the file."""
        return document_text(document(SEED, self.contacts, ANCHOR, self.profile))


# One case for each rule that a reader of twelve contacts should see.
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
    FixtureSet("default", "what the server serves by default", 1000),
    FixtureSet(
        "tiny",
        "twelve contacts to read, one case for each rule",
        12,
        {"edge_cases": _TINY, "pipelines": 1, "stages": 3, "custom_fields": 3},
    ),
    FixtureSet("edge-cases", "every named edge case, in the order of `--edge-cases list`", 71),
    FixtureSet("empty", "pipelines and definitions without a contact", 0),
)


def write(folder: Path) -> None:
    """Write all sets into the folder."""
    for fixture in FIXTURE_SETS:
        (folder / f"{fixture.name}.json").write_text(fixture.text(), "utf-8", newline="\n")


def changed(folder: Path) -> list[str]:
    """The names of the sets whose file is missing or differs from what `write` would write."""
    return [fixture.name for fixture in FIXTURE_SETS if not _has(folder / f"{fixture.name}.json", fixture.text())]


def _has(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()
