"""Where a server listens: its addresses, its port, and the file with its URL."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import Server, StartServer
from vambe_mock import VambeMock
from vambe_mock.server import listening
from vambe_mock.server.listening import listen, remove_url, write_url
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import from_environment


@contextmanager
def listening_on(hosts: Sequence[str], port: int = 0) -> Iterator[list[tuple[Any, ...]]]:
    """The addresses of a server that was told to listen on *hosts*; the last one is its URL's."""
    found = listen(hosts, port)
    try:
        yield [one.getsockname()[:2] for one in found.sockets]
    finally:
        for one in found.sockets:
            one.close()


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@needs_ipv6
@pytest.mark.parametrize("hosts", [("localhost",), ("LocalHost", "127.0.0.1"), ("::1", "127.0.0.1")])
def test_localhost_is_both_loopbacks(hosts: tuple[str, ...]) -> None:
    """Under one free port, and each address once, however often it is named (`both-loopbacks`)."""
    with listening_on(hosts) as addresses:
        assert sorted(address for address, _ in addresses) == ["127.0.0.1", "::1"]
        assert len({port for _, port in addresses}) == 1


@needs_ipv6
def test_a_mock_for_tests_answers_on_both_loopbacks() -> None:
    """Clients that resolve localhost to ::1 first find it, and those that know 127.0.0.1 only (`both-loopbacks`)."""
    with VambeMock() as mock:
        port = mock.url.rpartition(":")[2]
        assert mock.url == f"http://127.0.0.1:{port}"
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(f"http://{host}:{port}/readyz").status_code == 200


def test_an_address_that_the_machine_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without IPv6, localhost is 127.0.0.1; but an address that was asked for by itself must be there."""
    monkeypatch.setattr(listening, "LOOPBACKS", ("127.0.0.1", "192.0.2.1"))
    with listening_on(["localhost"]) as addresses:
        assert [address for address, _ in addresses] == ["127.0.0.1"]
    with pytest.raises(SettingsError, match=re.escape("cannot listen on 192.0.2.1 port 0: ")):
        listen(["127.0.0.1", "192.0.2.1"], 0)


@needs_ipv6
@pytest.mark.parametrize(("taken", "free"), [("127.0.0.1", "::1"), ("::1", "127.0.0.1")])
def test_a_port_taken_on_one_address_is_refused_and_named(taken: str, free: str) -> None:
    """Half a server would answer some clients and not others; nothing stays open (`both-loopbacks`)."""
    with closing(socket.socket(socket.AF_INET6 if ":" in taken else socket.AF_INET)) as other:
        other.bind((taken, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as refused:
            listen(["localhost"], port)
        with listening_on([free], port):
            pass
    assert str(refused.value).startswith(f"cannot listen on {taken} port {port}: address already in use; wanted ")
    assert ("--host 127.0.0.1" in str(refused.value)) is (taken == "::1")


@needs_ipv6
def test_a_free_port_is_free_on_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first choice is taken on another address, another one is made (`both-loopbacks`)."""
    ports = iter([True, True, False])
    really = listening._socket

    def busy(place: Any, port: int, *, alone: bool) -> socket.socket:
        if port and next(ports):
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return really(place, port, alone=alone)

    monkeypatch.setattr(listening, "_socket", busy)
    with listening_on(["localhost"]) as addresses:
        assert len({port for _, port in addresses}) == 1
    assert list(ports) == []


@needs_ipv6
def test_all_addresses_of_both_families_can_be_named() -> None:
    """``::`` beside ``0.0.0.0`` is IPv6 alone; by itself it is what the machine makes of it (`both-loopbacks`)."""
    with listening_on(["0.0.0.0", "::"]) as addresses:
        assert [address for address, _ in addresses] == ["0.0.0.0", "::"]


@needs_ipv6
def test_host_is_repeatable(start_server: StartServer) -> None:
    """On the command line; in the environment, addresses are separated by spaces (`both-loopbacks`)."""
    assert from_environment({"VAMBE_MOCK_HOST": "::1 127.0.0.1"})["host"] == ("::1", "127.0.0.1")
    server = start_server("--host", "::1", "--host", "127.0.0.1")
    port = server.url.rpartition(":")[2]
    assert server.url == f"http://[::1]:{port}"
    for host in ("127.0.0.1", "[::1]"):
        assert httpx.get(f"http://{host}:{port}/readyz").status_code == 200


def url_file(server: Server) -> Path:
    """The file that the server of the fixture was told to write."""
    return server.log_file.with_name("url")


def test_the_url_file_is_the_running_servers(start_server: StartServer) -> None:
    """A second server that gets no port leaves it alone; it goes with the server that wrote it (`url-file`).

    A terminal that closes ends the server as SIGTERM does (`clean-end`).
    """
    server = start_server()
    file = url_file(server)
    command = [sys.executable, "-m", "vambe_mock", "serve", "--fixture", "empty", "--url-file", str(file)]
    second = subprocess.run(
        [*command, "--port", server.url.rpartition(":")[2]], capture_output=True, text=True, check=False, timeout=60
    )
    assert (second.returncode, file.read_text(encoding="utf-8")) == (2, f"{server.url}\n")
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(timeout=20) == 0
    assert not file.exists()


def test_a_url_file_of_another_server_stays(tmp_path: Path) -> None:
    """Who started later has written its own URL; where a file cannot be removed, it is empty (`url-file`)."""
    file = tmp_path / "url"
    write_url(file, "http://127.0.0.1:2")
    remove_url(file, "http://127.0.0.1:1")
    assert file.read_text(encoding="utf-8") == "http://127.0.0.1:2\n"
    remove_url(file, "http://127.0.0.1:2")
    assert not file.exists()
    remove_url(file, "http://127.0.0.1:2")
    os.mkfifo(file)
    remove_url(file, "http://127.0.0.1:2")
    assert file.is_fifo()
