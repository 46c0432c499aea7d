"""``vambe-mock exec``: a server around a command."""

import os
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import SOURCES, STANDALONE, Settings, options
from vambe_mock.testing.server import VambeMock


def execute(command: Sequence[str], settings: Settings) -> int:
    """Run *command* with a server of *settings* around it; its exit code, or 128 and the signal that ended it.

    Raises SettingsError where there is no such command, DatasetError for data that cannot be served.
    """
    given: dict[str, Any] = {
        name: getattr(settings, name) for name in [one.name for one in options()] if name not in STANDALONE
    }
    if not any(given[name] is not None for name in SOURCES):
        given["fixture"] = "default"
    given |= {"port": 0, "quiet": True}
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
