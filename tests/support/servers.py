"""Servers as users start them, as processes of their own, asked over HTTP."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

# One client for all: each of httpx's own functions makes a new TLS context, which takes longer than the request.
client = httpx.Client(verify=False, timeout=30, trust_env=False)  # noqa: S501  (plain HTTP to this machine)

API_KEY = "test-key"
PATH = "/api/public/contacts"


def program(variable: str, usual: str, remedy: str) -> str:
    """The path of a program that a test drives: *usual*, or what *variable* says.

    Without it the test is skipped and says why; on CI, where it is promised, the test fails.
    """
    asked = os.environ.get(variable, usual)
    if found := shutil.which(asked):
        return found
    reason = f"no {asked} to be found: {remedy}, or set {variable} to its path"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Server:
    """A running ``vambe-mock serve``: where it is, the key it takes, and what it printed so far."""

    url: str
    api_key: str
    process: "subprocess.Popen[bytes]"
    log_file: Path

    def get(self, query: str = "", **more: object) -> httpx.Response:
        """Ask the endpoint with the key and the raw *query*."""
        headers = {"x-api-key": self.api_key}
        return client.get(f"{self.url}{PATH}?{query}", headers=headers, **more)  # type: ignore[arg-type]

    def log(self, until: str = "") -> str:
        """Everything on standard output and standard error since the start; waits until *until* stands in it."""
        for _ in range(200):
            text = self.log_file.read_text(encoding="utf-8")
            if until in text:
                break
            time.sleep(0.05)  # a line is written after its answer was sent
        return text


StartServer = Callable[..., Server]


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """``vambe-mock serve`` with *options* on a free port, ready; ended with SIGTERM."""
    url_file, log_file = folder / "url", folder / "log"
    command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0", "--url-file", str(url_file), *options]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})
    try:
        url = _when_ready(process, url_file, log_file)
        yield Server(url, API_KEY, process, log_file)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _when_ready(process: "subprocess.Popen[bytes]", url_file: Path, log_file: Path) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        if url_file.exists() and (url := url_file.read_text(encoding="utf-8").strip()) and _is_ready(url):
            return url
        time.sleep(0.02)
    pytest.fail(f"the server did not become ready: {log_file.read_text(encoding='utf-8')}")


def _is_ready(url: str) -> bool:
    try:
        return client.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False
