"""``VambeMock``: a server for tests in Python, in a thread of the test's process, on a port of its own.

    with VambeMock() as mock:
        mock.contacts.add(name="Ana")
        my_client = Client(mock.url, mock.api_key)

The pytest fixture ``vambe_mock`` (``vambe_mock.testing.plugin``) is an organisation of one such server, new for each
test.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, TypeVar, Unpack

from vambe_mock.testing.client import MockError
from vambe_mock.testing.frozen import real_dates
from vambe_mock.testing.mock import Mock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from os import PathLike
    from types import TracebackType

    from vambe_mock.contract.dialect import StageFilter
    from vambe_mock.contract.vocabulary import FixtureSet
    from vambe_mock.server.front import Front
    from vambe_mock.server.process import Background
    from vambe_mock.server.settings import LogFormat, Settings

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds that a server may take to start or to stop (`patience`)."""


class MockSettings(TypedDict, total=False):
    """The keyword arguments of ``VambeMock``: the options of ``vambe-mock serve`` that make sense in a test.

    A repeatable option takes one value or several; an instant is an aware datetime, a text like
    ``2026-01-31T09:30:00Z``, or milliseconds since 1970 UTC.
    """

    host: str | Sequence[str]
    port: int
    api_key: str | Sequence[str]
    tls: bool
    tls_cert: str | PathLike[str] | None
    tls_key: str | PathLike[str] | None
    organisation: str | Sequence[str]
    admin_token: str | None
    prefer: bool
    cors: str | Sequence[str]
    record: int
    fixture: FixtureSet | None
    data: str | PathLike[str] | None
    prepared: str | PathLike[str] | None
    contacts: int | None
    seed: int | None
    stubs: str | PathLike[str] | None
    now: datetime | str | int | None
    keep_timestamps: bool
    fractional_days: bool
    seconds_required: bool
    stage_filter: StageFilter
    expand_current_stage: bool
    dialect: str | PathLike[str] | None
    neighbours: bool
    mock_headers: bool
    log_format: LogFormat
    quiet: bool


