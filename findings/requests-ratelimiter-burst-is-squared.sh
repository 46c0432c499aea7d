#!/usr/bin/env bash
# requests-ratelimiter 0.10.0 with pyrate-limiter 4.5.1 and requests 2.34.2
# One would guess: LimiterSession(per_second=5, burst=5) sends five requests at once and then five a second: burst is,
#     says the documentation, the "max number of consecutive requests allowed before applying per-second rate-limiting".
# What happens: burst multiplies both the requests and the second: 25 go out at once, then none for five seconds, and so
#     on. A client that is to stay within five a second sends 25 in one. With burst=60 the limit is lost, as 60 seconds
#     and the minute are one key in a dict: the first request is a ValueError, or, where per_minute is given as well,
#     that limit is the only one.
# Seen 2026-11-29: 25 at once; an error with burst=60, and 200 at once beside per_minute=200.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check \
  requests-ratelimiter==0.10.0 pyrate-limiter==4.5.1 requests==2.34.2

venv/bin/python - <<'PYTHON'
import requests
from requests.adapters import BaseAdapter
from requests.exceptions import Timeout
from requests_ratelimiter import LimiterSession


class Api(BaseAdapter):
    sent = 0

    def send(self, request, **kwargs):
        self.sent += 1
        answer = requests.Response()
        answer.status_code, answer.request, answer.url, answer.raw = 200, request, request.url, None
        answer._content = b"[]"
        return answer

    def close(self):
        pass


def sent_at_once(**options):
    """Return how many requests go out before the session would wait, or fails."""
    session = LimiterSession(max_delay=0, **options)
    api = Api()
    session.mount("http://", api)
    session.trust_env = False
    while api.sent < 1000:
        try:
            session.get("http://mock/contacts")
        except (Timeout, ValueError) as error:
            print(f"{options}: {api.sent}, then {type(error).__name__}")
            return api.sent, type(error)
    raise AssertionError("no limit at all")


assert sent_at_once(per_second=5) == (5, Timeout)
assert sent_at_once(per_second=5, burst=5) == (25, Timeout)
assert sent_at_once(per_second=5, per_minute=200) == (5, Timeout)
assert sent_at_once(per_second=5, burst=60, per_minute=200) == (200, Timeout)
assert sent_at_once(per_second=5, burst=60) == (0, ValueError)
PYTHON
