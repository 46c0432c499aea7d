"""``python tests/mutants [--write] [--missing]``: judge every version, and print or write docs/mutants.md.

With ``--missing``, only versions that are not in it are judged, which takes seconds for a new one.

``--wrecks N`` judges N servers that are broken at random instead, and prints where the judge stumbled.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from mutants import matrix  # noqa: E402 - it is found by the line above
from mutants.accents import ACCENTS  # noqa: E402 - as above
from mutants.breaks import MUTANTS  # noqa: E402 - as above

if "--wrecks" in sys.argv[1:]:
    from mutants import wrecks

    found = wrecks.stumbles(range(int(sys.argv[sys.argv.index("--wrecks") + 1])))
    sys.stdout.write("\n".join([*found, f"stumbled {len(found)} times\n"]))
    sys.exit(bool(found))

every = [one.name for one in (*MUTANTS, *ACCENTS)]
text = matrix.table(matrix.missing() if "--missing" in sys.argv[1:] else every)
if "--write" in sys.argv[1:]:
    matrix.TABLE.write_text(text, encoding="utf-8")
else:
    sys.stdout.write(text)
