"""The ledger, docs/decisions.md: every rule by its slug, with its grade and its reasons."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from vambe_mock.contract import packaged

FILE: Final = "docs/decisions.md"


@cache
def entries() -> dict[str, dict[str, str]]:
    """The lines of each entry by their names ("Grade", "We do", ...), by slug; nothing where the file is missing."""
    try:
        ledger = Path(packaged.path(FILE)).read_text(encoding="utf-8")
    except OSError:
        return {}
    found = {}
    for section in re.split(r"^### ", ledger, flags=re.MULTILINE)[1:]:
        slug, _, rest = section.partition("\n")
        body = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        lines = re.findall(r"^- (.+?): (.+(?:\n  .+)*)", body, flags=re.MULTILINE)
        found[slug] = {name: " ".join(text.split()) for name, text in lines}
    return found
