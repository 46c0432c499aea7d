"""The manifest: what a set was made of, what is in it, and the hash by which it can be proved."""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_server import __version__
from mock_server.dataset import DatasetError
from mock_server.generator import content, pools, rows
from mock_server.generator.edge_cases import instant
from mock_server.generator.files import reason
from mock_server.generator.problems import GeneratorError
from mock_server.readers import contents, form, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mock_server.generator.chunks import Maker
    from mock_server.generator.job import Job

FORMAT = "vambe-mock-manifest/2"
ALGORITHM = 1
"""Goes up with every change of the generator that changes what the same arguments make."""


def manifest(job: Job, maker: Maker, files: list[Path]) -> dict[str, Any]:
    """The manifest of what a job has written."""
    first, stop = job.bounds
    whole = job.part.of == 1
    return {
        "format": FORMAT,
        "arguments": {
            "contacts": job.count,
            "seed": job.seed,
            "anchor": instant(job.anchor),
            "format": job.format,
            "shape": job.shape.plain(),
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
        "counts": maker.counts.plain(),
        "content_sum": maker.content.text(),
        "content_hash": maker.content.hash(maker.plan.header()) if whole else None,
    }


def name_of(path: Path) -> str:
    """The name that a file written aside will have."""
    aside = re.fullmatch(r"\.(.+)\.\d+\.partial", path.name)
    return aside[1] if aside else path.name


@dataclass(frozen=True)
class Verdict:
    """Whether a set is what its manifests say, in one line."""

    same: bool
    text: str


def verify(place: Path) -> Verdict:
    """Recompute the hash of the set in a folder, or of the one that a manifest or data file belongs to."""
    try:
        manifests = [_read(path) for path in _manifests(place)]
    except OSError as error:
        raise GeneratorError(f"{place}: {reason(error)}; wanted the folder of a generated set") from error
    folder = place if place.is_dir() else place.parent
    part = manifests[0]["part"]
    numbers = sorted(one["part"]["number"] for one in manifests)
    if numbers != [*range(1, part["of"] + 1)]:
        return Verdict(same=False, text=f"{folder}: {len(numbers)} of {part['of']} parts; the set is not complete")
    total = sum(int(one["content_sum"], 16) for one in manifests) % (1 << 256)
    stated = manifests[0]["content_hash"]
    files = {file["name"]: file["bytes"] for one in manifests for file in one["files"]}
    try:
        sizes = {name: (folder / name).stat().st_size for name in files}
        header, found, count = _recompute([folder / name for name in files])
    except (OSError, DatasetError, KeyError, ValueError, TypeError) as error:
        return Verdict(same=False, text=f"{folder}: cannot be read as it was written: {error}")
    arguments = manifests[0]["arguments"]
    contacts = arguments["contacts"]
    for key in ("seed", "anchor"):
        if header.get(key) != arguments[key]:
            text = f"{folder}: the header's {key} is {header.get(key)}; the manifest says {arguments[key]}"
            return Verdict(same=False, text=text)
    if count != contacts:
        return Verdict(same=False, text=f"{folder}: {count} contacts; the manifest says {contacts}")
    if found.total != total or (stated is not None and found.hash(header) != stated):
        return Verdict(same=False, text=f"{folder}: content hash {found.hash(header)}; the manifest says {stated}")
    for name, size in files.items():
        if sizes[name] != size:
            return Verdict(same=False, text=f"{folder / name}: {sizes[name]} bytes; the manifest says {size}")
    return Verdict(
        same=True, text=f"{folder}: {count:,} contacts, content hash {found.hash(header)}, as the manifest says"
    )


def _manifests(place: Path) -> list[Path]:
    if place.is_dir():
        found = sorted(place.glob("manifest*.json")) or sorted(place.glob("*.manifest*.json"))
        if len({path.name.rpartition("manifest")[0] for path in found}) > 1:
            raise GeneratorError(f"{place} has several manifests; wanted one of them, for example: {found[0]}")
    elif "manifest" in place.name:
        found = [place]
    else:
        stem = place.name.partition(".")[0]
        part = re.search(r"-\d{5}-of-\d{5}$", stem)
        suffix = part[0] if part else ""
        names = (f"{stem.removesuffix(suffix)}.manifest{suffix}.json", f"manifest{suffix}.json")
        found = [one for one in (place.parent / name for name in names) if one.exists()]
    if not found or not found[0].exists():
        raise GeneratorError(f"{place}: no manifest there; wanted the folder of a generated set")
    return found if place.is_dir() else _siblings(found[0])


def _siblings(path: Path) -> list[Path]:
    """The manifests of all parts of a set, from one of them."""
    part = re.fullmatch(r"(.*manifest-)\d{5}(-of-\d{5}\.json)", path.name, re.DOTALL)
    if part is None:
        return [path]
    return sorted(one for one in path.parent.iterdir() if one.name.startswith(part[1]) and one.name.endswith(part[2]))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise GeneratorError(f"{path}: not a manifest that can be read: {error}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise GeneratorError(f"{path}: not a manifest of vambe-mock generate")
    try:
        names = [file["name"] for file in found["files"] if file["bytes"] >= 0]
        whole = found["part"]["number"] <= found["part"]["of"] and int(found["content_sum"], 16) >= 0
        _ = found["content_hash"], [found["arguments"][key] for key in ("contacts", "seed", "anchor")]
    except (KeyError, TypeError, ValueError) as error:
        raise GeneratorError(f"{path}: not a manifest of vambe-mock generate: {error!r}") from error
    outside = [name for name in names if Path(name).name != name or "\\" in name]
    if outside or not names or not whole:
        raise GeneratorError(f"{path}: files {outside or names}; wanted names of files in its own folder")
    return found


def _recompute(files: list[Path]) -> tuple[dict[str, Any], content.Content, int]:
    """The header of the set in these files, the content that they hold, and how many contacts that is."""
    data = [path for path in files if form(path)[0] and path.name != "dataset.json"] or files
    header, contacts = contents(data[0])
    counted = _Counted(lines(data) if form(data[0])[0] == "ndjson" else _lines(contacts))
    return header, content.of_lines(counted), counted.count


def _lines(contacts: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return (f"{rows.line(contact)}\n".encode() for contact in contacts)


class _Counted:
    """Lines that are counted while they pass."""

    def __init__(self, passing: Iterable[bytes]) -> None:
        self._passing, self.count = passing, 0

    def __iter__(self) -> Iterator[bytes]:
        for one in self._passing:
            self.count += 1
            yield one
