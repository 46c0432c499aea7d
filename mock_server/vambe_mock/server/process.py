"""``vambe-mock serve``: load the data, take the port, print the banner, serve until told to stop."""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from multiprocessing import parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread, get_native_id
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from vambe_mock.organisations.background import exit_during_work
from vambe_mock.organisations.real_time import monotonic
from vambe_mock.server.banner import Banner
from vambe_mock.server.endpoint.protocol import IDLE, IDLE_GRACE
from vambe_mock.server.endpoint.quick_road import missing, protocol
from vambe_mock.server.front import Front
from vambe_mock.server.listening import BACKLOG, Listeners, check_url_file, listen, remove_url, write_url
from vambe_mock.server.settings import Settings
from vambe_mock.server.signals import leave_at, leave_if_asked
from vambe_mock.server.sources import copy_of, dataset_of
from vambe_mock.server.tls import Certificate, certificate_of, secure
from vambe_mock.server.watch import Stamp, stamp, watch

if TYPE_CHECKING:
    from vambe_mock.server.app import Application

SETTINGS_VARIABLE: Final = "VAMBE_MOCK_INTERNAL_SETTINGS"
T = TypeVar("T")

SETTLED: Final = 0.1
"""Seconds after the start in which the first clients have the interpreter for themselves."""

LAST_WORDS: Final = 1
"""Seconds that answers which are on their way may take when the server ends."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises SettingsError or DatasetError, each with one line, before anything is served.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        leave_at(number, 0)
    _end_with_terminal()
    settings = settings.checked()
    if settings.url_file is not None:
        check_url_file(settings.url_file)
    seen = stamp(settings.data) if settings.watch and settings.data is not None else ()
    with certificate_of(settings) as certificate:
        _serve_with(settings, certificate, seen)


def _serve_with(settings: Settings, certificate: Certificate | None, seen: Stamp) -> None:
    dataset = dataset_of(settings)
    front = Front(dataset, settings, _whole)
    public = listen(settings.host, settings.port)  # after the data: what is wrong there is not blamed on the port
    admin = None if settings.admin_port is None else listen(settings.host, settings.admin_port)
    if not settings.quiet:
        _tell_of_missing()
    url = secure(public.url, certificate)
    banner = Banner(
        settings,
        url,
        dataset,
        front.organisations,
        url if admin is None else secure(admin.url, certificate),
        None if certificate is None else certificate.authority,
    )
    del dataset
    _give_memory_back()
    with _announced(settings.url_file, url):
        leave_if_asked()
        if settings.workers > 1:
            del front
            with own_copy(settings) as copied:
                _serve_with_workers(copied, public.sockets, banner, certificate)
        else:
            try:
                server = _Server(certificate, settings, front, banner, admin.sockets if admin else [], seen)
                server.run(sockets=public.sockets)
            finally:
                exit_during_work()


def _end_with_terminal() -> None:
    """A terminal that closes ends the server as SIGTERM does, unless it was started to outlive it (nohup)."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


@contextmanager
def _announced(file: Path | None, url: str) -> Iterator[None]:
    """The URL file is empty until the banner writes *url* into it, and gone at the end (`url-file`)."""
    if file is None:
        yield
        return
    write_url(file, "")
    try:
        yield
    finally:
        remove_url(file, url)


def background(settings: Settings, while_importing: Callable[[], AbstractContextManager[None]]) -> "Background":
    """A server in a thread of this process, which may not listen yet; its imports happen inside *while_importing*.

    Raises SettingsError or DatasetError, each with one line.
    """

    def whole(front: Front) -> "Application":
        with while_importing():
            from vambe_mock.admin.application import api

            api(needs_token=settings.admin_token is not None)
            return _whole(front)

    front = Front(dataset_of(settings), settings, whole)
    with ExitStack() as stack:
        certificate = stack.enter_context(certificate_of(settings))
        public = listen(settings.host, settings.port)
        return Background(front, _config(front, settings, certificate), public, certificate, stack.pop_all())


class Background(uvicorn.Server):
    """A server in a thread of this process, from its making to ``stop``.

    What waits here does not look at a clock: a test may have frozen the clocks of the whole process.
    """

    def __init__(
        self,
        front: Front,
        config: uvicorn.Config,
        public: Listeners,
        certificate: Certificate | None,
        ending: ExitStack,
    ) -> None:
        super().__init__(config)
        self.front = front
        self.url = secure(public.url, certificate)
        self.ca_file = None if certificate is None else certificate.authority
        self._ending = ending
        self._public = public
        self._starter = get_native_id()
        self._problem = ""
        self._waiting: set[Any] = set()
        self._settled = Event()
        """The server listens, or its thread has ended."""
        self._thread = Thread(target=self._main, name="vambe-mock", daemon=True)
        self._thread.start()

    def _main(self) -> None:
        try:
            if get_native_id() == self._starter:
                self._problem = _NO_THREAD
                return
            self.run(self._public.sockets)
        except BaseException as error:
            self._problem = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._settled.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve on *sockets* until ``should_exit`` is set."""
        try:
            with asyncio.Runner(loop_factory=self._loop) as runner:
                runner.run(self.serve(sockets))
        finally:
            for one in [*self._waiting]:  # nobody will do it any more
                with suppress(RuntimeError):  # it is done
                    one.release()

    def _loop(self) -> asyncio.AbstractEventLoop:
        """An event loop whose timers go on where a test has frozen the clocks; uvloop's do anyway."""
        loop = (self.config.get_loop_factory() or asyncio.new_event_loop)()
        if isinstance(loop, asyncio.BaseEventLoop):
            loop.time = monotonic  # type: ignore[method-assign]
        return loop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._serving = asyncio.get_running_loop()
        self._settled.set()

    def call(self, work: Callable[[Front], T]) -> T:
        """Have the server's thread do *work* between two requests; return what it returns, raise what it raises.

        What has arrived on open connections by now is looked at before.
        """
        told: list[tuple[T, None] | tuple[None, BaseException]] = []
        waiting = Lock()
        waiting.acquire()

        def after(rounds: int) -> None:
            if rounds:  # of the loop, which looks at its sockets, then at what came
                self._serving.call_soon(after, rounds - 1)
                return
            try:
                told.append((work(self.front), None))
            except BaseException as error:  # noqa: BLE001 - whoever asked is to have it
                told.append((None, error))
            waiting.release()

        # A coroutine, with its task and the two futures in between, takes several times as long.
        self._waiting.add(waiting)
        try:
            self._serving.call_soon_threadsafe(after, 3)
            waiting.acquire()
        finally:
            self._waiting.discard(waiting)
        if not told:
            raise CancelledError
        result, error = told[0]
        if error is not None:
            raise error
        return cast("T", result)

    def wait_for_start(self, patience: float) -> str:
        """Wait until it listens, *patience* seconds at most; what is wrong, or nothing."""
        if not self._settled.wait(patience):
            return f"nothing happened in its thread for {patience:g} seconds"
        return "" if self.started else self._problem or "its thread has ended"

    def stop(self, patience: float) -> None:
        """Let it end, and wait for that, *patience* seconds at most."""
        self.should_exit = True
        self.force_exit = True
        self._thread.join(patience)
        for one in self._public.sockets:
            one.close()
        self._ending.close()


_NO_THREAD: Final = (
    "threading is patched so that a thread is none of the operating system's (gevent, eventlet); wanted "
    "monkey.patch_all(thread=False), or vambe-mock exec around the tests"
)


def _warn(text: str) -> None:
    with suppress(OSError):
        print(f"vambe-mock: warning: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _tell_of_missing() -> None:
    """Say so where requests for contacts cannot go the quick road."""
    if lacking := missing():
        _warn(f"uvicorn {uvicorn.__version__} has no {lacking}, so requests for contacts are answered more slowly")


@contextmanager
def own_copy(settings: Settings) -> Iterator[Settings]:
    """*settings* with a copy of their data: a worker that is started later must not see a later file.

    Where no folder for temporary files can be written, as on a read-only file system, the data itself, with a warning
    (`nothing-to-write`).
    """
    if settings.data is None:
        yield settings
        return
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix="vambe-mock-"))
            own = replace(settings, data=copy_of(settings.data, Path(folder)))
        except OSError as error:
            own = settings
            _warn(
                f"no temporary folder can be written ({(error.strerror or str(error)).lower()}), so a worker that has "
                f"to be started again reads {settings.data} as it is then; TMPDIR names a folder that can be written"
            )
        yield own


