"""``vambe-mock readyz``: ask a server whether it is ready, for health checks and for scripts that wait."""

import os
import time
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from vambe_mock.server.settings import Settings, SettingsError

BETWEEN_TRIES: Final = 0.1
TIMEOUT: Final = 2.0
URL_FILE: Final = "VAMBE_MOCK_URL_FILE"


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


def base_url(host: str, port: int | str) -> str:
    """The base URL for a client on this machine of a server that listens on *host*."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def _problem(url: str | None) -> str:
    base = (_usual_url() if url is None else url).rstrip("/")
    if not base:
        return f"{os.environ[URL_FILE]} holds no URL yet"
    if not _is_base_url(base):
        raise SettingsError(f'"{base}" is no base URL; wanted one like http://127.0.0.1:8262')
    try:
        # A proxy for the world outside knows nothing of a server on this machine.
        with build_opener(ProxyHandler({})).open(f"{base}/readyz", timeout=TIMEOUT):
            return ""
    except (HTTPException, OSError, ValueError) as error:
        return f"{base} is not ready: {getattr(error, 'reason', None) or error or type(error).__name__}"


def _is_base_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:  # a port that is none
        return False


def _usual_url() -> str:
    """Where ``serve`` is with this environment. Where there is a URL file, it alone knows; empty: not there yet."""
    if file := os.environ.get(URL_FILE):
        return _read(Path(file))
    host = os.environ.get("VAMBE_MOCK_HOST") or os.environ.get("HOST") or Settings().host
    return base_url(host, os.environ.get("VAMBE_MOCK_PORT") or os.environ.get("PORT") or Settings().port)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
