"""``vambe-mock readyz``: ask a server whether it is ready, for health checks and for scripts that wait."""

import os
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from vambe_mock.server.asking import NoAnswer, get
from vambe_mock.server.listening import LOCALHOST, LOOPBACKS, base_url
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings, from_environment, options

BETWEEN_TRIES: Final = 0.1
TIMEOUT: Final = 2.0
_WHERE: Final = ("host", "port", "url_file")


def ready(url: str | None, wait: float) -> str:
    """Ask until the server is ready or *wait* seconds are over; what stands in the way, or nothing.

    Raises SettingsError for a URL that is none.
    """
    until = time.monotonic() + wait
    while problem := _problem(url):
        if not time.monotonic() < until:
            return problem
        time.sleep(BETWEEN_TRIES)
    return ""


def _problem(url: str | None) -> str:
    """What stands in the way of every URL that could be meant; nothing as soon as one server is ready."""
    problems = []
    for base in _usual_urls() if url is None else [url.rstrip("/")]:
        if not (problem := _problem_of(base)):
            return ""
        problems.append(problem)
    return problems[0]


def _problem_of(base: str) -> str:
    if not base:
        return "the file of VAMBE_MOCK_URL_FILE holds no URL yet"
    if not _is_base_url(base):
        raise SettingsError(f'"{base}" is no base URL; wanted one like http://127.0.0.1:8262')
    try:
        status, _ = get(base, "/readyz", TIMEOUT)
    except NoAnswer as error:
        return f"{base} is not ready: {error}"
    return "" if status == 200 else f"{base} is not ready: it answers {status}"


def _is_base_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and text.isprintable()
            and " " not in text
        )
    except ValueError:  # a port that is none
        return False


def _usual_urls() -> list[str]:
    """Where ``serve`` listens in this environment.

    If a URL file is set, only what it holds (`health-follows-port`); empty: not written yet.
    """
    usual = Settings(**from_environment(os.environ, without=[one.name for one in options() if one.name not in _WHERE]))
    if usual.url_file is not None:
        return [_read(usual.url_file)]
    hosts = LOOPBACKS if usual.host[0].lower() == LOCALHOST else usual.host[:1]
    return [base_url(host, usual.port) for host in hosts]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
