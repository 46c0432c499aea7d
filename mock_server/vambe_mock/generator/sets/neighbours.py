"""Other sets in the folder: refuses a run that would replace a header or manifest which they need.

All NDJSON, CSV and Parquet files of a folder share one `dataset.json` and one `manifest.json`; a document and a
database of the same stem share a manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vambe_mock.datasets.files import HEADER_FILE, MANIFEST, form
from vambe_mock.generator.encoding.text_formats import header_text
from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.sets.job import HEADER_BESIDE, Part
from vambe_mock.generator.sets.manifest import files_in, is_of_folder

if TYPE_CHECKING:
    from pathlib import Path

    from vambe_mock.generator.sets.job import Job


def refuse_neighbours(job: Job, folder: Path, names: list[str]) -> None:
    """Raise GeneratorError if another set needs a file that the run would replace; `names` are its data files.

    With `--force` too: the other set would keep its contacts, but get another header or lose its manifest.
    """
    try:
        there = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a readable folder") from error
    shared = _shared(job, there, names)
    kept = {job.data_name(Part(number, job.part.of)) for number in range(1, job.part.of + 1)} | {*names}
    listed = {name: {*files_in(folder / name)} & there for name in there if MANIFEST.fullmatch(name)}
    others = sorted(_owners(folder, listed, there, shared) - kept)
    example = folder / job.stem / job.data_name(Part())
    if others:
        raise GeneratorError(
            f"{folder} has {others[0]}, which needs the {' and '.join(shared)} there; wanted another folder, "
            f"for example: {job.command} {example} (or remove {others[0]})"
        )
    if job.format in HEADER_BESIDE and any(HEADER_FILE in files for files in listed.values()):
        raise GeneratorError(
            f"{folder / HEADER_FILE} is a document with contacts; wanted another folder, "
            f"for example: {job.command} {example}"
        )
    if HEADER_FILE in shared and job.part.of > 1 and not job.force and not _same_header(job, folder):
        raise GeneratorError(f"{folder / HEADER_FILE} exists already, for another set; --force replaces it")


def _shared(job: Job, there: set[str], names: list[str]) -> list[str]:
    """The files that the run would replace and other contacts may need."""
    header = job.format in HEADER_BESIDE or HEADER_FILE in names  # a document may have that name
    written = [HEADER_FILE, job.manifest_name] if header else [job.manifest_name]
    return [name for name in written if name in there]


def _owners(folder: Path, listed: dict[str, set[str]], there: set[str], shared: list[str]) -> set[str]:
    """The files with contacts that need these files, by the manifests; without a manifest, every file that may."""
    owned = {file for name in shared if name in listed for file in listed[name]}
    if HEADER_FILE not in shared:
        return owned
    beside = [files for name, files in listed.items() if is_of_folder(name)] or [there]
    return owned | {file for files in beside for file in files if form(folder / file)[0] in HEADER_BESIDE}


def _same_header(job: Job, folder: Path) -> bool:
    return (folder / HEADER_FILE).read_bytes() == header_text(job.plan.header()).encode()
