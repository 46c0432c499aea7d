"""``vambe-mock serve``: take the port, load the data, say what one asks next, serve until told to stop."""

import asyncio
import gc
import json
import os
import shlex
import signal
import socket
import threading
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from mock_server import instants
from mock_server.app import Application, create_app
from mock_server.dataset import Dataset
from mock_server.settings import Settings, SettingsError
from mock_server.sources import dataset_of
from mock_server.watch import watch

SETTINGS_VARIABLE: Final = "VAMBE_MOCK_INTERNAL_SETTINGS"
BACKLOG: Final = 2_048
MOST_NOTES: Final = 5


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises SettingsError or DatasetError, each with one line, before anything is served.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    settings = settings.checked()
    if settings.url_file is not None:
        _write_url(settings.url_file, "")
    listener = _listen(settings.host, settings.port)
    url = _url(settings.host, listener.getsockname()[1])
    dataset = dataset_of(settings)
    if settings.workers > 1:
        _serve_with_workers(settings, listener, url, dataset)
    else:
        app = create_app(dataset, settings)
        admin = None if settings.admin_port is None else _listen(settings.host, settings.admin_port)
        banner = _Banner(settings, url, dataset, app, _url(settings.host, admin.getsockname()[1]) if admin else url)
        del dataset
        _Server(settings, app, banner, admin).run(sockets=[listener])


def background(settings: Settings) -> tuple[uvicorn.Server, threading.Thread, str]:
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
    thread = threading.Thread(target=server.run, args=([listener],), name="vambe-mock", daemon=True)
    thread.start()
    return server, thread, _url(settings.host, listener.getsockname()[1])


def worker_app() -> FastAPI:
    """The application of one worker process, from the settings that its parent left in the environment."""
    settings = Settings.from_json(os.environ[SETTINGS_VARIABLE])
    return create_app(dataset_of(settings), settings)


def _serve_with_workers(settings: Settings, listener: socket.socket, url: str, dataset: Dataset) -> None:
    """Every worker loads the same data by itself; the parent has looked at it first, so that a fault is told once."""
    app = create_app(dataset, settings)
    os.environ[SETTINGS_VARIABLE] = settings.to_json()
    config = _config("mock_server.serve:worker_app", settings)
    _Banner(settings, url, dataset, app).show()
    del app, dataset
    Multiprocess(config, sockets=[listener]).run()


def _config(app: ASGIApp | str, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=3,
    )


class _Server(uvicorn.Server):
    """A uvicorn server that says what one asks next as soon as it listens, with what runs beside it."""

    def __init__(
        self, settings: Settings, app: Application, banner: "_Banner", admin: socket.socket | None = None
    ) -> None:
        super().__init__(_config(app, settings))
        self._banner = banner
        self._admin = None if admin is None else (uvicorn.Server(_config(app.control, settings)), admin)
        self._watching = watch(app.organisations.first, settings) if settings.watch else None
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
        if self._admin is not None:
            server, listener = self._admin
            await server.shutdown([listener])
        await super().shutdown(sockets)


class _Banner:
    """What one asks next: base URL, key, number of contacts and their anchor, a request that works, the pages."""

    def __init__(
        self, settings: Settings, url: str, dataset: Dataset, app: Application, admin_url: str | None = None
    ) -> None:
        self._settings = settings
        anchor = dataset.header.anchored_at if settings.keep_timestamps else settings.anchored_at()
        self._facts: dict[str, Any] = {
            "url": url,
            "api_key": settings.api_keys[0],
            "contacts": len(dataset),
            "anchor": instants.write(anchor),
            "docs": f"{url}/docs",
            "admin": f"{admin_url or url}/__admin/docs" if settings.has_admin else None,
            "admin_token": settings.admin_token,
            "notes": [f"stage {stage} is in no pipeline" for one in app.organisations for stage in one.stray_stages()],
        }

    def show(self) -> None:
        """Print it, and leave the URL where the settings ask for it."""
        if not self._settings.quiet:
            print(self._json() if self._settings.log_format == "json" else self._text(), flush=True)  # noqa: T201
        if self._settings.url_file is not None:
            _write_url(self._settings.url_file, self._facts["url"])

    def _json(self) -> str:
        return json.dumps({"at": instants.write(self._settings.started_at), "event": "started", **self._facts})

    def _text(self) -> str:
        facts, keys = self._facts, self._settings.api_keys
        clock = "frozen there" if self._settings.frozen_at is not None else "the clock runs"
        header = shlex.quote(f"x-api-key: {keys[0]}")
        return "\n".join(
            (
                f"vambe-mock  {facts['url']}",
                f"  key       {keys[0]}" + (f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""),
                f"  contacts  {facts['contacts']:,}, anchored at {facts['anchor']} ({clock})",
                f"  try       curl -H {header} '{facts['url']}/api/public/contacts?days=30&limit=5'",
                f"  docs      {facts['docs']}",
                *([f"  admin     {facts['admin']}"] if facts["admin"] else []),
                *([f"  token     {facts['admin_token']}"] if facts["admin_token"] else []),
                *(f"  note      {note}" for note in facts["notes"][:MOST_NOTES]),
            )
        )


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to *host* and *port*, so that the port is ours before any data is loaded."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"cannot listen on {host} port {port}: {reason}; wanted a free one, e.g. --port 0"
        ) from error
    listener.set_inheritable(True)
    return listener


def _url(host: str, port: int) -> str:
    """The base URL for a client on this machine."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def _write_url(path: Path, url: str) -> None:
    try:
        path.write_text(f"{url}\n" if url else "", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"--url-file {path}: {reason}; wanted a file that can be written") from error


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)