def _serve_with_workers(
    settings: Settings, sockets: list[socket.socket], banner: Banner, certificate: Certificate | None
) -> None:
    """Serve with worker processes, each of which loads the same data by itself (`workers-agree`)."""
    os.environ[SETTINGS_VARIABLE] = settings.to_json()
    config = _config("vambe_mock.server.process:worker_app", settings, certificate)
    Thread(target=banner.show_when_ready, daemon=True).start()
    _Workers(config, sockets=sockets).run()


class _Workers(Multiprocess):
    """uvicorn's own, to which SIGHUP is the end of the terminal and no wish for new workers."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        _end_with_terminal()


def worker_app() -> Any:
    """The application of one worker process, from the settings that its parent left in the environment."""
    settings = Settings.from_json(os.environ[SETTINGS_VARIABLE])
    _end_with_terminal()
    Thread(target=_end_with_parent, daemon=True).start()
    app = Front(dataset_of(settings), settings, _whole).whole()
    _give_memory_back()
    return app


def _whole(front: Front) -> "Application":
    """The application that answers everything, and for which FastAPI is imported."""
    from vambe_mock.server.app import Application

    return Application(front)


def _give_memory_back() -> None:
    """Loading takes several times the memory that serving does, and allocators keep what they once had."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # only the GNU C library has it
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _end_with_parent() -> None:
    """A worker whose parent was killed would hold the port for ever."""
    if (parent := parent_process()) is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _config(app: ASGIApp | str, settings: Settings, certificate: Certificate | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ssl_certfile=None if certificate is None else certificate.certificate,
        ssl_keyfile=None if certificate is None else certificate.key,
        factory=isinstance(app, str),
        workers=settings.workers,
        lifespan="off",
        access_log=False,
        log_level="error",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        http=protocol(),
        ws="none",
        interface="asgi3",  # else uvicorn takes a method for ASGI 2
        timeout_keep_alive=IDLE + IDLE_GRACE,
        timeout_graceful_shutdown=LAST_WORDS,
    )


class _Server(uvicorn.Server):
    """A uvicorn server that says what one asks next as soon as it listens, with what runs beside it."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of it
        self,
        certificate: Certificate | None,
        settings: Settings,
        front: Front,
        banner: Banner,
        admin: list[socket.socket],
        seen: Stamp,
    ) -> None:
        super().__init__(_config(front, settings, certificate))
        self._banner = banner
        self._organisations = front.organisations
        self._front = front
        self._admin = (uvicorn.Server(_config(front.control, settings, certificate)), admin) if admin else None
        self._settings = settings
        self._seen = seen
        self._task: asyncio.Task[None] | None = None
        gc.freeze()  # what is there now stays to the end
        gc.enable()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._admin is not None:
            server, listeners = self._admin
            server.config.load()
            server.lifespan = server.config.lifespan_class(server.config)
            await server.startup(listeners)
        await asyncio.to_thread(self._banner.show)
        self._task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        """Have everything made that is not there yet, now that contacts are served; then watch the data."""
        await asyncio.sleep(SETTLED)
        gc.disable()  # what importing makes is kept
        try:
            await self._front.prepare()
        except Exception as error:  # noqa: BLE001 - of an installation that is not whole; contacts need none of it
            _warn(f"only contacts are served: {error}; wanted a whole installation of vambe-mock")
        finally:
            gc.freeze()
            gc.enable()
        if self._settings.watch:
            await watch(self._organisations.first, self._settings, self._seen)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._task is not None:
            self._task.cancel()
        self._organisations.end_waits()
        ends = [super().shutdown(sockets)]
        if self._admin is not None:
            server, listeners = self._admin
            ends.append(server.shutdown(listeners))
        await asyncio.gather(*ends)
