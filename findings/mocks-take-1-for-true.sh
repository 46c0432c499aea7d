#!/usr/bin/env bash
# responses 0.26.3, pytest-httpx 0.36.2, vcrpy 9.4.2, respx 0.23.1
# One would guess: a mock that is told to expect the body {"blocked": true, "limit": 10} takes that and nothing else.
# What happens: responses, pytest-httpx and vcrpy (match_on body) compare the parsed bodies with Python's ==, to which
#     true is 1 and 10 is 10.0. A client that sends {"blocked": 1} passes its test and is refused by the API. respx
#     compares what is written, and refuses.
# Seen 2026-11-29: {"blocked": 1, "limit": 10.0} is taken by the first three.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check responses==0.26.3 pytest-httpx==0.36.2 vcrpy==9.4.2 respx==0.23.1 requests==2.34.2 httpx==0.28.1 pytest==9.2.0

cat > test_mocks.py <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import requests
import responses
import respx
import vcr

URL = "http://api.example/contacts"
EXPECTED = {"blocked": True, "limit": 10}
SENT = {"blocked": 1, "limit": 10.0}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()


@responses.activate
def test_responses_takes_it():
    responses.post(URL, match=[responses.matchers.json_params_matcher(EXPECTED)])
    assert requests.post(URL, json=SENT).ok


def test_pytest_httpx_takes_it(httpx_mock):
    httpx_mock.add_response(url=URL, match_json=EXPECTED)
    assert httpx.post(URL, json=SENT).is_success


def test_respx_refuses_it():
    with respx.mock(assert_all_called=False) as mock:
        mock.post(URL, json=EXPECTED)
        with pytest.raises(respx.models.AllMockedAssertionError):
            httpx.post(URL, json=SENT)


def test_vcrpy_takes_it(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/contacts"
    options = {"path": str(tmp_path / "contacts.yaml"), "match_on": ["method", "uri", "body"]}
    session = requests.Session()
    session.trust_env = False
    with vcr.use_cassette(**options):
        session.post(url, json=EXPECTED)
    server.shutdown()
    with vcr.use_cassette(record_mode="none", **options):
        assert session.post(url, json=SENT).ok
        with pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException):
            session.post(url, json=SENT | {"limit": 11})
PYTHON
venv/bin/python -m pytest -q -rA --no-header test_mocks.py
