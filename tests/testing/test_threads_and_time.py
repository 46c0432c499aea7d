"""A mock in a test that uses threads, is cancelled, has patched them, or has frozen time."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from small_data import contact, document
from vambe_mock import MockError, VambeMock
from vambe_mock.server import process
from vambe_mock.server.process import own_copy
from vambe_mock.server.settings import Settings
from vambe_mock.testing import client, server


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[HTTPConnection]:
    """Every connection to an admin API that a test makes."""
    made = list[HTTPConnection]()

    def connect(*given: Any, **named: Any) -> HTTPConnection:
        made.append(HTTPConnection(*given, **named))
        return made[-1]

    monkeypatch.setattr(client, "HTTPConnection", connect)
    return made


def test_nothing_stays_open_after_an_async_test(connections: list[HTTPConnection]) -> None:
    """Whichever thread made a connection, the end of the block closes it (`own-connections`)."""

    async def main() -> None:
        async with VambeMock() as mock:
            mock.contacts.add(name="Ana")
            await asyncio.gather(*(asyncio.to_thread(mock.contacts.list) for _ in range(4)))

    asyncio.run(main())
    assert len(connections) >= 1
    assert [one.sock for one in connections] == [None] * len(connections)


def test_threads_share_connections_and_leave_none(connections: list[HTTPConnection]) -> None:
    """There are as many as are used at one time; one in use is closed when it has its answer (`own-connections`)."""
    with VambeMock() as owner:
        mock = owner.organisation()
        for _ in range(5):
            thread = threading.Thread(target=mock.contacts.list)
            thread.start()
            thread.join()
        assert len(connections) == 1  # the organisation's; its owner has made it without one
        waiting = threading.Thread(
            target=mock.admin, args=("GET", "/requests/count"), kwargs={"at_least": 1, "timeout": 60}
        )
        waiting.start()
        while mock.admin._idle:
            time.sleep(0.001)
        mock.admin.close()
        httpx.get(f"{mock.url}/api/public/contacts?days=1", headers=mock.headers)
        waiting.join(30)
        assert [one.sock for one in connections] == [None] * len(connections)
        owner.forget(mock)
    assert [one.sock for one in connections] == [None] * len(connections)


@pytest.mark.parametrize("late", [False, True], ids=["while it starts", "before it starts"])
def test_a_cancelled_start_leaves_no_server(late: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out around the block ends the server that was being started (`vambe-mock-for-tests`)."""
    begun, ended, go_on = threading.Event(), threading.Event(), threading.Event()
    really = process.background

    def slowly(settings: Settings, while_importing: Any) -> process.Background:
        begun.set()
        go_on.wait(30)
        return really(settings, while_importing)

    class Noticed(VambeMock):
        def start(self) -> "Noticed":
            try:
                if late:
                    begun.set()
                    go_on.wait(30)
                return super().start()
            finally:
                ended.set()

    async def main() -> None:
        mock = Noticed()
        task = asyncio.ensure_future(mock.__aenter__())
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(ended.wait, 30)
        assert mock._running is None

    monkeypatch.setattr(process, "background", really if late else slowly)
    asyncio.run(main())


def test_patched_threads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a thread is none of the system's, the server would block the test for ever (`patience`)."""
    monkeypatch.setattr(process, "get_native_id", lambda: 1)
    with pytest.raises(MockError, match=r"did not start: threading is patched .*gevent.*; wanted .*thread=False"):
        VambeMock().start()


