"""The manifest of a set: its arguments, files and counts, and the content hash that `verify` recomputes."""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock import __version__
from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.datasets.files import HEADER_FILE, MANIFEST, form, lines, needed, part_of, read_bytes, strict_json
from vambe_mock.datasets.manifests import MOST_BYTES
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.encoding import content_hash
from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.recipe import pools
from vambe_mock.generator.sets.locks import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vambe_mock.generator.encoding.chunks import Maker
    from vambe_mock.generator.sets.job import Job

FORMAT = "vambe-mock-manifest/3"
_WANTED = "wanted a generated set: its folder, file or manifest"
ALGORITHM = 1
"""Incremented with every change that makes the same arguments generate other contacts."""


def manifest(job: Job, maker: Maker, files: list[Path]) -> dict[str, Any]:
    """The manifest of a job that has written these files."""
    first, stop = job.bounds
    whole = job.part.of == 1
    return {
        "format": FORMAT,
        "arguments": {
            "contacts": job.count,
            "seed": job.seed,
            "anchor": instants.write(job.anchor),
            "format": job.format,
            "shape": job.shape.as_json(),
        },
        "part": {"number": job.part.number, "of": job.part.of, "first_contact": first, "contacts": stop - first},
        "versions": {
            "algorithm": ALGORITHM,
            "vambe-mock": __version__,
            "pools": json.loads(pools.FILE.read_text("utf-8"))["made_by"],
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "files": [{"name": name_of(path), "bytes": path.stat().st_size} for path in files],
        "counts": maker.counts.as_json(),
        "header_hash": content_hash.header_hash(maker.plan.header()),
        "hash_of": "columns" if job.format == "parquet" else "lines",
        "content_sum": maker.content.text(),
        "content_hash": maker.content.hash(maker.plan.header()) if whole else None,
    }


def name_of(path: Path) -> str:
    """The final name of a file that may still have its temporary one (`PendingFiles`)."""
    temporary = PARTIAL.fullmatch(path.name)
    return temporary["name"] or path.name if temporary else path.name


@dataclass(frozen=True)
class Verification:
    """Whether a set is the same as its manifests say, and one line about it."""

    same: bool
    text: str


def verify(place: Path) -> Verification:
    """Compare a set, given by its folder, a file or a manifest (`verify-alone`), with its manifests (`verify-bytes`).

    Raises GeneratorError if there is no set or no readable manifest, or several sets.
    """
    try:
        manifests = [_read(path) for path in _manifests(place)]
    except OSError as error:
        raise GeneratorError(f"{error.filename or place}: {reason(error)}; {_WANTED}") from error
    folder = place if place.is_dir() else place.parent
    names = [file["name"] for one in manifests for file in one["files"]]
    if form(folder / names[0])[0] == "parquet":
        needed("pyarrow", "arrow")
    try:
        problem = _parts_problem(manifests) or _sizes_problem(manifests, folder)
        header, found, count = (
            ({}, content_hash.Content(), 0) if problem else _recompute([folder / name for name in names])
        )
    except OSError as error:
        return Verification(same=False, text=f"{error.filename or folder}: {reason(error)}; the manifest lists it")
    except (DatasetError, KeyError, ValueError, TypeError) as error:
        return Verification(same=False, text=f"{folder}: cannot be read any more: {error}")
    if problem := problem or _difference(manifests, header, found, count):
        return Verification(same=False, text=f"{folder}: {problem}")
    return Verification(
        same=True,
        text=f"{folder}: {plural(count, 'contact')}, content hash {found.hash(header)}, as the manifest says",
    )


def _parts_problem(manifests: list[dict[str, Any]]) -> str:
    """Why these manifests are not those of all parts of one set; empty if they are."""
    first, of = manifests[0], manifests[0]["part"]["of"]
    if len(manifests) != of or sorted(one["part"]["number"] for one in manifests) != [*range(1, of + 1)]:
        return f"{len(manifests)} of {plural(of, 'part')}; the set is not complete"
    same = ("arguments", "header_hash")
    if any(one[name] != first[name] or one["part"]["of"] != of for one in manifests for name in same):
        return "parts of several sets; their manifests differ in more than their contacts"
    return ""


def _sizes_problem(manifests: list[dict[str, Any]], folder: Path) -> str:
    """Which file has another size than its manifest says; empty if none. Raises OSError for a missing file."""
    for file in [file for one in manifests for file in one["files"]]:
        size = (folder / file["name"]).stat().st_size
        if size != file["bytes"]:
            return f"{file['name']} has {plural(size, 'byte')}; the manifest says {file['bytes']}"
    return ""


def _difference(
    manifests: list[dict[str, Any]], header: dict[str, Any], found: content_hash.Content, count: int
) -> str:
    """What differs between the set and its manifests; empty if nothing."""
    arguments, stated = manifests[0]["arguments"], manifests[0]["content_hash"]
    for key in ("seed", "anchor"):
        if header.get(key) != arguments[key]:
            return f"the header's {key} is {header.get(key)}; the manifest says {arguments[key]}"
    if content_hash.header_hash(header) != manifests[0]["header_hash"]:
        return "the header (pipelines, custom fields, client_id) is not the one in the manifest"
    if count != arguments["contacts"]:
        return f"{plural(count, 'contact')}; the manifest says {arguments['contacts']}"
    total = sum(int(one["content_sum"], 16) for one in manifests) % (1 << 256)
    if found.total != total or (stated is not None and found.hash(header) != stated):
        return f"content hash {found.hash(header)}; the manifest says {stated or 'another one'}"
    return ""


def _manifests(place: Path) -> list[Path]:
    place = part_of(place) or place
    if place.name == HEADER_FILE and place.exists():
        return _manifests(place.parent)
    folder = place if place.is_dir() else place.parent
    there = [one for one in sorted(folder.iterdir()) if MANIFEST.fullmatch(one.name)]
    if place.is_dir():
        return _of_folder(place, there)
    place.stat()  # OSError for a missing file, even if its manifest is left
    found = [place] if place in there else [one for one in there if place.name in files_in(one)]
    found = found or [one for one in there if not files_in(one)]  # reading it reports what is wrong with it
    if not found:
        raise GeneratorError(f"{place}: in no manifest; {_WANTED}")
    return _siblings(found[0], there)


def _of_folder(folder: Path, there: list[Path]) -> list[Path]:
    found = [one for one in there if is_of_folder(one.name)] or there
    if len({path.name.rpartition("manifest")[0] for path in found}) > 1:
        raise GeneratorError(f"{folder} has several manifests; wanted one of them, for example: {found[0]}")
    if not found:
        raise GeneratorError(f"{folder}: no manifest in it; {_WANTED}")
    return found


def is_of_folder(name: str) -> bool:
    """Whether a manifest is of the folder (NDJSON, CSV, Parquet), not of one document or database with its stem."""
    called = MANIFEST.fullmatch(name)
    return called is not None and not called[1]


def files_in(path: Path) -> list[str]:
    """The names of the files in a manifest; none if it cannot be read."""
    try:
        return [file["name"] for file in _read(path)["files"]]
    except (OSError, GeneratorError):
        return []


def _siblings(path: Path, there: list[Path]) -> list[Path]:
    """The manifests of all parts of a set, given one of them."""
    part = re.fullmatch(r"(.*manifest-)\d{5}(-of-\d{5}\.json)", path.name, re.DOTALL)
    if part is None:
        return [path]
    return [one for one in there if one.name.startswith(part[1]) and one.name.endswith(part[2])]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = strict_json(read_bytes(path, MOST_BYTES))
    except ValueError as error:
        raise GeneratorError(f"{path}: not JSON: {error}; wanted a manifest of vambe-mock generate") from error
    except DatasetError as error:
        raise GeneratorError(str(error)) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise GeneratorError(f"{path}: not a manifest; wanted one of vambe-mock generate")
    try:
        names = [file["name"] for file in found["files"] if file["bytes"] >= 0]
        outside = [name for name in names if Path(name).name != name or "\\" in name or name in ("", "..")]
        whole = found["part"]["number"] <= found["part"]["of"] and int(found["content_sum"], 16) >= 0
        _ = (
            found["content_hash"],
            found["header_hash"],
            [found["arguments"][key] for key in ("contacts", "seed", "anchor")],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GeneratorError(f"{path}: an incomplete manifest; wanted one of vambe-mock generate") from error
    if outside or not names or not whole:
        raise GeneratorError(f"{path}: files {outside or names}; wanted the names of files in the same folder")
    return found


def _recompute(files: list[Path]) -> tuple[dict[str, Any], content_hash.Content, int]:
    """Read a set: its header, its content, and the number of contacts."""
    from vambe_mock.datasets.loading import contents  # pydantic comes with it, and writing needs none

    data = [path for path in files if form(path)[0] and path.name != HEADER_FILE] or files
    header, contacts = contents(data[0])
    if form(data[0])[0] == "parquet":
        from vambe_mock.generator.sets import parquet_files  # needs pyarrow

        return header, *parquet_files.content_of(data, header)
    counted = _CountedLines(lines(data) if form(data[0])[0] == "ndjson" else _lines(contacts))
    return header, content_hash.of_lines(counted), counted.count


def _lines(contacts: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return (f"{rows.line(contact)}\n".encode() for contact in contacts)


class _CountedLines:
    """Counts lines while passing them on."""

    def __init__(self, passing: Iterable[bytes]) -> None:
        self._lines, self.count = passing, 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.count += 1
            yield line
