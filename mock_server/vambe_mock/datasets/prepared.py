"""``--prepared``: a large data set as the store has it, in a file, so that the next start neither parses nor sorts.

The file is made of the arrays of the store, all instants as written in the set, and is mapped into memory. It is used
only if it is the user's alone and whole, and if the set's files are those that it was made of: by size, times and
inode, or else by their content. Otherwise the set is read as usual, and prepared again
(`prepared-set`).
"""

from __future__ import annotations

import json
import mmap
import os
import re
import stat
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import INSTANT_FIELDS, Entity, InstantField
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.document import Header
from vambe_mock.datasets.files import HEADER_FILE, MANIFEST, files_of
from vambe_mock.datasets.instant_texts import TEXT, WIDTH, texts
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.store.bitmaps import CODE_BITS, MOST_ALONE, RANK_BITS, CodeIndex, RankIndex
from vambe_mock.store.columns import NO_INSTANT, Codes, Columns
from vambe_mock.store.ids import WireIds
from vambe_mock.store.orders import Order, ReadKeys
from vambe_mock.store.state import State
from vambe_mock.store.wire import WireBuffer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from vambe_mock.store.filters import ColumnName

FORM: Final = f"vambe-mock-prepared/2 {MOST_ALONE} {CODE_BITS} {RANK_BITS}"
"""Changes with everything that the arrays mean."""

_END: Final = b"prepared"
_FOOT: Final = 32 + 8 + len(_END)
_ALIGNED: Final = 64
_BLOCK: Final = 8_192
_PIECE: Final = 1 << 20
_AFTER: Final = {name: re.compile(rb'"%s":"' % name.encode()) for name in INSTANT_FIELDS}
"""What an instant stands after in a contact's JSON; in a string, the first quote would have a backslash before it."""

Arrays = dict[str, "NDArray[Any]"]


class Unusable(Exception):  # noqa: N818 - no error: the set is read as usual
    """There is no prepared form that can be used."""


class Prepared(NamedTuple):
    """What is in the file, which is ``mapped`` into memory: the ``arrays``, and ``meta``, which describes them."""

    meta: dict[str, Any]
    arrays: Arrays
    mapped: mmap.mmap


class PreparedDataset(Dataset):
    """A data set whose store was prepared in a file."""

    def __init__(self, prepared: Prepared, plainly: Callable[[], Dataset]) -> None:
        """The set that was *prepared*; *plainly* reads it from its own files."""
        super().__init__(Header.model_validate(prepared.meta["header"]))
        self._meta, self._arrays, self._mapped = prepared
        self._plainly = plainly

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self._arrays["starts"])

    def columns(self, shift: int) -> Columns:
        """The contacts as columns, every instant moved by *shift* milliseconds."""
        return self.state(shift).columns

    def state(self, shift: int) -> State:
        """The contacts in their orders, indexed, every instant moved by *shift* milliseconds."""
        arrays = self._arrays
        moved = {name: _moved(arrays[name], shift, NO_INSTANT) for name in INSTANT_FIELDS}
        if not all(_can_be_written(one) for one in moved.values()):
            return self._plainly().state(shift)  # which says so
        codes = {
            name: Codes(arrays[f"codes {place}"], {value: code for code, value in enumerate(values)})
            for place, (name, values) in enumerate(self._names())
        }
        buffer = arrays["buffer"]
        if shift:
            buffer = np.array(buffer)
            for name in INSTANT_FIELDS:
                _write(buffer, arrays[f"places {name}"], moved[name][arrays[f"rows {name}"]])
            _forget(self._mapped)
        columns = Columns(
            ids=arrays["ids"] if "ids" in arrays else WireIds(buffer, arrays["starts"]),
            wire=WireBuffer(buffer, arrays["starts"], arrays["lengths"]),
            **moved,
            current_stage_id=codes.pop("current_stage_id"),
            default_stage_id=codes.pop("default_stage_id"),
            custom=cast("dict[tuple[Entity, str], Codes]", codes),
        )
        orders = {name: self._order(name, columns) for name in INSTANT_FIELDS}
        return State(columns, orders, len(columns))

    def _names(self) -> list[tuple[ColumnName, list[Any]]]:
        return [(tuple(name) if isinstance(name, list) else name, values) for name, values in self._meta["codes"]]

    def _order(self, name: InstantField, columns: Columns) -> Order:
        arrays = self._arrays
        rows = arrays[f"order {name}"]
        order = Order(name, rows, ReadKeys(name, columns, rows), columns)
        for place, (column, _) in enumerate(self._names()):
            order.indexed_codes[column] = CodeIndex(_digits(arrays, f"code index {name} {place}"))
        for other in self._meta["ranks"][name]:
            order.indexed_ranks[other] = RankIndex(_digits(arrays, f"rank index {name} {other}"))
        return order


