"""``vambe-mock serve``: take the port, load the data, say what one asks next, serve until told to stop."""

import asyncio
import ctypes
import errno
import gc
import json
import os
import shlex
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from vambe_mock.contract import instants
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.organisations.background import exit_during_work
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.endpoint.connection import abort_if_held
from vambe_mock.server.log import say
from vambe_mock.server.readiness import base_url, ready
from vambe_mock.server.settings import Settings, SettingsError
from vambe_mock.server.signals import leave_at, leave_if_asked
from vambe_mock.server.sources import copy_of, dataset_of
from vambe_mock.server.watch import Stamp, stamp, watch

SETTINGS_VARIABLE: Final = "VAMBE_MOCK_INTERNAL_SETTINGS"
BACKLOG: Final = 2_048
MOST_NOTES: Final = 5

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
        _write_url(settings.url_file, "")
    listener = _listen(settings.host, settings.port)
    url = base_url(settings.host, listener.getsockname()[1])
    seen = stamp(settings.data) if settings.watch and settings.data is not None else ()
    dataset = dataset_of(settings)
    app = create_app(dataset, settings)
    admin = None if settings.admin_port is None else _listen(settings.host, settings.admin_port)
    admin_url = url if admin is None else base_url(settings.host, admin.getsockname()[1])
    banner = _Banner(settings, url, dataset, app, admin_url)
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
    listener = _listen(settings.host, settings.port)
    try:
        app = create_app(dataset_of(settings), settings)
    except BaseException:
        listener.close()
        raise
    server = uvicorn.Server(_config(app, settings))
    thread = Thread(target=server.run, args=([listener],), name="vambe-mock", daemon=True)
    thread.start()
    return server, thread, base_url(settings.host, listener.getsockname()[1])


def _serve_with_workers(settings: Settings, listener: socket.socket, banner: "_Banner", folder: Path) -> None:
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
        http=_Protocol,
        timeout_graceful_shutdown=LAST_WORDS,
    )


class _Protocol(HttpToolsProtocol):
    """uvicorn's own, which at the server's end lets go of requests that a fault holds."""

    def shutdown(self) -> None:
        super().shutdown()
        abort_if_held(self.cycle)


class _Server(uvicorn.Server):
    """A uvicorn server that says what one asks next as soon as it listens, with what runs beside it."""

    def __init__(
        self,
        settings: Settings,
        app: Application,
        banner: "_Banner",
        admin: socket.socket | None,
        seen: Stamp,
    ) -> None:
        super().__init__(_config(app, settings))
        self._banner = banner
        self._organisations = app.organisations
        self._admin = None if admin is None else (uvicorn.Server(_config(app.control, settings)), admin)
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


class _Banner:
    """What one asks next: base URL, key, number of contacts and their anchor, a request that works, the pages."""

    def __init__(self, settings: Settings, url: str, dataset: Dataset, app: Application, admin_url: str) -> None:
        self._settings = settings
        anchor = dataset.header.anchored_at if settings.keep_timestamps else settings.anchored_at()
        frozen = settings.frozen_at
        self._facts: dict[str, Any] = {
            "url": url,
            "api_key": settings.api_keys[0],
            "contacts": sum(len(one.store) for one in app.organisations),
            "anchor": instants.write(anchor),
            "clock": "running" if frozen is None else f"frozen at {instants.write(frozen)}",
            "docs": f"{url}/docs",
            "admin": f"{admin_url}/__admin/docs" if settings.has_admin else None,
            "admin_token": settings.admin_token,
            "notes": [f"stage {stage} is in no pipeline" for one in app.organisations for stage in one.stray_stages()],
        }

    def show(self) -> None:
        """Print it, and leave the URL where the settings ask for it."""
        if not self._settings.quiet:
            say(self._json() if self._settings.log_format == "json" else self._text())
        if self._settings.url_file is not None:
            _write_url(self._settings.url_file, self._facts["url"])

    def show_when_ready(self) -> None:
        """The same as soon as a request is answered."""
        while ready(self._facts["url"], wait=60):
            pass
        self.show()

    def _json(self) -> str:
        return json.dumps({"at": instants.write(self._settings.started_at), "event": "started", **self._facts})

    def _text(self) -> str:
        facts, keys = self._facts, self._settings.api_keys
        header = shlex.quote(f"x-api-key: {keys[0]}")
        return "\n".join(
            (
                f"vambe-mock  {facts['url']}",
                f"  key       {keys[0]}" + (f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""),
                f"  contacts  {facts['contacts']:,}, anchored at {facts['anchor']}, clock {facts['clock']}",
                f"  try       curl -H {header} '{facts['url']}/api/public/contacts?days=30&limit=5'",
                f"  docs      {facts['docs']}",
                *([f"  admin     {facts['admin']}"] if facts["admin"] else []),
                *([f"  token     {facts['admin_token']}"] if facts["admin_token"] else []),
                *(f"  note      {note}" for note in facts["notes"][:MOST_NOTES]),
            )
        )


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens on *host* and *port*, so that the port is ours before any data is loaded."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        port_is_the_matter = getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES)
        wanted = "a free port, e.g. --port 0" if port_is_the_matter else "an address of this machine, e.g. 127.0.0.1"
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}; wanted {wanted}") from error
    listener.set_inheritable(True)
    return listener


def _write_url(path: Path, url: str) -> None:
    try:
        path.write_text(f"{url}\n" if url else "", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"--url-file {path}: {reason}; wanted a file that can be written") from error
