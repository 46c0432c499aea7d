"""``python tests/mutants [--write] [--missing | --old]``: judge every version, and print or write docs/mutants.md.

With ``--missing``, only versions are judged that it lacks or has an old line of. A run that is stopped loses no more
than its last ``BATCH``; ``--missing`` goes on from there. With ``--old``, none is judged: the table then says how many
lines are old.

``--wrecks N`` judges N servers that are broken at random instead, and prints where the judge stumbled.
"""

import sys
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

# What follows is found by the line above.
from mutants import matrix
from mutants.accents import ACCENTS
from mutants.breaks import MUTANTS

BATCH: Final = 24

if "--wrecks" in sys.argv[1:]:
    from mutants import wrecks

    found = wrecks.stumbles(range(int(sys.argv[sys.argv.index("--wrecks") + 1])))
    sys.stdout.write("\n".join([*found, f"stumbled {len(found)} times\n"]))
    sys.exit(bool(found))

names = matrix.missing() if "--missing" in sys.argv[1:] else [one.name for one in (*MUTANTS, *ACCENTS)]
names = [] if "--old" in sys.argv[1:] else names
if "--write" in sys.argv[1:]:
    for start in range(0, len(names) or 1, BATCH):
        matrix.TABLE.write_text(matrix.table(names[start : start + BATCH]), encoding="utf-8")
else:
    sys.stdout.write(matrix.table(names))
