"""``python tests/calibration [NAME ...] [--write]``: calibrate every variant, and print or write the table."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "support")]

from calibration import proof, stacks
from calibration.variants import VARIANTS, Variant

START, END = "<!-- proof -->", "<!-- end of the proof -->"
PAGE = ROOT / "docs" / "calibration.md"

names = [one for one in sys.argv[1:] if not one.startswith("--")]
count = 400 if "--quick" in sys.argv else 2_000
rows, asked, exact, checked = [], [], 0, 0
blamed: list[str] = []
targets: tuple[Variant | stacks.Stack, ...] = (*VARIANTS, *stacks.STACKS)
for target in targets:
    if names and not any(name in target.name for name in names):
        continue
    if isinstance(target, stacks.Stack) and (why := stacks.missing(target)):
        rows.append(f"| {target.name} | | | skipped: {why} |")
        sys.stdout.write(f"{rows[-1]}\n")
        continue
    started = time.process_time()
    result = stacks.proved(target, count) if isinstance(target, stacks.Stack) else proof.proved(target, count)
    if not result.exact or "--tell" in sys.argv:
        sys.stdout.write(f"{proof.explained(result)}\n")
    if isinstance(target, Variant):
        with tempfile.TemporaryDirectory() as folder:
            blamed += [f"{target.name}: {one}" for one in proof.blamed(target, result.dialect.text(), Path(folder))]
        checked += 1
    told = ", ".join(f"`{slug}`" for slug in result.slugs) or "none"
    same = "all" if result.exact else f"{result.compared.same}; listed: {proof.listed(result)}"
    rows.append(f"| {target.name} | {result.dialect.requests} | {told} | {same} |")
    asked.append(result.dialect.requests)
    exact += result.exact
    sys.stdout.write(f"{rows[-1]} {time.process_time() - started:.1f} s\n")
    sys.stdout.flush()
sys.stdout.writelines(f"blamed: {one}\n" for one in blamed)
head = (
    f"Of {len(asked)} targets, {exact} are spoken exactly; the median is {statistics.median(asked):g} requests, the "
    f"most {max(asked)}. {count} random queries each. `check --dialect` with its own file blames "
    f"{len({one.partition(':')[0] for one in blamed}) or 'none'} of the {checked} that run in this process.\n\n"
    "| target | requests | rules of the file | answers that are the same |\n| --- | --- | --- | --- |\n"
)
if "--write" in sys.argv:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    after = rest.partition(END)[2]
    table = head + "\n".join(rows)
    PAGE.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")
else:
    sys.stdout.write(head)
