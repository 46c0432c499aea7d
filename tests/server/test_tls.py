"""HTTPS: a certificate that is made at the start, or one of the user's."""

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import trustme

from commands import refused, vambe
from servers import StartServer
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.problems import JudgeError
from vambe_mock import Mock, VambeMock
from vambe_mock.cli.explain import explained
from vambe_mock.server.options import SettingsError
from vambe_mock.server.readiness import ready
from vambe_mock.server.settings import Settings
from vambe_mock.server.tls import certificate_of


def get(url: str, mock: Mock, ca_file: Any = None) -> list[dict[str, Any]]:
    """The contacts of a year, asked of *url*, whose certificate has to be of *ca_file*."""
    request = Request(f"{url}/api/public/contacts?days=365", headers=mock.headers)  # noqa: S310
    with urlopen(request, timeout=30, context=ssl.create_default_context(cafile=ca_file)) as answer:  # noqa: S310
        found: list[dict[str, Any]] = json.load(answer)
    return found


@pytest.fixture(scope="module")
def mock() -> Iterator[VambeMock]:
    """A server with a certificate of its own."""
    with VambeMock(tls=True, fixture="tiny") as running:
        yield running


def test_https_with_a_certificate_of_its_own(mock: VambeMock) -> None:
    """It is for localhost by all its names, trusted by whoever has the authority's file alone (`tls-on-demand`)."""
    assert mock.url.startswith("https://127.0.0.1:")
    assert len(get(mock.url, mock, mock.ca_file)) == len(
        get(mock.url.replace("127.0.0.1", "localhost"), mock, mock.ca_file)
    )
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(mock.url, mock)
    assert ready(mock.url, 60) == ""
    own = mock.organisation()
    assert (len(own.contacts), own.ca_file) == (12, mock.ca_file)
    mock.forget(own)
    elsewhere = Mock(mock.url, mock.api_key, ca_file=mock.ca_file)
    assert len(elsewhere.contacts) == 12
    elsewhere.close()


def test_explain_asks_over_https(mock: VambeMock) -> None:
    """A server of this machine, whose certificate it does not verify (`tls-on-demand`)."""
    contact = get(mock.url, mock, mock.ca_file)[0]["id"]
    assert explained(mock.url, mock.api_key, None, contact, "days=365")[0]


@pytest.mark.parametrize(
    ("sent", "status"), [(b"hello\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\nx: " + b"a" * 300_000, b"431")]
)
def test_what_is_refused_below_https_is_answered(
    mock: VambeMock, caplog: pytest.LogCaptureFixture, sent: bytes, status: bytes
) -> None:
    """As without TLS, which cannot close its half of a connection (`broken-requests`, `oversized-requests`)."""
    context = ssl.create_default_context(cafile=mock.ca_file)
    address = urlsplit(mock.url)
    with (
        socket.create_connection((str(address.hostname), address.port or 0), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(sent)
        got = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert got.startswith(b"HTTP/1.1 " + status)
    assert got.endswith(b"\r\nConnection: close\r\n\r\n")
    assert not caplog.records


def test_https_with_a_certificate_of_the_users(tmp_path: Path) -> None:
    """Its key beside it or in the same file (`tls-on-demand`)."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    made = authority.issue_cert("mock.example", "127.0.0.1")
    made.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    with VambeMock(tls_cert=tmp_path / "both.pem", fixture="tiny") as mock:
        assert len(get(mock.url, mock, tmp_path / "ca.pem")) > 5
        assert len(mock.contacts) == 12


def test_the_judge_takes_an_authority(mock: VambeMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``check --ca-file``, also for this machine; a file that is none is one line (`tls-on-demand`)."""
    client = Client(mock.url, mock.api_key, Limits(ca_file=Path(str(mock.ca_file))))
    assert client.get("days=365&limit=1").status == 200
    client.close()
    with pytest.raises(JudgeError, match="no such file; wanted one in PEM"):
        Client(mock.url, mock.api_key, Limits(ca_file=tmp_path / "ca.pem"))
    monkeypatch.setenv("VAMBE_API_KEY", mock.api_key)
    for command in (("check",), ("calibrate",), ("import", tmp_path / "out.json", "--yes")):
        assert "no file of certificates" in refused(*command, "--target", mock.url, "--ca-file", __file__)
        assert "; --ca-file names a file with its authority" in vambe(*command, "--target", mock.url).err


def test_the_judge_takes_the_environments_authority(mock: VambeMock, monkeypatch: pytest.MonkeyPatch) -> None:
    """``SSL_CERT_FILE`` counts for a target on this machine, too (`tls-on-demand`)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(mock.ca_file))
    client = Client(mock.url, mock.api_key)
    assert client.get("days=365&limit=1").status == 200
    client.close()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Files that are a certificate, a key, the key of another one, and nothing."""
    found = {name: tmp_path / f"{name}.pem" for name in ("cert", "key", "other", "text")}
    authority = trustme.CA()
    made, other = authority.issue_cert("localhost"), authority.issue_cert("localhost")
    made.cert_chain_pems[0].write_to_path(str(found["cert"]))
    made.private_key_pem.write_to_path(str(found["key"]))
    other.private_key_pem.write_to_path(str(found["other"]))
    found["text"].write_text("no certificate", encoding="utf-8")
    return {**found, "missing": tmp_path / "missing.pem"}


@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        ("missing", None, "no such file; wanted one in PEM"),
        ("cert", "missing", "--tls-key"),
        ("cert", "other", "mismatch"),
        ("text", "key", "wanted a certificate in PEM and its key without a password"),
        ("cert", None, "wanted a certificate in PEM and its key without a password"),
    ],
)
def test_a_certificate_that_will_not_do_is_one_line(
    files: dict[str, Path], certificate: str, key: str | None, problem: str
) -> None:
    """Before anything is served (`tls-on-demand`)."""
    settings = Settings(tls_cert=files[certificate], tls_key=files[key] if key else None)
    with pytest.raises(SettingsError) as error, certificate_of(settings):
        pass
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"tls": True, "tls_cert": Path("a.pem")}, "--tls and --tls-cert both say"),
        ({"tls_key": Path("a.pem")}, "--tls-key without --tls-cert"),
    ],
)
def test_what_does_not_go_together_is_told(given: dict[str, Any], problem: str) -> None:
    """One line (`tls-on-demand`)."""
    with pytest.raises(SettingsError, match=problem):
        Settings(**given).checked()


def test_the_banner_and_exec_name_the_authority(start_server: StartServer) -> None:
    """The curl line of the banner works, and a command finds the file in its environment (`tls-on-demand`)."""
    server = start_server("--tls", "--fixture", "tiny")
    log = server.log(until="CA file")
    (ca_file,) = [line.split()[-1] for line in log.splitlines() if "CA file" in line]
    assert f"curl --cacert {ca_file} " in log
    context = ssl.create_default_context(cafile=ca_file)
    with urlopen(f"{server.url}/readyz", timeout=30, context=context) as answer:  # noqa: S310
        assert answer.status == 200
    loads = "ssl.create_default_context(cafile=os.environ['VAMBE_CA_FILE'])"
    code = f"import os, ssl; {loads}; print(os.environ['VAMBE_BASE_URL'])"
    command = [
        sys.executable,
        "-m",
        "vambe_mock",
        "exec",
        "--tls",
        "--fixture",
        "tiny",
        "--",
        sys.executable,
        "-c",
        code,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    assert done.stdout.startswith("https://127.0.0.1:")
