#!/usr/bin/env bash
# limits 5.8.0 (PyPI; what Flask-Limiter and slowapi count with)
# One would guess: hit() that answers False has taken nothing, so that with two calls left, a batch of five is refused
#     and one call passes after it. test() before it, which changes nothing, says False as well.
# What happens: the fixed window counts the batch before it looks, and does not take it back: nothing is left, and every
#     single call is refused until the window ends. The moving window and the sliding window counter, the other two
#     strategies with the same methods, take nothing.
# Seen 2026-11-29, 10 a day, 8 used, 5 refused: 0 left and refused; 2 left and passed from the others.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check limits==5.8.0

venv/bin/python - <<'PYTHON'
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

limit = parse("10/day")
for strategy in (FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter):
    limiter = strategy(MemoryStorage())
    assert limiter.hit(limit, "sync", cost=8)
    assert not limiter.test(limit, "sync", cost=5)
    assert limiter.get_window_stats(limit, "sync").remaining == 2
    refused = not limiter.hit(limit, "sync", cost=5)
    left = limiter.get_window_stats(limit, "sync").remaining
    passed = limiter.hit(limit, "sync")
    print(f"{strategy.__name__}: five refused: {refused}, left: {left}, the next single call passes: {passed}")
    assert (refused, left, passed) == ((True, 0, False) if strategy is FixedWindowRateLimiter else (True, 2, True))
PYTHON
