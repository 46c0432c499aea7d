"""The entries of docs/decisions.md, which a report explains its rules with."""

from typing import Final

from vambe_mock.contract import ledger

SHOWN: Final = ("Sources say", "We do", "Because")
"""The lines of an entry that say something to whoever does not have the source code."""

Text = tuple[tuple[str, bool], ...]
"""Pieces of a text, and whether each is code."""


def entries() -> dict[str, dict[str, Text]]:
    """Return the lines SHOWN of each decision by its slug; nothing where the file is not installed."""
    return {
        slug: {name: _pieces(lines[name]) for name in SHOWN if name in lines}
        for slug, lines in ledger.entries().items()
    }


def _pieces(text: str) -> Text:
    return tuple((piece, place % 2 == 1) for place, piece in enumerate(text.split("`")) if piece)
