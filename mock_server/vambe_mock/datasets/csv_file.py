"""Contacts as CSV: a line of column names, then a line for each contact (`flat`). An empty cell is null.

Spreadsheets and other tools write CSV in their own ways, which are read too (`other_tools`).
"""

from __future__ import annotations

import csv
import json
from io import StringIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

from vambe_mock.contract.plural import plural
from vambe_mock.contract.vocabulary import FLAG_FIELDS
from vambe_mock.datasets import flat, other_tools
from vambe_mock.datasets.files import MOST_IN_LINE, check_line, open_bytes, strict_json
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vambe_mock.contract.vocabulary import FieldType
    from vambe_mock.datasets.document import Record


def line(values: Iterable[Any]) -> bytes:
    """One line: nothing for null, quotes only where they are needed, numbers and booleans as JSON has them."""
    cells = ["" if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode()


def contacts(files: list[Path], types: dict[str, FieldType]) -> Iterator[Record]:
    """The contacts of the files; `types` has the type of each custom column. Raises DatasetError with one line."""
    names: list[str] = []
    separator = _separator(files[0])
    for path in files:
        for number, row in _rows(path, separator):
            if not names:
                names = flat.checked_columns(path, row)
            elif len(row) == len(names):
                values = zip(names, row, strict=True)
                yield flat.contact({name: _value(name, cell, types, separator) for name, cell in values})
            else:
                raise DatasetError(
                    f"{path}: line {number}: {plural(len(row), 'cell')}; wanted {len(names)}, one for each column"
                )


def _separator(path: Path) -> str:
    """What separates the cells of the file, by its line of names."""
    with TextIOWrapper(open_bytes(path), "utf-8-sig", "replace", newline="") as file:
        return other_tools.separator(next(_lines(path, file), ""))


def _rows(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its last line."""
    with TextIOWrapper(open_bytes(path), "utf-8-sig", newline="") as file:
        reader = csv.reader(_lines(path, file), delimiter=separator)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except UnicodeDecodeError as error:
            raise DatasetError(f"{path}: not UTF-8; wanted CSV in UTF-8") from error
        except csv.Error as error:
            fault = f"line {reader.line_num}: unterminated cell"
            raise DatasetError(f"{path}: {fault}; wanted CSV in which every quote is closed") from error


def _lines(path: Path, file: TextIOWrapper) -> Iterator[str]:
    """The lines of the file, which are bounded: Python would read on until it finds a line break."""
    while line := file.readline(MOST_IN_LINE + 1):
        check_line(path, len(line))
        yield line


def _value(name: str, cell: str, types: dict[str, FieldType], separator: str) -> Any:
    """The value of a cell. An empty one is null, except for the name, which is never null."""
    if not cell:
        return "" if name == "name" else None
    if name in FLAG_FIELDS or types.get(name) == "boolean":
        flag = other_tools.flag(cell)
        return cell if flag is None else flag  # the check of the contact says what is wanted
    if types.get(name) == "number":
        try:
            value = strict_json(other_tools.number(cell, separator))
        except ValueError:
            return cell
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return cell
