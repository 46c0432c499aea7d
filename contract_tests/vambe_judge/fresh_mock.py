"""A fresh mock as the target: ``vambe-mock serve`` on a free port, with the default data set.

Only this module and the rehearsal know the mock.
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
from typing import TYPE_CHECKING, Any, Final

from vambe_judge.asking.options import CustomField, Options
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging_run import Target

if TYPE_CHECKING:
    from vambe_mock.server.settings import Settings

KEY: Final = "test-key"
TO_START: Final = 120.0


@contextmanager
def mock(dialect: Path | None = None) -> Iterator[Target]:
    """Start a mock with the default data set, which speaks the *dialect* of a file; stop it at the end.

    Raises JudgeError if it does not start, or cannot speak the file.
    """
    _settings(KEY, dialect)
    spoken = [] if dialect is None else ["--dialect", str(dialect)]
    with tempfile.TemporaryDirectory(prefix="vambe-mock-") as folder:
        url_file = Path(folder) / "url"
        command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0", "--url-file", str(url_file), "--quiet"]
        command += ["--fixture", "default", "--api-key", KEY, *spoken]
        process = subprocess.Popen(command)  # noqa: S603 - our own server
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
    raise JudgeError("the fresh mock did not start; see its message above, or give --target URL")


def with_default_set(options: Options) -> Options:
    """Return *options* completed with pipelines and custom fields of the default data set."""
    return with_data_of(options, default_set())


def default_set() -> dict[str, Any]:
    """The document of the mock's default set."""
    from vambe_mock.datasets.fixtures import fixture_set

    document: dict[str, Any] = json.loads(fixture_set("default").read_text(encoding="utf-8"))
    return document


def with_data_of(options: Options, document: dict[str, Any]) -> Options:
    """Return *options*; where they name no pipeline or custom field, with those of a data set *document*."""
    pipelines = [f"{one['id']}={','.join(stage['id'] for stage in one['stages'])}" for one in document["pipelines"][:1]]
    fields = [] if options.custom_fields else [f"{one.entity}.{one.key}={one.value}" for one in _fields(document)]
    return options.with_target_data([] if options.pipelines else pipelines, fields, None)


def _fields(document: dict[str, Any]) -> list[CustomField]:
    """Return one custom field with two values, the first on a contact as a customer, the second on its ticket.

    That contact shows whether ``entity_type`` counts. Empty if there is none.
    """
    both = [(one["custom_fields"]["customer"], one["custom_fields"]["ticket"]) for one in document["contacts"]]
    for customer, ticket in both:
        for key, value in customer.items():
            other = ticket.get(key)
            texts = isinstance(value, str) and isinstance(other, str) and value != other
            if texts and any(one.get(key) == other for one, _ in both):
                return [CustomField("customer", key, value), CustomField("customer", key, other)]
    return []


def generated_set(seed: int, count: int) -> dict[str, Any]:
    """A generated document of *count* contacts, as new as the default set."""
    from vambe_mock.generator import document
    from vambe_mock.server.settings import Settings

    return document(seed, count, Settings().checked().anchored_at())


def in_process(
    target: Target,
    options: Options,
    dialect: Path | None = None,
    document: dict[str, Any] | None = None,
    now: int | None = None,
) -> Target:
    """Replace *target* by a mock in this process; sends nothing.

    Its data is the data set *document* as it is, by default the default set, whose newest message came now and which
    has everything that *options* name. It speaks the *dialect* of a file. Its clock stands at *now*, or runs. Raises
    JudgeError for a file that it cannot speak.
    """
    from vambe_judge.asking.in_process import AsgiTransport
    from vambe_judge.rehearsal import fitted
    from vambe_mock.datasets import dataset
    from vambe_mock.server.app import create_app

    settings = _settings(target.key, dialect, keep_timestamps=document is not None)
    document = fitted(default_set(), options) if document is None else document
    app = create_app(dataset.from_document(document), settings)
    if now is not None:
        clock = app.endpoint.organisations.first.clock
        clock.set(now)
        clock.freeze()
    return replace(target, transport=AsgiTransport(app))


def _settings(key: str, dialect: Path | None, *, keep_timestamps: bool = False) -> "Settings":
    from vambe_mock.server.options import SettingsError
    from vambe_mock.server.settings import Settings

    try:
        return Settings(api_key=(key,), quiet=True, dialect=dialect, keep_timestamps=keep_timestamps).checked()
    except SettingsError as error:
        raise JudgeError(str(error)) from None
