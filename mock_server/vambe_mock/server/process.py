"""``vambe-mock serve``: load the data, take the port, print the banner, serve until told to stop."""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from vambe_mock.organisations.background import exit_during_work
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.banner import Banner
from vambe_mock.server.endpoint.protocol import IDLE, IDLE_GRACE, Protocol
from vambe_mock.server.listening import BACKLOG, base_url, listen, write_url
from vambe_mock.server.settings import Settings
from vambe_mock.server.signals import leave_at, leave_if_asked
from vambe_mock.server.sources import copy_of, dataset_of
from vambe_mock.server.watch import Stamp, stamp, watch

SETTINGS_VARIABLE: Final = "VAMBE_MOCK_INTERNAL_SETTINGS"
LAST_WORDS: Final = 1
"""Seconds that answers which are on their way may take when the server ends."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises SettingsError or DatasetError, each with one line, before anything is served.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        leave_at(number, 0)
    settings = settings.checked()
    if settings.url_file is not None:
        write_url(settings.url_file, "")
    seen = stamp(settings.data) if settings.watch and settings.data is not None else ()
    dataset = dataset_of(settings)
    app = create_app(dataset, settings)
    listener = listen(settings.host, settings.port)  # after the data: what is wrong there is not blamed on the port
    url = base_url(settings.host, listener.getsockname()[1])
    admin = None if settings.admin_port is None else listen(settings.host, settings.admin_port)
    admin_url = url if admin is None else base_url(settings.host, admin.getsockname()[1])
    banner = Banner(settings, url, dataset, app, admin_url)
    del dataset
    _give_memory_back()
    leave_if_asked()
    if settings.workers > 1:
        del app
        with TemporaryDirectory(prefix="vambe-mock-") as folder:
            _serve_with_workers(settings, listener, banner, Path(folder))
    else:
        try:
            _Server(settings, app, banner, admin, seen).run(sockets=[listener])
        finally:
            exit_during_work()


def background(settings: Settings) -> tuple[uvicorn.Server, Thread, str]:
    """A server in a thread of this process, which may not listen yet; it ends when its ``should_exit`` is set.

    Raises SettingsError or DatasetError, each with one line.
    """
    app = create_app(dataset_of(settings), settings)
    listener = listen(settings.host, settings.port)
    server = uvicorn.Server(_config(app, settings))
    thread = Thread(target=server.run, args=([listener],), name="vambe-mock", daemon=True)
    thread.start()
    return server, thread, base_url(settings.host, listener.getsockname()[1])


def _serve_with_workers(settings: Settings, listener: socket.socket, banner: Banner, folder: Path) -> None:
    """Every worker loads the same data by itself: a copy, since one that is started later must not see a later file."""
    if settings.data is not None:
        settings = replace(settings, data=copy_of(settings.data, folder))
    os.environ[SETTINGS_VARIABLE] = settings.to_json()
    config = _config("vambe_mock.server.process:worker_app", settings)
    Thread(target=banner.show_when_ready, daemon=True).start()
    Multiprocess(config, sockets=[listener]).run()


def worker_app() -> FastAPI:
    """The application of one worker process, from the settings that its parent left in the environment."""
    settings = Settings.from_json(os.environ[SETTINGS_VARIABLE])
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    app = create_app(dataset_of(settings), settings)
    _give_memory_back()
    return app


def _give_memory_back() -> None:
    """Loading takes several times the memory that serving does, and allocators keep what they once had."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # only the GNU C library has it
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _end_with_parent(parent: int) -> None:
    """A worker whose parent was killed would hold the port for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _config(app: ASGIApp | str, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        lifespan="off",
        access_log=False,
        log_level="error",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        http=Protocol,
        ws="none",
        timeout_keep_alive=IDLE + IDLE_GRACE,
        timeout_graceful_shutdown=LAST_WORDS,
    )


class _Server(uvicorn.Server):
    """A uvicorn server that says what one asks next as soon as it listens, with what runs beside it."""

    def __init__(
        self,
        settings: Settings,
        app: Application,
        banner: Banner,
        admin: socket.socket | None,
        seen: Stamp,
    ) -> None:
        super().__init__(_config(app, settings))
        self._banner = banner
        self._organisations = app.organisations
        self._admin = None if admin is None else (uvicorn.Server(_config(app.control.alone, settings)), admin)
        self._watching = watch(app.organisations.first, settings, seen) if settings.watch else None
        self._task: asyncio.Task[None] | None = None
        gc.freeze()  # what is there now stays to the end
        gc.enable()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._admin is not None:
            server, listener = self._admin
            server.config.load()
            server.lifespan = server.config.lifespan_class(server.config)
            await server.startup([listener])
        if self._watching is not None:
            self._task = asyncio.create_task(self._watching)
        await asyncio.to_thread(self._banner.show)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._task is not None:
            self._task.cancel()
        self._organisations.end_waits()
        ends = [super().shutdown(sockets)]
        if self._admin is not None:
            server, listener = self._admin
            ends.append(server.shutdown([listener]))
        await asyncio.gather(*ends)
