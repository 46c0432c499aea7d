"""What the tests share: servers as users start them, as processes of their own, asked over HTTP."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mock_server.app import Application, create_app

API_KEY = "test-key"
PATH = "/api/public/contacts"

# A shell that starts a job in the background makes it deaf to Ctrl-C, and so all that it starts; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
        return httpx.get(f"{self.url}{PATH}?{query}", headers=headers, timeout=30, **more)  # type: ignore[arg-type]

    def log(self, until: str = "") -> str:
        """Everything on standard output and standard error since the start; waits until *until* stands in it."""
        for _ in range(200):
            text = self.log_file.read_text(encoding="utf-8")
            if until in text:
                break
            time.sleep(0.05)  # a line is written after its answer was sent
        return text


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """``vambe-mock serve`` with *options* on a free port, ready; ended with SIGTERM."""
    url_file, log_file = folder / "url", folder / "log"
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--url-file", str(url_file), *options]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})
    try:
        url = _when_ready(process, url_file, log_file)
        yield Server(url, API_KEY, process, log_file)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _when_ready(process: "subprocess.Popen[bytes]", url_file: Path, log_file: Path) -> str:
    environment = {**os.environ, "VAMBE_MOCK_URL_FILE": str(url_file)}
    command = [sys.executable, "-m", "mock_server", "readyz", "--wait", "30"]
    waited = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    if waited.returncode or process.poll() is not None:
        pytest.fail(f"the server did not become ready: {waited.stderr}{log_file.read_text(encoding='utf-8')}")
    return url_file.read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The default server, for tests that only read."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


StartServer = Callable[..., Server]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers with options of the test's own; all of them end with the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        started = 0

        def start(*options: str, **environment: str) -> Server:
            nonlocal started
            started += 1
            folder = tmp_path / f"server-{started}"
            folder.mkdir()
            return stack.enter_context(serving(folder, *options, **environment))

        yield start


@pytest.fixture(scope="session")
def app() -> Application:
    """The default server without a network, its clock frozen at the anchor of its data."""
    from mock_server.bundled import fixture_set
    from mock_server.dataset import load
    from mock_server.settings import Settings

    dataset = load(fixture_set("default"))
    return create_app(dataset, Settings(frozen_at=dataset.header.anchored_at, quiet=True))


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The bundled OpenAPI document, read afresh from its file."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded
