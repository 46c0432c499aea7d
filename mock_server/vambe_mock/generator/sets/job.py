"""What is to be written, and where: the arguments of one run, checked before anything is drawn."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vambe_mock.contract.vocabulary import FILE_FORMATS
from vambe_mock.datasets.files import MANIFEST, form, set_name
from vambe_mock.generator.encoding.content_hash import BLOCK
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe.plan import Plan

if TYPE_CHECKING:
    from vambe_mock.generator.recipe.knobs import Shape

TEXTS = ("json", "ndjson", "csv")
BESIDE = ("ndjson", "csv", "parquet")
"""The formats whose header is in a `dataset.json` beside them."""
COMPRESSIONS = {"gz": ".gz", "zst": ".zst"}

CHUNK = 1 << 14
PARQUET_CHUNK = 1 << 15  # a fifth quicker; lines are made of fewer at once, and twice as many would be memory only

_EXAMPLE = "for example: vambe-mock generate contacts.ndjson"


@dataclass(frozen=True)
class Part:
    """Shard `number` of `of`, counted from 1, or the whole as 1 of 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Part:
        """`2/7` -> the second of seven."""
        parts = re.fullmatch(r"0*(\d{1,5})/0*(\d{1,5})", text)
        number, of = map(int, parts.groups()) if parts else (0, 0)
        if not 1 <= number <= of:
            raise GeneratorError(f"--shard {text}; wanted: i/n with i from 1 to n, for example: --shard 2/7")
        return cls(number, of)

    def bounds(self, count: int) -> tuple[int, int]:
        """The contact numbers of this part: from the first up to, but not with, the second. Whole blocks of 64."""
        blocks = -(-count // BLOCK)
        first, stop = (min(count, blocks * at // self.of * BLOCK) for at in (self.number - 1, self.number))
        return first, stop

    @property
    def suffix(self) -> str:
        """What the names of this part's files have after their stem: nothing for the whole."""
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
    """How the name that was given ends: `.jsonl`, `.CSV.gz`; nothing where only a folder was given."""

    @property
    def plan(self) -> Plan:
        """The plan of the set, checked."""
        return Plan.of(self.seed, self.count, self.anchor, self.shape)

    @property
    def bounds(self) -> tuple[int, int]:
        """The contact numbers of this run."""
        return self.part.bounds(self.count)

    def data_name(self, part: Part) -> str:
        """The name of the file with a part's contacts."""
        usual = f".{self.format}{COMPRESSIONS.get(self.compression, '')}"
        return f"{self.stem}{part.suffix}{self.ending or usual}"

    @property
    def manifest_name(self) -> str:
        """The name of the manifest: a document's or database's own, or the folder's."""
        own = "" if self.format in BESIDE or self.stem == "contacts" else f"{self.stem}."
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
) -> Job:
    """A job from what the command line says: the format also by the name, `-` for standard output."""
    named, packed = form(Path(out)) if out != "-" else ("", "")
    kind = _format(out, format_, named)
    compressed = _compression(kind, compression, packed.removeprefix("."))
    folder, stem, ending = _place(out, named, kind, packed)
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
        ending=ending + ("" if packed or not named else COMPRESSIONS.get(compressed, "")),
    )


def _format(out: str, asked: str | None, named: str) -> str:
    if asked is not None and asked not in FILE_FORMATS:
        raise GeneratorError(f"--format {asked}; wanted one of {', '.join(FILE_FORMATS)}, {_EXAMPLE}")
    if asked and named and asked != named:
        raise GeneratorError(f"--format {asked} and a file name that says {named}; wanted one of them, {_EXAMPLE}")
    if not (asked or named) and out != "-" and Path(out).suffix:
        raise GeneratorError(f"{out}: an unknown format; wanted .{', .'.join(FILE_FORMATS)} or --format, {_EXAMPLE}")
    kind = asked or named or "ndjson"
    if out == "-" and kind not in TEXTS:
        raise GeneratorError(f"--format {kind} on standard output; wanted one of {', '.join(TEXTS)}, or a file name")
    return kind


def _place(out: str, named: str, kind: str, packed: str) -> tuple[Path | None, str, str]:
    """Folder, stem and ending of the file's name."""
    if not out.strip():
        raise GeneratorError(f'"{out}" as OUT; wanted a file, a folder or -, {_EXAMPLE}')
    if out == "-":
        return None, "contacts", ""
    path = Path(out)
    if not named and form(Path(f"contacts{path.name}"))[0]:
        raise GeneratorError(f"{out}: a name without a beginning; wanted something like contacts{path.name}")
    if not named:
        return path, "contacts", ""
    if MANIFEST.fullmatch(path.name):
        raise GeneratorError(f"{out}: a name that manifests have; wanted something like contacts.{kind}")
    if set_name(path) != path.name:
        raise GeneratorError(f"{out}: a name that parts have; wanted something like {set_name(path)}")
    if path.name.encode(errors="replace").decode() != path.name:
        raise GeneratorError(f"{out}: a name that is no text in UTF-8; wanted something like contacts.{kind}")
    stem = path.name[: len(path.name) - len(packed)].rpartition(".")[0]
    return path.parent, stem, path.name.removeprefix(stem)


def _compression(kind: str, option: str | None, named: str) -> str:
    if option and named and option != named:
        raise GeneratorError(f"--compress {option} and a file name that says {named}; wanted one of them, {_EXAMPLE}")
    asked = option or named
    if asked and asked not in COMPRESSIONS:
        raise GeneratorError(
            f"--compress {asked}; wanted one of {', '.join(COMPRESSIONS)}, for example: --compress zst"
        )
    if asked and kind not in TEXTS:
        raise GeneratorError(f"{kind} is not compressed from outside; wanted {', '.join(TEXTS)} for .{asked}")
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
