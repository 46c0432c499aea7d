"""What the manifests beside a set say of its size, so that no file is served that was cut (`cut-at-a-line`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vambe_mock.contract.plural import plural
from vambe_mock.datasets.files import MANIFEST, read_bytes, strict_json
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 24
"""Of a manifest, which lists the files of its set."""


def check_count(files: list[Path], count: int) -> None:
    """Raise DatasetError if manifests beside *files* say of all of them that they have more than *count* contacts.

    A set may grow by hand. One that is smaller than its manifest says is more often one whose copy was cut off.
    """
    folder = files[0].parent
    stated, listed, example = 0, set[str](), ""
    for path in sorted(one for one in folder.iterdir() if MANIFEST.fullmatch(one.name)):
        names, contacts = _stated(path)
        if names & {file.name for file in files}:
            stated, listed, example = stated + contacts, listed | names, path.name
    if listed >= {file.name for file in files} and count < stated:
        raise DatasetError(
            f"{files[0]}: {plural(count, 'contact')}, but {example} says {stated:,}; wanted the whole file, "
            f"or no {example} beside a set that you have made smaller"
        )


def _stated(path: Path) -> tuple[set[str], int]:
    """The files and the number of contacts in a manifest; none if it is somebody else's."""
    try:
        found: Any = strict_json(read_bytes(path, MOST_BYTES))
        return {file["name"] for file in found["files"]}, int(found["part"]["contacts"])
    except (OSError, ValueError, TypeError, KeyError, DatasetError):
        return set(), 0
