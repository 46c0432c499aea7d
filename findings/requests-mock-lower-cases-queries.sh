#!/usr/bin/env bash
# requests-mock 1.12.1
# One would guess: last_request.qs is what the code under test sent, and a mock for ?status=Active answers that
#     alone.
# What happens: qs is in lower case, names and values, so a cursor 2024-01-15T10:00:00Z is seen as
#     2024-01-15t10:00:00z and a test cannot tell Active from active; the mock matches both, and matches
#     ?status=Closed&status=active too, as one of several values is enough. case_sensitive=True cures the first,
#     nothing the second.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check requests-mock==1.12.1 requests==2.34.2

venv/bin/python - <<'PYTHON'
import requests
import requests_mock

URL = "http://api.example/contacts"
for case_sensitive in (False, True):
    with requests_mock.Mocker(case_sensitive=case_sensitive) as mock:
        mock.get(f"{URL}?status=Active", json=[])
        requests.get(f"{URL}?status=Active&updated_after=2024-01-15T10:00:00Z")
        cursor = mock.last_request.qs["updated_after"]
        matched = []
        for query in ("status=active", "status=Closed&status=Active"):
            try:
                matched.append(requests.get(f"{URL}?{query}").status_code)
            except requests_mock.NoMockAddress:
                matched.append("no match")
    print(f"case_sensitive={case_sensitive}: cursor {cursor}; other case, one of two values: {matched}")
    wanted = (["2024-01-15T10:00:00Z"], ["no match", 200]) if case_sensitive else (["2024-01-15t10:00:00z"], [200, 200])
    assert (cursor, matched) == wanted
PYTHON
