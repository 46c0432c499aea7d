"""The files of a data set: their names, numbered parts and compression.

A set is one file, or the numbered parts that shards and processes write, in a folder of its own or named directly. Only
regular files are read, and each has a bound (`files-are-bounded`).
"""

from __future__ import annotations

import os
import re
import stat
import sys
from importlib import import_module
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vambe_mock.contract.vocabulary import FileFormat
    from vambe_mock.datasets.document import Record

HEADER_FILE = "dataset.json"
"""The file with the header, beside contacts in a format that has no room for it."""
MANIFEST = re.compile(r"(.+\.)?manifest(-\d{5}-of-\d{5})?\.json", re.DOTALL)
"""The file name of a manifest, of a whole set or of a part."""

BOM = b"\xef\xbb\xbf"
"""The byte order mark that some editors write before UTF-8."""

_PART = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<of>\d{5})(?P<suffixes>(\.\w+)+)", re.DOTALL)
_SUFFIXES: dict[str, FileFormat] = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".db": "sqlite",
}
_COMPRESSIONS = (".gz", ".zst")
_PIECE = 1 << 20  # bytes

MOST_IN_DOCUMENT = 1 << 30
"""Bytes of a JSON document, which is parsed as a whole: one and a half million contacts."""
MOST_IN_LINE = 1 << 24
"""Bytes of a line of NDJSON or CSV; a contact has less than a thousand."""
_MOST_TIMES = 100
"""How many times larger than its file unpacked data may be. Contacts shrink to a tenth: their ids are random."""
_ALWAYS_UNPACKED = 1 << 26

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def files_of(path: Path) -> list[Path]:
    """The files with the contacts of the data set at `path`: one file, or all parts in order. Raises DatasetError."""
    if path.is_dir():
        path = _in_folder(path)
    elif path.name == HEADER_FILE and "contacts" not in json_object(read_bytes(path), path):
        path = _in_folder(path.parent)
    path = part_of(path) or path
    if part := _PART.fullmatch(path.name):
        return _parts(path, part)
    if not path.exists():  # said first: neither its type nor a file that would be beside it is what is wrong
        raise DatasetError(f"{path}: no such file or directory; wanted a data set that can be read")
    return [_known(path)]


def part_of(path: Path) -> Path | None:
    """The first part of the set named `path` if it was written in parts; None if the file itself exists.

    Raises DatasetError if there are parts of several sets.
    """
    if path.exists():
        return None
    from glob import escape

    stem = Path(path.name[: len(path.name) - len(form(path)[1])]).stem
    suffixes = path.name.removeprefix(stem)
    beside = path.parent.glob(f"{escape(stem)}-00001-of-[0-9][0-9][0-9][0-9][0-9]{escape(suffixes)}")
    return _first_of_one([*beside])


def _first_of_one(parts: list[Path]) -> Path | None:
    """The first of these files, None if there are none; parts of several sets are refused (`one-set-a-folder`)."""
    counts = sorted({part["of"] for one in parts if (part := _PART.fullmatch(one.name))})
    if len(counts) > 1:
        raise DatasetError(
            f"{parts[0].parent}: found parts of a set of {int(counts[0])} and of a set of {int(counts[1])}; "
            f"wanted the parts of one set, for example: {min(parts)}"
        )
    return min(parts, default=None)


def _in_folder(folder: Path) -> Path:
    """The contacts of the one data set in a folder: the file named contacts, or the only file, or the first part."""
    beside = [one for one in sorted(folder.iterdir()) if form(one)[0] and not MANIFEST.fullmatch(one.name)]
    found = [one for one in beside if one.name != HEADER_FILE]
    contacts = [one for one in found if one.name.startswith("contacts")] or found
    if len(set(map(set_name, contacts))) == 1 and (first := _first_of_one(contacts)):
        return first
    header = folder / HEADER_FILE
    if not contacts and header.exists() and "contacts" in json_object(read_bytes(header), folder):
        return header
    many = f"{contacts[0].name} and {contacts[1].name}" if contacts else "no contacts"
    raise DatasetError(f"{folder}: found {many}; wanted one data set, such as dataset.json beside contacts.ndjson")


def set_name(path: Path) -> str:
    """The name of the file, or, of a part, the name of its set."""
    return _PART.sub(r"\g<stem>\g<suffixes>", path.name)


def _parts(path: Path, part: re.Match[str]) -> list[Path]:
    count = int(part["of"])
    names = [f"{part['stem']}-{number:05d}-of-{count:05d}{part['suffixes']}" for number in range(1, count + 1)]
    missing = [name for name in names if not (path.parent / name).exists()]
    if missing:
        raise DatasetError(f"{path.parent}: part {missing[0]} is missing; wanted all {count} parts")
    return [path.parent / name for name in names]


def _known(path: Path) -> Path:
    if not form(path)[0]:
        known = ", ".join(_SUFFIXES)
        raise DatasetError(f"{path}: unknown file type; wanted one of {known}, optionally with .gz or .zst")
    return path


def form(path: Path) -> tuple[FileFormat | Literal[""], str]:
    """Format and compression by a file's name: `a.ndjson.gz` -> ("ndjson", ".gz"); "" if unknown or none."""
    compression = path.suffix.lower() if path.suffix.lower() in _COMPRESSIONS else ""
    suffix = Path(path.name[: len(path.name) - len(compression)]).suffix.lower()
    return _SUFFIXES.get(suffix, ""), compression


def size_of(path: Path) -> int:
    """The size of a regular file in bytes. Raises DatasetError for a pipe or a device, which might never end."""
    found = path.stat()
    for is_kind, kind in _KINDS:
        if is_kind(found.st_mode):
            raise DatasetError(f"{path}: {kind}; wanted a regular file, such as set.json")
    return found.st_size


