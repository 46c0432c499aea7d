"""A few thousand contacts at a time: drawn once, and from there to text, Arrow or dicts, hashed and counted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from mock_server.generator import draws, rows, slots
from mock_server.generator.content import BLOCK, Content
from mock_server.generator.counts import Counts
from mock_server.generator.draws import NULL
from mock_server.generator.sheet import lengths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Buffer

    from mock_server.generator.draws import Draws
    from mock_server.generator.plan import Plan
    from mock_server.generator.randomness import Indices
    from mock_server.generator.rows import Contact
    from mock_server.generator.sheet import Bytes, Sheet, Used

CHUNK = 8192


class Maker:
    """Makes the chunks of one plan; keeps the sheets, and what was hashed and counted so far."""

    def __init__(self, plan: Plan) -> None:
        """A maker of a plan's contacts."""
        self.plan, self.content, self.counts = plan, Content(), Counts()

    @cached_property
    def json_sheet(self) -> Sheet:
        """The sheet of JSON lines."""
        return slots.json_lines(self.plan)

    @cached_property
    def csv_sheet(self) -> Sheet:
        """The sheet of CSV lines."""
        return slots.csv_lines(self.plan)

    def chunks(self, first: int, stop: int, size: int = CHUNK) -> Iterator[Chunk]:
        """The contacts `first` to `stop` - 1 in chunks; `first` and `size` are multiples of 64."""
        for start in range(first, stop, size):
            yield Chunk(self, start, min(start + size, stop))


class Chunk:
    """Contacts `start` to `stop` - 1."""

    def __init__(self, maker: Maker, start: int, stop: int) -> None:
        """Draw them."""
        self.maker, self.plan, self.start, self.stop = maker, maker.plan, start, stop
        self.drawn: Draws = draws.draw(maker.plan, start, stop)

    def json(self) -> bytes | Bytes:
        """Their JSON lines, hashed and counted."""
        flat, used = self.maker.json_sheet.render(self.drawn)
        lines, sizes = self._with_special(flat, used, lambda contact: f"{rows.line(contact)}\n".encode())
        self.maker.content.add(self.start // BLOCK, memoryview(cast("Buffer", lines)), sizes)
        self._count()
        return lines

    def csv(self, line: Callable[[Contact], bytes]) -> bytes | Bytes:
        """Their CSV lines; `line` writes an edge case's."""
        flat, used = self.maker.csv_sheet.render(self.drawn)
        return self._with_special(flat, used, line)[0]

    @cached_property
    def special(self) -> Indices:
        """The places of the edge cases in the chunk."""
        in_head = self.drawn.numbers < np.uint64(len(self.plan.head))
        return np.flatnonzero(in_head | (self.drawn.repeated != NULL))

    @cached_property
    def special_contacts(self) -> list[Contact]:
        """The edge cases as dicts."""
        return rows.rows_of(self.plan, self.drawn.take(self.special))

    def _with_special(
        self, flat: Bytes, used: Used, line: Callable[[Contact], bytes]
    ) -> tuple[bytes | Bytes, list[int]]:
        """The text with the edge cases' own lines in their places, and the size of each block of it in bytes."""
        if not len(self.special):
            return flat, [int(np.count_nonzero(used[at : at + BLOCK])) for at in range(0, len(used), BLOCK)]
        sizes = lengths(used)
        ends = np.cumsum(sizes)
        pieces, reached, text = [], 0, flat.tobytes()
        for place, contact in zip(self.special.tolist(), self.special_contacts, strict=True):
            own = line(contact)
            pieces += [text[reached : int(ends[place] - sizes[place])], own]
            reached = int(ends[place])
            sizes[place] = len(own)
        pieces.append(text[reached:])
        return b"".join(pieces), np.add.reduceat(sizes, np.arange(0, len(sizes), BLOCK)).tolist()

    def _count(self) -> None:
        counts, drawn = self.maker.counts, self.drawn
        if len(self.special):
            counts.add_contacts(self.special_contacts, self.plan.anchor)
            counts.add_edge_cases(self._names())
            others = np.setdiff1d(np.arange(len(drawn.numbers)), self.special)
            if not len(others):
                return
            drawn = drawn.take(others)
        counts.add_draws(drawn, self.plan.anchor)

    def _names(self) -> Iterator[str]:
        for place in self.special.tolist():
            number, case = int(self.drawn.numbers[place]), int(self.drawn.repeated[place])
            yield self.plan.head_names[number] if case == NULL else self.plan.repeated_names[case]
