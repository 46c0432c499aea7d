"""``python tests/mutants [--write]``: judge every version, and print or write docs/mutants.md."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from mutants import matrix  # noqa: E402 - it is found by the line above
from mutants.accents import ACCENTS  # noqa: E402 - as above
from mutants.breaks import MUTANTS  # noqa: E402 - as above

text = matrix.table(MUTANTS, ACCENTS)
if "--write" in sys.argv[1:]:
    matrix.TABLE.write_text(text, encoding="utf-8")
else:
    sys.stdout.write(text)