def open_bytes(path: Path) -> BinaryIO:
    """The file as a binary stream, decompressed if its name says so.

    Reading it raises DatasetError for a file that is damaged, grows meanwhile, or unpacks to far more than contacts do.
    """
    compression = form(path)[1] or path.suffix.lower()
    if compression == ".gz":
        return BufferedReader(_Unpacked(path, _gunzipped(path)))
    if compression == ".zst":
        return BufferedReader(_Unpacked(path, _unzstd(path, zstd())))
    return _open_regular(path)


def _open_regular(path: Path) -> BinaryIO:
    size = size_of(path)
    # A pipe that takes the file's place in this moment must not hold us up.
    return BufferedReader(_Regular(path, size, open(path, "rb", buffering=0, opener=_open_without_waiting)))


class _Regular(RawIOBase):
    """A regular file up to the size that it has now, so that reading one that grows comes to an end."""

    def __init__(self, path: Path, size: int, file: RawIOBase) -> None:
        self._path, self._size, self._read, self._file = path, size, 0, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer) or 0
        self._read += count
        if self._read > self._size:
            raise DatasetError(f"{self._path}: it grew while it was read; wanted a complete file")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class _Unpacked(RawIOBase):
    """A compressed file as a stream of its content."""

    def __init__(self, path: Path, pieces: Iterator[bytes]) -> None:
        self._path, self._pieces, self._rest = path, pieces, memoryview(b"")
        self._room = max(_ALWAYS_UNPACKED, _MOST_TIMES * size_of(path))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
                self._room -= len(self._rest)
        except StopIteration:
            return 0
        except EOFError:
            raise DatasetError(f"{self._path}: the compressed data is cut off; wanted a complete file") from None
        except _Damaged as error:
            raise DatasetError(f"{self._path}: the compressed data is damaged; wanted a complete file") from error
        if self._room < 0:
            raise DatasetError(
                f"{self._path}: it unpacks to more than {_MOST_TIMES} times its size; wanted contacts, not a bomb"
            )
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken

    def close(self) -> None:
        self._pieces.close()  # type: ignore[attr-defined] # a generator: it closes its file
        super().close()


class _Damaged(Exception):  # noqa: N818 - becomes a DatasetError that names the file
    """The decompressor failed."""


def _gunzipped(path: Path) -> Iterator[bytes]:
    import gzip
    import zlib

    with _open_regular(path) as packed, gzip.open(packed) as file:
        try:
            while piece := file.read(_PIECE):
                yield piece
        except (gzip.BadGzipFile, zlib.error) as error:
            raise _Damaged(error) from error


def _unzstd(path: Path, library: Any) -> Iterator[bytes]:
    """Frame by frame, each with its end, so that a truncated file is noticed."""
    frame = None
    with _open_regular(path) as file:
        while packed := file.read(_PIECE >> 3):
            while packed:
                frame = frame or library.ZstdDecompressor()
                try:
                    yield frame.decompress(packed, _PIECE)
                    while not (frame.eof or frame.needs_input):
                        yield frame.decompress(b"", _PIECE)
                except library.ZstdError as error:
                    raise _Damaged(error) from error
                packed = frame.unused_data if frame.eof else b""
                frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError


def zstd() -> Any:
    """Python's own Zstandard module, or before Python 3.14 its backport. DatasetError says how to install that."""
    return needed("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "generate")


def needed(module: str, extra: str) -> Any:
    """An optional module. DatasetError says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise DatasetError(f"{module} is not installed; install it with: pip install 'vambe-mock[{extra}]'") from error


def lines(files: Iterable[Path]) -> Iterator[bytes]:
    """The lines of text files, with their line breaks."""
    for path in files:
        with open_bytes(path) as file:
            rest = b""
            while block := file.read(_PIECE):
                *whole, rest = (rest + block).split(b"\n")
                yield from (line + b"\n" for line in whole)
                check_line(path, len(rest))
            if rest:
                yield rest


def check_line(path: Path, size: int) -> None:
    """Raise DatasetError for a line of more bytes than any contact has, before memory is full of it."""
    if size > MOST_IN_LINE:
        raise DatasetError(f"{path}: a line of more than {MOST_IN_LINE:,} bytes; wanted a contact in each line")


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """The whole file, decompressed if its name says so. Raises DatasetError for more than *most* bytes.

    By default these are as many as a document may have.
    """
    most = MOST_IN_DOCUMENT if most is None else most
    pieces, size = list[bytes](), 0
    if not form(path)[1] and size_of(path) > most:
        size = size_of(path)  # known without reading
    with open_bytes(path) as file:
        while size <= most and (piece := file.read(_PIECE)):
            pieces.append(piece)
            size += len(piece)
    if size > most:
        raise DatasetError(
            f"{path}: more than {most:,} bytes of JSON in one piece; wanted contacts in NDJSON or Parquet, "
            "which are read piece by piece"
        )
    return b"".join(pieces)


def strict_json(raw: bytes | str) -> Any:
    """The value of JSON in UTF-8. Raises ValueError for anything else, half a surrogate pair included.

    Python's own reader makes strings of such halves, which no answer can contain.
    """
    from pydantic_core import from_json  # the generator, which only writes, does without

    return from_json(raw)


def json_object(raw: bytes, path: Path, where: str = "") -> Record:
    """Parse `raw` as a JSON object. Raises DatasetError with one line that names `path` and the place in it."""
    try:
        value = strict_json(raw.removeprefix(BOM))
    except ValueError as error:
        raise DatasetError(f"{path}: {where}not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path}: {where}wanted a JSON object")
    return value
