"""``python tests/calibration [NAME ...] [--write]``: calibrate every variant, and print or write the table."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "support")]

from calibration import proof  # noqa: E402 - found by the line above
from calibration.variants import VARIANTS  # noqa: E402 - as above

names = [one for one in sys.argv[1:] if not one.startswith("--")]
count = 400 if "--quick" in sys.argv else 2_000
for variant in VARIANTS:
    if names and not any(name in variant.name for name in names):
        continue
    started = time.process_time()
    result = proof.proved(variant, count)
    if not result.exact or "--tell" in sys.argv:
        print(proof.explained(result))
    else:
        print(f"{variant.name}: exact, {result.dialect.requests} requests; {', '.join(result.slugs)}")
    print(f"    {time.process_time() - started:.1f} s", flush=True)