def _digits(arrays: Arrays, name: str) -> tuple[NDArray[np.uint64], ...]:
    return tuple(arrays[one] for one in arrays if one.startswith(f"{name} digit "))


def _moved(milliseconds: NDArray[np.int64], shift: int, none: int) -> NDArray[np.int64]:
    return np.where(milliseconds == none, none, milliseconds + shift) if shift else milliseconds


def _can_be_written(milliseconds: NDArray[np.int64]) -> bool:
    known = milliseconds[milliseconds != NO_INSTANT]
    return not len(known) or bool(known.min() >= instants.EARLIEST and known.max() <= instants.LATEST)


def _write(buffer: NDArray[np.uint8], places: NDArray[Any], milliseconds: NDArray[np.int64]) -> None:
    """Write each instant at its place in *buffer*: every text there is of the same width."""
    if len(places):
        everywhere = np.ndarray(len(buffer) - WIDTH + 1, dtype=TEXT, buffer=buffer.data, strides=(1,))
        everywhere[places] = texts(milliseconds)


def load_prepared(data: Path, folder: Path, read: Callable[[Path], Dataset]) -> Dataset:
    """The data set at *data*, prepared in *folder*, or else as *read* reads it, and then prepared for the next time.

    A set that is not large is not prepared: it loads as quickly. Raises DatasetError for a set that cannot be used, or
    a folder that others can use or that cannot be written.
    """
    _private(folder)
    path = folder / f"{blake2b(os.fsencode(data.absolute()), digest_size=16).hexdigest()}.prepared"
    try:
        before = _stamp(data)
    except (DatasetError, OSError):
        return read(data)  # which says what is wrong
    try:
        prepared = _opened(path)
        if prepared.meta["stamp"] == before or prepared.meta["content"] == _content(data):
            return PreparedDataset(prepared, lambda: read(data))
        del prepared  # Windows replaces no file that is mapped
    except (Unusable, OSError, ValueError, KeyError, TypeError):
        pass  # the set itself decides
    dataset = read(data)
    columns = dataset.columns(0)
    if not isinstance(columns.wire, WireBuffer) or not len(columns):
        return dataset
    try:
        content = _content(data)
        if _stamp(data) != before:  # written to while it was read
            return dataset
        _save(path, dataset.header, State.of(columns), before, content)
        del columns
        return PreparedDataset(_opened(path), lambda: read(data))
    except Unusable:
        return dataset
    except OSError as error:
        if sys.platform == "win32" and path.exists():  # the server that reloads it, or another one, has it mapped
            return dataset
        reason = (error.strerror or str(error)).lower()
        raise DatasetError(f"--prepared {folder}: {reason}; wanted a folder with room for the data set") from error


def _private(folder: Path) -> None:
    """Make *folder* for this user alone. Raises DatasetError if it is others' as well."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DatasetError(
            f"--prepared {folder}: {reason}; wanted a folder, for example --prepared .prepared"
        ) from error
    if not _is_ours(found):
        raise DatasetError(
            f"--prepared {folder}: others can use it (mode {stat.S_IMODE(found.st_mode):o}); "
            f"wanted a folder for you alone, for example after: chmod 700 {folder}"
        )


def _is_ours(found: os.stat_result) -> bool:
    """Whether only this user can read and write it; where there are no such users, anything is."""
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)


def _sources(data: Path) -> list[Path]:
    """The files that the set at *data* is read from, its header and manifests included."""
    files = files_of(data)
    beside = [one for one in files[0].parent.iterdir() if one.name == HEADER_FILE or MANIFEST.fullmatch(one.name)]
    return sorted({*files, *beside})


def _stamp(data: Path) -> list[list[Any]]:
    """Changes when a file is written or replaced, even by one of the same size and time."""
    found = [(one, one.stat()) for one in _sources(data)]
    return [[str(one), at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino, at.st_dev] for one, at in found]


def _content(data: Path) -> str:
    """A hash of all the files' bytes and names."""
    found = blake2b(digest_size=32)
    for path in _sources(data):
        found.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                found.update(piece)
    return found.hexdigest()


