"""The examples of docs/control.md for the shell and for JavaScript do what their comments say."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers import program
from vambe_mock import VambeMock

GUIDE = Path(__file__).parents[2] / "docs" / "control.md"


@pytest.fixture(scope="module")
def mock() -> Iterator[VambeMock]:
    """A server for both."""
    with VambeMock() as running:
        yield running


def run(mock: VambeMock, language: str, *command: str) -> str:
    """The output of the guide's example in *language*, run by *command*."""
    (example,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    environment = {**os.environ, "VAMBE_BASE_URL": mock.url, "NO_PROXY": "127.0.0.1"}
    ran = subprocess.run(
        [*command, example], env=environment, capture_output=True, text=True, timeout=60, check=True, encoding="utf-8"
    )
    assert ran.stderr == ""
    assert len(mock.admin("GET", "/organisations")) == 1  # it has tidied up
    return ran.stdout


def test_the_example_with_curl(mock: VambeMock) -> None:
    """The changed contact comes, the count is as expected, 503 is followed by 200 (`request-record`)."""
    program("CURL", "curl", "install curl")
    told = run(mock, "sh", "sh", "-euc")
    assert re.search(r'\[\{"id":"[^"]+","name":"Anna"', told)
    assert '"expected":true' in told
    assert re.search(r"^(.*})?503\n200\n", told, re.MULTILINE)


def test_the_example_with_fetch(mock: VambeMock) -> None:
    """All its assertions hold (`request-record`)."""
    node = program("NODE", "node", "install Node.js")
    assert run(mock, "js", node, "--input-type=module", "--eval") == "done\n"