class VambeMock(Mock):
    """A server of its own, from ``start`` (or ``with``, or ``async with``) to ``stop``.

    The keyword arguments are the options of ``vambe-mock serve`` under the same names, e.g. ``fixture="tiny"``,
    ``contacts=500``, ``data=Path("mine.json")`` or ``now=datetime(2026, 1, 31, tzinfo=UTC)``. By default it listens on
    a free port of loopback, prints nothing, and has no contacts.
    """

    def __init__(self, **settings: Unpack[MockSettings]) -> None:
        """Keep the *settings*; nothing is started or checked yet."""
        self._settings = settings
        self._running: Background | None = None
        self._unwanted = False
        self._one_at_a_time = Lock()

    def __repr__(self) -> str:
        """Where it is, or that it is not started."""
        return f"<{type(self).__name__}, not started>" if self._running is None else super().__repr__()

    def start(self) -> Self:
        """Start the server, and return when it answers.

        Raises SettingsError or DatasetError with one line for settings or data that cannot be served, MockError where
        it does not start within 30 seconds.
        """
        with real_dates():  # a test may have frozen time before the first import
            from vambe_mock.server.process import background

        with self._one_at_a_time:
            if self._unwanted:
                raise MockError(0, "the start was cancelled")
            if self._running is not None:
                raise MockError(0, "the server is started already; wanted a VambeMock() for each server")
            settings = _settings(self._settings)
            running = background(settings, while_importing=real_dates)
            if problem := running.wait_for_start(PATIENCE):
                running.stop(PATIENCE)
                raise MockError(0, f"the server did not start: {problem}")
            self._running = running
            ca_file = settings.tls_cert if running.ca_file is None else running.ca_file
            super().__init__(running.url, settings.api_key[0], settings.admin_token, ca_file=ca_file)
        return self

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Explain the attributes that exist only after the start."""
            if name in (
                "url",
                "api_key",
                "admin_token",
                "admin",
                "contacts",
                "clock",
                "faults",
                "stubs",
                "name",
                "ca_file",
            ):
                raise MockError(0, "the server is not started; wanted: with VambeMock() as mock")
            raise AttributeError(name)

    def stop(self) -> None:
        """Stop the server, and return when it is gone."""
        with self._one_at_a_time:
            if self._running is not None:
                self.admin.close()
                self._running.stop(PATIENCE)
                self._running = None

    def organisation(self, *, snapshot: str | None = None) -> Mock:
        """A new organisation on the same server, with this one's initial data or its *snapshot* of that name.

        ``forget`` it when done.
        """
        running = self._running
        # Not over HTTP if possible: a test that only asks for contacts needs no admin API, which takes long to import.
        beside = running is not None and not running.front.is_whole and snapshot is None
        made = running.call(_add) if running is not None and beside else None
        if made is None:
            made = self.admin("POST", "/organisations", {} if snapshot is None else {"snapshot": snapshot})
        mock = Mock(self.url, made["key"], self.admin_token, ca_file=self.ca_file)
        mock.name = made["name"]
        return mock

    def forget(self, mock: Mock) -> None:
        """Remove an organisation that ``organisation`` created."""
        running = self._running
        if running is None or running.front.is_whole or not running.call(lambda front: _remove(front, mock.name)):
            self.admin("DELETE", f"/organisations/{mock.name}")
        mock.close()

    def prepare(self) -> None:
        """Have the admin API made now, which else the first use of it waits for (a second, on a slow machine)."""
        if self._running is not None:
            self._running.front.whole()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start, without holding up the event loop: asyncio's or trio's."""
        from anyio import CancelScope, to_thread

        self._unwanted = False
        try:
            return await to_thread.run_sync(self.start)
        except BaseException:  # cancelled, say; the thread goes on, and the server would stay
            self._unwanted = True
            with CancelScope(shield=True):
                await to_thread.run_sync(self.stop)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, without holding up the event loop, and even if the task is cancelled."""
        from anyio import CancelScope, to_thread

        with CancelScope(shield=True):
            await to_thread.run_sync(self.stop)


def within(server: VambeMock, work: Callable[[Front], T]) -> T:
    """What *work* returns, done in the thread of *server* between two requests. Raises MockError if it has none."""
    running = server._running  # noqa: SLF001 - this module's own; no method, since tests need none
    if running is None:
        raise MockError(0, "the server is not started; wanted: with VambeMock() as mock")
    return running.call(work)


def _add(front: Front) -> dict[str, str] | None:
    """Add an organisation with the start of the first one; its key and name, or None where the admin API refuses."""
    from vambe_mock.organisations.registry import MOST_KEYS

    if len(front.organisations.keys) >= MOST_KEYS:
        return None
    key, made = front.organisations.add(None, front.organisations.first)
    return {"key": key, "name": made.name}


def _remove(front: Front, name: str) -> bool:
    """Remove the organisation of that name; whether there was one that can be removed."""
    found = front.organisations.named(name)
    if found is None or found is front.organisations.first:
        return False
    front.organisations.remove(found)
    return True


def _settings(given: Mapping[str, Any]) -> Settings:
    """The settings of a server in this process. Raises SettingsError with one line."""
    from vambe_mock.server.options import SettingsError, did_you_mean
    from vambe_mock.server.settings import SOURCES, STANDALONE, Settings, options

    known = {one.name: one for one in options() if one.name not in STANDALONE}
    for name in given:
        if name not in known:
            guess = did_you_mean(name, known)
            wanted = f"{guess} The settings are" if guess else "wanted one of"
            raise SettingsError(f"{name} is not a setting of VambeMock; {wanted} {', '.join(known)}")
    values: dict[str, Any] = {"port": 0, "quiet": True}
    values |= {name: known[name].accept(value) for name, value in given.items()}
    if all(values.get(name) is None for name in SOURCES):
        values["fixture"] = "empty"
    return Settings(**values, given=tuple(given)).checked()
