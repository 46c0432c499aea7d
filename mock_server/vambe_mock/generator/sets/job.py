"""A job: what to write and where, checked before anything is drawn."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.vocabulary import FILE_FORMATS
from vambe_mock.datasets.files import MANIFEST, form, set_name
from vambe_mock.generator.encoding.content_hash import BLOCK
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe.plan import Plan

if TYPE_CHECKING:
    from vambe_mock.generator.recipe.knobs import Shape

TEXT_FORMATS = ("json", "ndjson", "csv")
HEADER_BESIDE = ("ndjson", "csv", "parquet")
"""The formats with the header in a separate `dataset.json`."""
COMPRESSIONS = {"gz": ".gz", "zst": ".zst"}

CHUNK = 1 << 14
PARQUET_CHUNK = 1 << 15  # a fifth faster than 1 << 14; for text formats it would only take more memory

COMMAND = "vambe-mock generate"
"""What an example in a message begins with, unless another command writes the set."""


@dataclass(frozen=True)
class Part:
    """Part `number` of `of` of a set, counted from 1; the whole set is part 1 of 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Part:
        """`2/7` -> the second of seven."""
        parts = re.fullmatch(r"0*(\d{1,5})/0*(\d{1,5})", text)
        number, of = map(int, parts.groups()) if parts else (0, 0)
        if not 1 <= number <= of:
            raise GeneratorError(f"--shard {text}; wanted I/N with I from 1 to N, for example: --shard 2/7")
        return cls(number, of)

    def bounds(self, count: int) -> tuple[int, int]:
        """The contact numbers of this part: the first, and the one after the last.

        Both are multiples of 64, but for the end of the set (`set-shards`).
        """
        blocks = -(-count // BLOCK)
        first, stop = (min(count, blocks * at // self.of * BLOCK) for at in (self.number - 1, self.number))
        return first, stop

    @property
    def suffix(self) -> str:
        """What follows the stem in the names of this part's files; empty for the whole set."""
        return f"-{self.number:05d}-of-{self.of:05d}" if self.of > 1 else ""


@dataclass(frozen=True)
class Job:
    """One run of the generator. `folder` is None for standard output."""

    seed: int
    count: int
    anchor: int
    shape: Shape
    format: str
    compression: str
    folder: Path | None
    stem: str
    part: Part = field(default_factory=Part)
    processes: int = 1
    chunk: int = CHUNK
    force: bool = False
    ending: str = ""
    """The suffixes of the name that was given, such as `.jsonl` or `.CSV.gz`; empty if a folder was given."""
    command: str = COMMAND
    """What an example in a message begins with."""

    @property
    def plan(self) -> Plan:
        """The plan of the set. Raises GeneratorError for arguments out of range."""
        return Plan.of(self.seed, self.count, self.anchor, self.shape)

    @property
    def bounds(self) -> tuple[int, int]:
        """The contact numbers of this run: the first, and the one after the last."""
        return self.part.bounds(self.count)

    def data_name(self, part: Part) -> str:
        """The name of the file with the contacts of a part."""
        usual = f".{self.format}{COMPRESSIONS.get(self.compression, '')}"
        return f"{self.stem}{part.suffix}{self.ending or usual}"

    @property
    def manifest_name(self) -> str:
        """The name of the manifest: of the file for documents and databases, else of the folder."""
        own = "" if self.format in HEADER_BESIDE or self.stem == "contacts" else f"{self.stem}."
        return f"{own}manifest{self.part.suffix}.json"


def job(  # noqa: PLR0913 - the options of one command
    out: str,
    *,
    seed: int,
    count: int,
    anchor: int,
    shape: Shape,
    format_: str | None = None,
    compression: str | None = None,
    part: Part | None = None,
    processes: int = 1,
    chunk: int | None = None,
    force: bool = False,
    command: str = COMMAND,
) -> Job:
    """Make a job from the options of the command; `out` may name the format, and `-` is a stream.

    `anchor` is in milliseconds since 1970 UTC; `command` is what examples in messages begin with. Raises
    GeneratorError with one line for an option out of range, or options in conflict.
    """
    named, packed = form(Path(out)) if out != "-" else ("", "")
    example = f"for example: {command} contacts.ndjson"
    kind = _format(out, format_, named, example)
    compressed = _compression(kind, compression, packed.removeprefix("."), example)
    folder, stem, ending = _place(out, named, kind, packed, example)
    return Job(
        seed=seed,
        count=count,
        anchor=anchor,
        shape=shape,
        format=kind,
        compression=compressed,
        folder=folder,
        stem=stem,
        part=part or Part(),
        processes=_processes(processes, kind, out, part or Part()),
        chunk=_chunk(chunk, kind),
        force=force,
        command=command,
        ending=ending + ("" if packed or not named else COMPRESSIONS.get(compressed, "")),
    )


def _format(out: str, asked: str | None, named: str, example: str) -> str:
    if asked is not None and asked not in FILE_FORMATS:
        meant = did_you_mean(asked, FILE_FORMATS)
        raise GeneratorError(f"--format {asked}; {meant}wanted one of {', '.join(FILE_FORMATS)}, {example}")
    if asked and named and asked != named:
        raise GeneratorError(f"--format {asked} and a file name for {named}; wanted one of them, {example}")
    if not (asked or named) and out != "-" and Path(out).suffix:
        meant = did_you_mean(Path(out).suffix, [f".{one}" for one in FILE_FORMATS])
        raise GeneratorError(f"{out}: unknown format; {meant}wanted .{', .'.join(FILE_FORMATS)} or --format, {example}")
    kind = asked or named or "ndjson"
    if out == "-" and kind not in TEXT_FORMATS:
        raise GeneratorError(
            f"--format {kind} on standard output; wanted one of {', '.join(TEXT_FORMATS)}, or a file name"
        )
    return kind


def _place(out: str, named: str, kind: str, packed: str, example: str) -> tuple[Path | None, str, str]:
    """Folder, stem and ending of the file's name. Raises GeneratorError for a name that is reserved (`set-names`)."""
    if not out.strip():
        raise GeneratorError(f'"{out}" as OUT; wanted a file, a folder or -, {example}')
    if out == "-":
        return None, "contacts", ""
    path = Path(out)
    if not named and form(Path(f"contacts{path.name}"))[0]:
        raise GeneratorError(f"{out}: a name of suffixes only; wanted a name like contacts{path.name}")
    if not named:
        return path, "contacts", ""
    if MANIFEST.fullmatch(path.name):
        raise GeneratorError(f"{out}: a name reserved for manifests; wanted a name like contacts.{kind}")
    if set_name(path) != path.name:
        raise GeneratorError(f"{out}: a name reserved for parts; wanted a name like {set_name(path)}")
    if path.name.encode(errors="replace").decode() != path.name:
        raise GeneratorError(f"{out}: a name that is not valid UTF-8; wanted a name like contacts.{kind}")
    stem = path.name[: len(path.name) - len(packed)].rpartition(".")[0]
    return path.parent, stem, path.name.removeprefix(stem)


def _compression(kind: str, option: str | None, named: str, example: str) -> str:
    if option and named and option != named:
        raise GeneratorError(f"--compress {option} and a file name for {named}; wanted one of them, {example}")
    asked = option or named
    if asked and asked not in COMPRESSIONS:
        raise GeneratorError(
            f"--compress {asked}; {did_you_mean(asked, COMPRESSIONS)}wanted one of {', '.join(COMPRESSIONS)}, "
            "for example: --compress zst"
        )
    if asked and kind not in TEXT_FORMATS:
        raise GeneratorError(f"{kind} files cannot be compressed; wanted {', '.join(TEXT_FORMATS)} with .{asked}")
    return asked


def _processes(asked: int, kind: str, out: str, part: Part) -> int:
    most = 4 * (os.cpu_count() or 1)
    if not 1 <= asked <= max(8, most):
        raise GeneratorError(f"--processes {asked}; wanted 1 to {max(8, most)}, for example: --processes 2")
    if asked > 1 and (kind == "sqlite" or out == "-"):
        raise GeneratorError(f"--processes {asked} for {'standard output' if out == '-' else kind}; wanted 1")
    if asked > 1 and kind == "parquet" and part.of > 1:
        raise GeneratorError(
            f"--processes {asked} for a shard of parquet, where each writes a part; wanted --shard or --processes"
        )
    return asked


def _chunk(asked: int | None, kind: str) -> int:
    if asked is None:
        return PARQUET_CHUNK if kind == "parquet" else CHUNK
    if asked < BLOCK or asked % BLOCK or asked > 1 << 20:
        raise GeneratorError(
            f"--chunk {asked}; wanted a multiple of {BLOCK} up to {1 << 20}, for example: --chunk {CHUNK}"
        )
    return asked