def test_a_start_does_not_outlast_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps the thread from running, and though the clocks stand still (`patience`)."""
    monkeypatch.setattr(process.Background, "_main", lambda _: None)
    monkeypatch.setattr(server, "PATIENCE", 0.05)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    with pytest.raises(MockError, match=r"did not start: nothing happened in its thread for 0\.05 seconds"):
        VambeMock().start()


def test_timers_go_on_while_time_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """rate_limit, expires_in and delays are real time; the mock's clock is the frozen one (`clock-follows`)."""
    at = time.time_ns()
    for name in ("monotonic", "perf_counter", "time"):
        monkeypatch.setattr(time, name, lambda: at / 1e9)
    monkeypatch.setattr(time, "time_ns", lambda: at)
    pause = threading.Event().wait
    with VambeMock() as mock, httpx.Client(headers=mock.headers) as http:
        url = f"{mock.url}/api/public/contacts?days=1"
        shown = mock.clock.now
        mock.faults.add("rate_limit", per_second=5)
        assert http.get(url).status_code == 200
        pause(0.25)
        assert http.get(url).status_code == 200
        mock.faults.clear()
        mock.faults.add("status", status=503, expires_in=0.1)
        pause(0.15)
        mock.faults.add("delay", seconds=0.01)
        assert http.get(url).status_code == 200
        assert mock.clock.now == shown


FROZEN = """
import datetime

real_date, real_datetime = datetime.date, datetime.datetime

class Meta(type):
    def __instancecheck__(cls, one):
        return isinstance(one, real_date)

class FakeDate(real_date, metaclass=Meta):
    pass

class FakeDatetime(real_datetime, FakeDate, metaclass=Meta):
    pass

datetime.date, datetime.datetime = FakeDate, FakeDatetime
from vambe_mock import VambeMock
with VambeMock(now=FakeDatetime(2030, 1, 1, tzinfo=datetime.UTC)) as mock:
    print(mock.clock.now, len(mock.contacts), datetime.datetime is FakeDatetime)
"""


def test_frozen_time_does_not_break_the_first_import() -> None:
    """Classes in the place of date and datetime, as freezegun makes them, are not what pydantic sees (`patience`)."""
    done = subprocess.run([sys.executable, "-c", FROZEN], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("2030-01-01T00:00:00.000Z 0 True\n", "")


def test_a_clock_ahead_of_real_time_is_warned_of() -> None:
    """Some clients ask only up to their own time, and find nothing (`clock-follows`)."""
    with VambeMock() as mock:
        assert mock.admin("POST", "/clock/set", {"at": "2020-01-01T00:00:00Z"}).keys() == {"now", "frozen"}
        assert "ahead of real time" in mock.admin("POST", "/clock/set", {"at": "2200-01-01T00:00:00Z"})["warning"]
        assert "ahead of real time" in mock.admin("POST", "/clock/advance", {"days": 1})["warning"]


def test_workers_without_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They read the file itself, and one line says what that means (`nothing-to-write`)."""
    data = tmp_path / "data.json"
    data.write_text(json.dumps(document(contact(1))), encoding="utf-8")
    with own_copy(Settings(data=data)) as settings:
        assert settings.data is not None
        assert settings.data != data
        assert settings.data.read_bytes() == data.read_bytes()
    assert not settings.data.exists()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nothing"))
    with own_copy(Settings(data=data)) as settings:
        assert settings.data == data
    line, _, rest = capsys.readouterr().err.partition("\n")
    assert (line.startswith("vambe-mock: warning: no temporary folder can be written"), rest) == (True, "")
    with own_copy(Settings()) as settings:
        assert settings == Settings()


def test_a_server_that_ends_lets_go_of_who_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its thread was asked to do and has not done is cancelled, and nobody waits for ever."""
    with VambeMock() as mock:
        running = mock._running
        assert running is not None
        asked = threading.Event()
        monkeypatch.setattr(running._serving, "call_soon_threadsafe", lambda *_: asked.set())
        ended: list[BaseException] = []

        def ask() -> None:
            try:
                running.call(lambda _: None)
            except CancelledError as error:
                ended.append(error)

        waiting = threading.Thread(target=ask, daemon=True)
        waiting.start()
        assert asked.wait(60)
        monkeypatch.undo()
        mock.stop()
        waiting.join(10)
        assert ended
