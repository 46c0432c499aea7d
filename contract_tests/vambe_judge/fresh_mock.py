"""A fresh mock as the target: ``vambe-mock serve`` on a free port, with a data set of which all is known.

The only place that knows the mock, and it knows the command line and the data set document alone.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from vambe_judge.asking.options import CustomField, Options
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging_run import Target

KEY: Final = "test-key"
TO_START: Final = 30.0


@contextmanager
def mock() -> Iterator[Target]:
    """A mock with the default set, for as long as it is needed. Raises JudgeError when it does not start."""
    with tempfile.TemporaryDirectory(prefix="vambe-mock-") as folder:
        url_file = Path(folder) / "url"
        command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0", "--url-file", str(url_file), "--quiet"]
        process = subprocess.Popen([*command, "--fixture", "default", "--api-key", KEY])  # noqa: S603 - our own server
        try:
            yield Target(_when_ready(process, url_file), KEY, "VAMBE_API_KEY")
        finally:
            process.terminate()
            process.wait(timeout=20)


def _when_ready(process: "subprocess.Popen[bytes]", url_file: Path) -> str:
    until = time.monotonic() + TO_START
    while time.monotonic() < until and process.poll() is None:
        if url_file.exists() and (url := url_file.read_text(encoding="utf-8").strip()):
            return url
        time.sleep(0.02)
    raise JudgeError("a fresh mock did not start; wanted one, or --target URL")


def knowing_default_set(options: Options) -> Options:
    """*options* with the pipelines and some custom fields of the default set, where they say nothing themselves."""
    return knowing(options, default_set())


def default_set() -> dict[str, Any]:
    """The document of the mock's default set."""
    from vambe_mock.datasets.fixtures import fixture_set

    document: dict[str, Any] = json.loads(fixture_set("default").read_text(encoding="utf-8"))
    return document


def knowing(options: Options, document: dict[str, Any]) -> Options:
    """*options* with the first pipeline and custom fields of a data set document."""
    pipelines = [f"{one['id']}={','.join(stage['id'] for stage in one['stages'])}" for one in document["pipelines"][:1]]
    fields = [] if options.custom_fields else [f"{one.entity}.{one.key}={one.value}" for one in _fields(document)]
    return options.knowing([] if options.pipelines else pipelines, fields, None)


def _fields(document: dict[str, Any]) -> list[CustomField]:
    """Two values of one key, both on customers, and on one contact the first on the customer, the second on the ticket.

    That contact shows whether ``entity_type`` is heeded. Nothing where there is none.
    """
    both = [(one["custom_fields"]["customer"], one["custom_fields"]["ticket"]) for one in document["contacts"]]
    for customer, ticket in both:
        for key, value in customer.items():
            other = ticket.get(key)
            texts = isinstance(value, str) and isinstance(other, str) and value != other
            if texts and any(one.get(key) == other for one, _ in both):
                return [CustomField("customer", key, value), CustomField("customer", key, other)]
    return []


def in_process(target: Target, options: Options) -> Target:
    """The mock inside this process in the place of *target*, with data that shows all of *options*; sends nothing."""
    from vambe_judge.asking.in_process import AsgiTransport
    from vambe_judge.rehearsal import fitted, with_pipelines
    from vambe_mock.datasets import dataset
    from vambe_mock.server.app import create_app
    from vambe_mock.server.settings import Settings

    document = fitted(default_set(), options)
    settings = Settings(api_key=(target.key,), quiet=True).checked()
    app = with_pipelines(create_app(dataset.from_document(document), settings), document["pipelines"])
    return replace(target, transport=AsgiTransport(app))
