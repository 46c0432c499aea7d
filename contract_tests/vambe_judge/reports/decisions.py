"""The entries of docs/decisions.md, which a report explains its rules with."""

import re
from pathlib import Path
from typing import Final

from vambe_mock.contract import packaged

SHOWN: Final = ("Sources say", "We do", "Because")
"""The lines of an entry that say something to whoever does not have the source code."""

Text = tuple[tuple[str, bool], ...]
"""Pieces of a text, and whether each is code."""


def entries() -> dict[str, dict[str, Text]]:
    """Return the lines SHOWN of each decision by its slug; nothing where the file is not installed."""
    try:
        ledger = Path(packaged.path("docs/decisions.md")).read_text(encoding="utf-8")
    except OSError:
        return {}
    found = {}
    for section in re.split(r"^### ", ledger, flags=re.MULTILINE)[1:]:
        slug, _, rest = section.partition("\n")
        body = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        lines = dict(re.findall(r"^- (.+?): (.+(?:\n  .+)*)", body, flags=re.MULTILINE))
        found[slug] = {name: _pieces(" ".join(lines[name].split())) for name in SHOWN if name in lines}
    return found


def _pieces(text: str) -> Text:
    return tuple((piece, place % 2 == 1) for place, piece in enumerate(text.split("`")) if piece)
