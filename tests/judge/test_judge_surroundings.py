"""The judge in the environment of others: proxies and certificates as people write them."""

import socket

import pytest

from vambe_judge.asking import surroundings
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.asking.surroundings import proxy_of
from vambe_mock.server.readiness import ready

TARGET = "https://api.example.com"
PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("target", "no_proxy", "direct"),
    [
        (TARGET, "", False),
        (TARGET, "*", True),
        (TARGET, "localhost, .example.com", True),
        (TARGET, "localhost *.Example.com", True),
        (TARGET, "api.example.com:443", True),
        (TARGET, "api.example.com:8443", False),
        (TARGET, "https://api.example.com", True),
        (TARGET, "pi.example.com", False),
        (TARGET, "[::1,10.0.0.0/8,[fd00::1],fe80::/10, ;", False),
        ("http://10.1.2.3", "10.0.0.0/8", True),
        ("http://10.1.2.3", "10.1.2.3", True),
        ("http://10.1.2.3", "11.0.0.0/8", False),
        ("http://[fd00::1]", "[fd00::1]", True),
        ("http://[fd00::1]:8262", "[FD00:0::1]:8262", True),
        ("http://[fd00::1]", "fd00::/8", True),
        ("http://[fd00::1]", "fd00::1", True),
    ],
)
def test_no_proxy_in_every_form(target: str, no_proxy: str, direct: bool) -> None:
    """Names, domains, addresses in brackets or not, networks, ports; what is none of these matches nothing."""
    assert (proxy_of(target, {"all": PROXY, "no": no_proxy}) is None) is direct


@pytest.mark.parametrize(
    ("proxies", "wanted"),
    [
        ({"https": "proxy.example:3128"}, PROXY),
        ({"https": PROXY, "all": "socks4://x:1"}, PROXY),
        ({"http": PROXY}, None),
        ({"https": " ", "all": PROXY}, PROXY),
    ],
)
def test_a_proxy_in_every_form(proxies: dict[str, str], wanted: str | None) -> None:
    """With a scheme or without; that of the target's own scheme before that of all."""
    assert proxy_of(TARGET, proxies) == wanted


@pytest.mark.parametrize("proxy", ["socks4://user:s3cret@x:1", "http://[::1", "http://", "http://x:99999"])
def test_a_proxy_that_cannot_be_used_is_blamed(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the variable, and neither a user nor a password."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(JudgeError, match=r"the proxy of HTTPS_PROXY is .*wanted one like http") as refused:
        Client(TARGET, "key")
    assert "s3cret" not in str(refused.value)


def test_a_proxy_that_does_not_answer_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The target is not said to refuse a connection that the proxy refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{taken.getsockname()[1]}")
    client = Client(TARGET, "key", Limits(pace=0))
    with pytest.raises(Unanswered, match=r"^connection refused, on the way through the proxy of the environment$"):
        client.get("days=1")
    client.close()


def test_a_loopback_target_has_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on this machine is asked directly, whatever stands in the environment."""
    monkeypatch.setenv("HTTP_PROXY", "socks4://x:1")
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    Client("http://127.0.0.1:8262", "key").close()


def test_a_key_log_that_cannot_be_written_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python writes the keys of every TLS context there, also of those that plain HTTP never uses."""
    for ask in (lambda: Client("http://127.0.0.1:8262", "key").close(), lambda: ready("https://127.0.0.1:1", 0)):
        monkeypatch.setenv("SSLKEYLOGFILE", "/nowhere/keys")
        ask()
        warning = "vambe-mock: warning: SSLKEYLOGFILE is passed over: no such file or directory"
        assert capsys.readouterr().err.splitlines() == [warning]


def test_certificates_that_are_not_there_are_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of warning, however many targets there are; then the usual certificates count."""
    surroundings._warn.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "nowhere")
    for _ in range(2):
        Client(TARGET, "key").close()
    assert capsys.readouterr().err.splitlines() == [
        "vambe-mock: warning: SSL_CERT_FILE is passed over: no such file",
        "vambe-mock: warning: SSL_CERT_DIR is passed over: no such folder",
    ]
