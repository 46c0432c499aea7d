"""Chunks of a few thousand contacts: drawn once, then encoded, hashed and counted."""

from __future__ import annotations

from functools import cached_property
from itertools import count as count_from
from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.drawing import draws, rows
from vambe_mock.generator.drawing.draws import NULL
from vambe_mock.generator.encoding import slots
from vambe_mock.generator.encoding.content_hash import BLOCK, Content
from vambe_mock.generator.encoding.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.drawing.rows import Contact
    from vambe_mock.generator.encoding.layout import Bytes
    from vambe_mock.generator.encoding.sheet import Sheet
    from vambe_mock.generator.recipe.plan import Plan
    from vambe_mock.generator.recipe.randomness import Indices

_KEPT = 31 << 20
"""Bytes. Once a block of this size is freed, glibc's malloc keeps up to twice as much freed memory (`man mallopt`)."""


class Maker:
    """Makes the chunks of one plan; holds its sheets, and the content sum and counts of the chunks so far."""

    def __init__(self, plan: Plan) -> None:
        """A maker for a plan's contacts."""
        # Otherwise the memory of each chunk's columns goes back to the system and is cleared for the next chunk, which
        # takes half the time of drawing them.
        np.empty(_KEPT, dtype=np.uint8)
        self.plan, self.content, self.counts = plan, Content(), Counts()

    @cached_property
    def json_sheet(self) -> Sheet:
        """The sheet of JSON lines."""
        return slots.json_lines(self.plan)

    @cached_property
    def csv_sheet(self) -> Sheet:
        """The sheet of CSV lines."""
        return slots.csv_lines(self.plan)

    def chunks(self, first: int, stop: int, size: int) -> Iterator[Chunk]:
        """Contacts `first` to `stop` - 1 in chunks of `size`; `first` and `size` are multiples of 64."""
        for start in range(first, stop, size):
            yield Chunk(self, start, min(start + size, stop))


class Chunk:
    """Contacts `start` to `stop` - 1."""

    def __init__(self, maker: Maker, start: int, stop: int) -> None:
        """Draw the contacts."""
        self.maker, self.plan, self.start, self.stop = maker, maker.plan, start, stop
        self.drawn: Draws = draws.draw(maker.plan, start, stop)

    def json(self) -> Iterator[memoryview]:
        """The JSON lines in pieces; also hashes and counts the contacts."""
        block = self.start // BLOCK
        for lines, sizes in self._text(self.maker.json_sheet, lambda contact: f"{rows.line(contact)}\n".encode()):
            self.maker.content.add(block, lines, sizes)
            block += len(sizes)
            yield lines
        self.count()

    def hash(self) -> None:
        """Hash and count the contacts."""
        for _ in self.json():
            pass

    def csv(self, line: Callable[[Contact], bytes]) -> Iterator[memoryview]:
        """The CSV lines in pieces; `line` encodes an edge case."""
        return (lines for lines, _ in self._text(self.maker.csv_sheet, line))

    @cached_property
    def edge_case_rows(self) -> Indices:
        """The indices of the edge cases in the chunk."""
        first = self.drawn.numbers < np.uint64(len(self.plan.first_patches))
        return np.flatnonzero(first | (self.drawn.repeated_case != NULL))

    @cached_property
    def edge_case_contacts(self) -> list[Contact]:
        """The edge cases as dicts."""
        return rows.rows_of(self.plan, self.drawn.take(self.edge_case_rows))

    def _text(self, sheet: Sheet, line: Callable[[Contact], bytes]) -> Iterator[tuple[memoryview, list[int]]]:
        """The text in pieces, including the edge cases, and the size of each block of 64 contacts in bytes.

        A piece is small enough to stay in the processor's cache for hashing and writing; its memory is reused.
        """
        edge_cases = (
            dict(zip(self.edge_case_rows.tolist(), self.edge_case_contacts, strict=True))
            if len(self.edge_case_rows)
            else {}
        )
        for first, (flat, lengths) in zip(count_from(0, sheet.rows), sheet.render(self.drawn), strict=False):
            here = {row - first: line(edge_cases[row]) for row in edge_cases if first <= row < first + sheet.rows}
            text = memoryview(_with_edge_cases(flat, lengths, here)) if here else flat.data
            yield text, np.add.reduceat(lengths, np.arange(0, len(lengths), BLOCK)).tolist()

    def count(self) -> None:
        """Count the contacts."""
        counts, drawn = self.maker.counts, self.drawn
        if len(self.edge_case_rows):
            counts.add_contacts(self.edge_case_contacts, self.plan.anchor)
            counts.add_edge_cases(self._names())
            drawn_only = np.ones(
                len(drawn.numbers), dtype=np.bool_
            )  # np.setdiff1d would import numpy.ma, which is slow
            drawn_only[self.edge_case_rows] = False
            others = np.flatnonzero(drawn_only)
            if not len(others):
                return
            drawn = drawn.take(others)
        counts.add_draws(drawn, self.plan.anchor)

    def _names(self) -> Iterator[str]:
        for row in self.edge_case_rows.tolist():
            number, case = int(self.drawn.numbers[row]), int(self.drawn.repeated_case[row])
            yield self.plan.first_case_names[number] if case == NULL else self.plan.repeatable_names[case]


def _with_edge_cases(flat: Bytes, lengths: Indices, edge_cases: dict[int, bytes]) -> bytes:
    """Replace the lines of some rows, and set their lengths accordingly."""
    ends, text = np.cumsum(lengths), flat.tobytes()
    pieces, reached = [], 0
    for row, line in edge_cases.items():
        pieces += [text[reached : int(ends[row] - lengths[row])], line]
        reached = int(ends[row])
        lengths[row] = len(line)
    pieces.append(text[reached:])
    return b"".join(pieces)