def _save(path: Path, header: Header, state: State, stamp: list[list[Any]], content: str) -> None:
    """Write the prepared form at once, or not at all. Raises OSError, or Unusable where the JSON is not as expected."""
    arrays, meta = _described(state)
    meta |= {"form": FORM, "header": header.model_dump(mode="json"), "stamp": stamp, "content": content}
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")  # for the user alone
    try:
        with os.fdopen(handle, "w+b") as file:
            meta["arrays"] = {}
            for key, one in arrays.items():
                file.write(bytes(-file.tell() % _ALIGNED))
                meta["arrays"][key] = [one.dtype.str, list(one.shape), file.tell()]
                file.write(np.ascontiguousarray(one).data.cast("B") if one.size else b"")
            file.write(bytes(-file.tell() % _ALIGNED))
            file.flush()
            size = file.tell()
            with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as mapped:
                meta["sum"] = _sum(np.frombuffer(mapped, dtype=np.uint64))
            told = json.dumps(meta).encode()
            file.write(told + blake2b(told, digest_size=32).digest() + len(told).to_bytes(8, "little") + _END)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _described(state: State) -> tuple[Arrays, dict[str, Any]]:
    columns, wire = state.columns, cast("WireBuffer", state.columns.wire)
    size = int((wire.starts.astype(np.int64) + wire.lengths).max())
    arrays: Arrays = {
        "buffer": wire.buffer[:size],
        "starts": wire.starts,
        "lengths": wire.lengths,
        **({} if isinstance(columns.ids, WireIds) else {"ids": columns.ids}),
        **{name: getattr(columns, name) for name in INSTANT_FIELDS},
    }
    in_buffer = np.argsort(wire.starts, kind="stable").astype(np.int32)
    for name in INSTANT_FIELDS:
        rows = in_buffer[getattr(columns, name)[in_buffer] != NO_INSTANT]
        places = np.fromiter((found.end() for found in _AFTER[name].finditer(wire.buffer[:size].data)), np.int64)
        if len(places) != len(rows):
            raise Unusable
        arrays |= {f"rows {name}": rows, f"places {name}": places.astype(wire.starts.dtype)}
    names: list[ColumnName] = ["current_stage_id", "default_stage_id", *columns.custom]
    for place, column in enumerate(names):
        arrays[f"codes {place}"] = columns.coded(column).codes
    state.index()
    for name, order in state.orders.items():
        arrays[f"order {name}"] = order.rows
        indexes: dict[str, CodeIndex | RankIndex] = {}
        indexes |= {f"code index {name} {place}": order.indexed_codes[one] for place, one in enumerate(names)}
        indexes |= {f"rank index {name} {other}": index for other, index in order.indexed_ranks.items()}
        for key, index in indexes.items():
            arrays |= {f"{key} digit {digit}": sets for digit, sets in enumerate(index.digits)}
    values = [[name, list(columns.coded(name).codes_by_value)] for name in names]
    return arrays, {"codes": values, "ranks": {name: list(one.indexed_ranks) for name, one in state.orders.items()}}


def _opened(path: Path) -> Prepared:
    """What ``_save`` wrote. Raises Unusable, OSError, ValueError or KeyError for anything else."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or not _is_ours(found) or found.st_size < _FOOT:
            raise Unusable
        mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        file.seek(-_FOOT, os.SEEK_END)
        foot = file.read()
    end = found.st_size - _FOOT
    size = int.from_bytes(foot[32:40], "little")
    told = mapped[max(end - size, 0) : end]
    if not foot.endswith(_END) or blake2b(told, digest_size=32).digest() != foot[:32]:
        raise Unusable
    meta: dict[str, Any] = json.loads(told)
    if meta["form"] != FORM or meta["sum"] != _sum(np.frombuffer(mapped, np.uint64, (end - size) // 8)):
        raise Unusable
    _forget(mapped)
    arrays = {
        name: np.frombuffer(mapped, kind, int(np.prod(shape)), at).reshape(shape)
        for name, (kind, shape, at) in meta["arrays"].items()
    }
    return Prepared(meta, arrays, mapped)


def _forget(mapped: mmap.mmap) -> None:
    """Let go of what was looked at once and would count as our memory; it is read again where it is needed."""
    if hasattr(mapped, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def _sum(words: NDArray[np.uint64]) -> str:
    """A hash of the sums of blocks of words: damage is found at the speed of the memory, which no hash of all has."""
    whole = len(words) // _BLOCK * _BLOCK
    sums = words[:whole].reshape(-1, _BLOCK).sum(axis=1, dtype=np.uint64)
    return blake2b(sums.tobytes() + words[whole:].tobytes(), digest_size=32).hexdigest()
