"""What is in a folder already: whether a run would take header or manifest from contacts that stay there.

NDJSON, CSV and Parquet files share one `dataset.json` and one `manifest.json` with all that is in their folder; a
document and a database of the same stem share a manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vambe_mock.datasets.files import HEADER_FILE, MANIFEST, form
from vambe_mock.generator.encoding.text_formats import header_text
from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.sets.job import BESIDE, Part
from vambe_mock.generator.sets.manifest import files_in, is_of_folder

if TYPE_CHECKING:
    from pathlib import Path

    from vambe_mock.generator.sets.job import Job


def refuse_neighbours(job: Job, folder: Path, names: list[str]) -> None:
    """Raises GeneratorError where another set in the folder needs what the run, with files of these names, replaces.

    `--force` replaces a set, so it changes nothing here: the contacts of the other one would stay, and mean something
    else or cannot be verified any more.
    """
    try:
        there = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a folder that can be read") from error
    shared = _shared(job, there, names)
    kept = {job.data_name(Part(number, job.part.of)) for number in range(1, job.part.of + 1)} | {*names}
    told = {name: {*files_in(folder / name)} & there for name in there if MANIFEST.fullmatch(name)}
    others = sorted(_owners(folder, told, there, shared) - kept)
    example = folder / job.stem / job.data_name(Part())
    if others:
        raise GeneratorError(
            f"{folder} has {others[0]}, which needs the {' and '.join(shared)} there; wanted a folder of its own, "
            f"for example: vambe-mock generate {example} (or {others[0]} removed)"
        )
    if job.format in BESIDE and any(HEADER_FILE in files for files in told.values()):
        raise GeneratorError(
            f"{folder / HEADER_FILE} is a document with contacts of its own; wanted another folder, "
            f"for example: vambe-mock generate {example}"
        )
    if HEADER_FILE in shared and job.part.of > 1 and not job.force and not _same_header(job, folder):
        raise GeneratorError(f"{folder / HEADER_FILE} is there already, of another set; --force replaces it")


def _shared(job: Job, there: set[str], names: list[str]) -> list[str]:
    """The files that the run writes, that other contacts may need, and that are there already."""
    header = job.format in BESIDE or HEADER_FILE in names  # a document may be called so
    written = [HEADER_FILE, job.manifest_name] if header else [job.manifest_name]
    return [name for name in written if name in there]


def _owners(folder: Path, told: dict[str, set[str]], there: set[str], shared: list[str]) -> set[str]:
    """The contacts' files that belong to these, as manifests tell; where none does, all that may."""
    owned = {file for name in shared if name in told for file in told[name]}
    if HEADER_FILE not in shared:
        return owned
    beside = [files for name, files in told.items() if is_of_folder(name)] or [there]
    return owned | {file for files in beside for file in files if form(folder / file)[0] in BESIDE}


def _same_header(job: Job, folder: Path) -> bool:
    return (folder / HEADER_FILE).read_bytes() == header_text(job.plan.header()).encode()
