"""``vambe-mock exec`` and ``vambe-mock explain``: a server around a command, and a question to a running one."""

import os
import signal
import subprocess
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Final

from vambe_mock.organisations.explanation import lines
from vambe_mock.server.settings import Settings, SettingsError, names
from vambe_mock.testing.mock import Control, MockError, VambeMock

NOT_AROUND_A_COMMAND: Final = ("workers", "url_file", "admin_port", "watch", "read_only")
"""Settings of a server that stands alone."""


def execute(command: Sequence[str], settings: Settings) -> int:
    """Run *command* with a server of *settings* around it; its exit code, or 128 and the signal that ended it.

    Raises SettingsError where there is no such command, DatasetError for data that cannot be served.
    """
    given: dict[str, Any] = {name: getattr(settings, name) for name in names() if name not in NOT_AROUND_A_COMMAND}
    if not any(given[name] is not None for name in ("fixture", "data", "contacts", "seed")):
        given["fixture"] = "default"
    with VambeMock(**given) as mock:
        environment = {"VAMBE_BASE_URL": mock.url, "VAMBE_API_KEY": mock.api_key, "VAMBE_MOCK_URL": mock.url}
        environment |= {"VAMBE_MOCK_ADMIN_TOKEN": mock.admin_token} if mock.admin_token else {}
        try:
            process = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603 - it is the user's own
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingsError(f"cannot run {command[0]}: {reason}; wanted a command, e.g. -- npm test") from error
        return _end_of(process)


def _end_of(process: "subprocess.Popen[bytes]") -> int:
    """Wait for *process*. Ctrl-C reaches it without us; a SIGTERM is passed on."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code


def explained(
    url: str, api_key: str | None, admin_token: str | None, contact: str, query: str
) -> tuple[bool, list[str]]:
    """Whether the contact is in the answer of the server at *url*, and why, line by line.

    Raises SettingsError with one line where the server cannot tell.
    """
    if not url.startswith("http://"):
        raise SettingsError(f'--url "{url}" is no base URL; wanted one like http://127.0.0.1:8262')
    try:
        told = Control(url, api_key, admin_token)("GET", "/explain", contact=contact, query=query)
    except MockError as error:
        raise SettingsError(f"{url} cannot explain: {error}") from error
    except (OSError, ValueError, HTTPException) as error:
        reason = str(error).strip()
        raise SettingsError(f"{url} does not answer: {reason}; wanted a running vambe-mock serve") from error
    if not isinstance(told, dict) or "listed" not in told:
        raise SettingsError(f"{url} answers, but explains nothing; wanted a running vambe-mock serve")
    return told["listed"], lines(told)
