"""The front of a server: the vendor's path, which needs no FastAPI. Everything else waits until that is imported.

The import is more than a third of the start, and most clients never ask for anything but contacts.
"""

import asyncio
import time
from asyncio import CancelledError
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.operation import METHODS, is_endpoint
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.loading import load
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.behind_proxy import Outside
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.endpoint.contacts import ContactsEndpoint, sending
from vambe_mock.server.log import RequestLog
from vambe_mock.server.settings import Settings

_one_at_a_time: Final = Lock()
"""Of all servers of the process: what they make is imported once."""


class Front:
    """The organisations of a server, the endpoint for them, and their log.

    As an ASGI application it answers plain requests for contacts by itself. It has *whole* make the application that
    answers everything, once and in a thread, when the first other request arrives or ``prepare`` is called. Until that
    is made, the loop imports nothing: two threads that import the same modules could see one half imported (`front`).
    """

    def __init__(self, dataset: Dataset, settings: Settings, whole: Callable[["Front"], Any]) -> None:
        """Serve *dataset* as *settings* say.

        Raises ``DatasetError`` if the data cannot be moved to the start of the server, or if the data of another
        organisation is invalid, ``SettingsError`` if the stubs or the dialect are.
        """
        spoken = settings.spoken()
        first = organisation_of(dataset, settings, spoken.dialect)
        keys = {key.encode(): first for key in settings.api_key}
        for number, (key, path) in enumerate(settings.data_of_organisations().items(), 1):
            keys[key.encode()] = organisation_of(load(path), settings, spoken.dialect, name=f"file-{number}")
        if settings.stubs is not None:
            from vambe_mock.server.stub_file import add_stubs

            add_stubs(set(keys.values()), settings.stubs, neighbours=settings.neighbours)
        token = () if settings.admin_token is None else (settings.admin_token,)
        self.settings = settings
        self.outside = Outside.of(settings)
        record = settings.record if settings.has_admin else 0
        self.organisations = Organisations(keys, record, token, spoken, neighbours=settings.neighbours)
        self.endpoint = _endpoint(self.organisations, settings)
        if not settings.quiet:
            log = RequestLog(settings.log_format, self.organisations.masker, neighbours=settings.neighbours)
            self.organisations.listen(log.write)
        self._make = whole
        self._whole: Any = None
        self._preparing: asyncio.Task[Any] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole application is made."""
        return self._whole is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        whole = self._whole
        if whole is None:
            if await self._is_answered(scope, receive, send):
                return
            try:
                whole = await self.prepare()
            except CancelledError:  # the server shuts down meanwhile
                if not await give_up(send):
                    raise
                return
        await whole(scope, receive, send)

    async def _is_answered(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a plain request for contacts; whether it was one."""
        if (
            scope["type"] != "http"
            or self.settings.cors
            or scope["method"] not in METHODS
            or not is_endpoint(scope["raw_path"])
        ):
            return False
        started = time.perf_counter()
        made = self.endpoint.plainly(
            scope["headers"], scope["method"], scope["raw_path"], scope["query_string"], started
        )
        if made is not None:
            await sending(made)(scope, receive, send)
        return made is not None

    async def control(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request on a port of the admin API's own (`admin-port`)."""
        try:
            whole = await self.prepare()
        except CancelledError:
            if not await give_up(send):
                raise
        else:
            seen = scope if self.outside is None else self.outside.seen(scope)
            await whole.control.alone(seen, receive, send)

    async def prepare(self) -> Any:
        """The whole application, made in a thread unless it is there; whoever asks meanwhile waits for the same."""
        if self._whole is None:
            loop = asyncio.get_running_loop()
            if self._preparing is None or self._preparing.done() or self._preparing.get_loop() is not loop:
                self._preparing = loop.create_task(run_in_thread(self.whole))
            await asyncio.shield(self._preparing)
        return self._whole

    def whole(self) -> Any:
        """The whole application, made here and now unless it is there; any thread may ask."""
        with _one_at_a_time:
            if self._whole is None:
                self._whole = self._make(self)
            return self._whole


def _endpoint(organisations: Organisations, settings: Settings) -> ContactsEndpoint:
    """The endpoint, which answers as the dialect does; what knows dialects is loaded here (`dialect-costs-nothing`)."""
    dialect, mock_headers, prefer = organisations.spoken.dialect, settings.mock_headers, settings.prefer
    if dialect.sends_otherwise:
        from vambe_mock.server.endpoint.other_endpoint import other_endpoint  # only where a dialect was loaded

        return other_endpoint(organisations, dialect, mock_headers=mock_headers, prefer=prefer)
    return ContactsEndpoint(organisations, mock_headers=mock_headers, prefer=prefer)


def organisation_of(dataset: Dataset, settings: Settings, dialect: Dialect, *, name: str = "default") -> Organisation:
    """Return an organisation of *dataset*, its timestamps moved to the start of the server as *settings* say."""
    return Organisation.of(
        dataset,
        Clock(settings.now),
        shift=settings.shift(dataset.header.anchored_at),
        dialect=dialect,
        record=settings.record if settings.has_admin else 0,
        name=name,
    )
