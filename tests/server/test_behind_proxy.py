"""A server behind a proxy: every address that it tells is one of the proxy's (`behind-a-proxy`)."""

import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
import trustme
import yaml

from asgi import ask, control
from servers import program
from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.options import SettingsError
from vambe_mock.server.process import background
from vambe_mock.server.settings import Settings

ROOT = "/vambe"
TOLD = ((b"host", b"10.0.0.5:8262"), (b"x-forwarded-proto", b"https, http"), (b"x-forwarded-host", b"mock.example:444"))
TOKEN = (b"authorization", b"Bearer token")


def app(**settings: Any) -> Application:
    """Ten contacts behind a proxy."""
    contacts = [contact(number) for number in range(1, 11)]
    made = Settings(now=AT_ANCHOR, quiet=True, admin_token="token", **settings).checked()
    return create_app(from_document(document(*contacts)), made)


def server_in(application: Application, path: str, headers: Any = TOLD) -> str:
    """Where the document at *path* says that the server is."""
    reply = ask(application, path=path.encode(), headers=headers)
    assert reply.status == 200
    url: str = yaml.safe_load(reply.body)["servers"][0]["url"]
    return url


def test_addresses_begin_with_what_the_proxy_says() -> None:
    """Scheme and host of the first proxy, and the root; without --trust-proxy the headers mean nothing."""
    behind = app(root_path=ROOT, trust_proxy=True)
    for path in ("/openapi.yaml", "/openapi.json", "/docs/openapi.json", "/neighbours.yaml", f"{ROOT}/openapi.yaml"):
        assert server_in(behind, path) == f"https://mock.example:444{ROOT}"
    assert server_in(behind, "/__admin/openapi.json", (*TOLD, TOKEN)) == f"{ROOT}/__admin"
    assert server_in(app(trust_proxy=True), "/openapi.yaml") == "https://mock.example:444"
    assert server_in(app(root_path=ROOT), "/openapi.yaml") == f"http://10.0.0.5:8262{ROOT}"
    assert server_in(app(), "/openapi.yaml") == "http://10.0.0.5:8262"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("proto", b"ftp", id="scheme"),
        pytest.param("proto", b"", id="empty"),
        pytest.param("host", b"a b", id="blank"),
        pytest.param("host", b"mock.example/x", id="path"),
        pytest.param("host", b"", id="no host"),
    ],
)
def test_a_header_that_is_no_address_is_passed_over(name: str, value: bytes) -> None:
    """The request's own scheme and host stand then."""
    headers = ((b"host", b"10.0.0.5"), (b"x-forwarded-" + name.encode(), value))
    assert server_in(app(trust_proxy=True), "/openapi.yaml", headers) == "http://10.0.0.5"


def test_the_root_may_be_there_or_taken_away() -> None:
    """Some proxies pass it on; contacts are answered either way, and the record has the path without it."""
    behind = app(root_path=ROOT)
    for path in (b"/api/public/contacts", b"/vambe/api/public/contacts"):
        assert len(json.loads(ask(behind, "days=365", path=path).body)) == 10
    told = json.loads(control(behind, "GET", "/requests", authorization="Bearer token").body)["requests"]
    assert [one["target"] for one in told] == ["/api/public/contacts?days=365"] * 2
    assert ask(behind, path=b"/vambery/api/public/contacts").status == 404
    assert ask(behind, path=b"/vambe", headers=((b"accept", b"text/html"), (b"host", b"a"))).status == 200


def test_pages_of_the_proxy_are_the_servers_own() -> None:
    """The admin API takes the Origin that a browser sends there, and no other; a token is always needed."""
    behind = app(root_path=ROOT, trust_proxy=True)
    for origin, status in ((b"https://mock.example:444", 200), (b"https://evil.example", 403)):
        headers = (*TOLD, TOKEN, (b"origin", origin))
        assert ask(behind, path=b"/__admin/clock", headers=headers).status == status
    assert ask(behind, path=b"/__admin/clock", headers=TOLD).status == 403
    assert Settings(trust_proxy=True).checked().admin_token


@pytest.mark.parametrize("root", ["vambe", "/", "/vambe/", "/a b", "/api", "/docs/x", "/__admin", "//a"])
def test_a_root_that_is_none_is_refused(root: str) -> None:
    """In one line, with one that works."""
    with pytest.raises(SettingsError, match="wanted one like /vambe"):
        Settings(root_path=root).checked()


class Proxy(ThreadingHTTPServer):
    """A TLS proxy of the test's own: takes the root away, and says what the client knows."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.upstream = ""
        authority = trustme.CA()
        made = authority.issue_cert("localhost", "127.0.0.1")
        made.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        self.trusting = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "both.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://localhost:{self.server_address[1]}{ROOT}"


class _Passing(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        connection = HTTPConnection(urlsplit(self.server.upstream).netloc, timeout=60)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": self.headers["host"]}
        connection.request("GET", self.path.removeprefix(ROOT) or "/", headers={**kept, **told})
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() in {"content-type", "content-length"}:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        connection.close()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy before a server."""
    made = Proxy(tmp_path_factory.mktemp("proxy"))
    settings = Settings(port=0, root_path=ROOT, trust_proxy=True, fixture="tiny", quiet=True).checked()
    server = background(settings, nullcontext)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        assert server.wait_for_start(60) == ""
        made.upstream = server.url
        yield made
    finally:
        made.shutdown()
        made.server_close()
        server.stop(10)


def test_all_that_the_docs_page_names_is_there(proxy: Proxy) -> None:
    """Its files, the documents, and the server in them, through TLS and below the root (`behind-a-proxy`)."""

    def got(url: str, **headers: str) -> bytes:
        request = Request(url, headers=headers)  # noqa: S310
        with urlopen(request, timeout=60, context=proxy.trusting) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    page = f"{proxy.url}/docs"
    named = re.findall(r"""(?:src|href|url)["']?[=:]\s*["']([^"']+)""", got(page).decode())
    assert len(named) >= 5
    for one in named:
        assert got(urljoin(page, one))
    where = json.loads(got(f"{proxy.url}/docs/openapi.json"))["servers"][0]["url"]
    assert where == proxy.url
    assert json.loads(got(f"{where}/api/public/contacts?days=365", **{"x-api-key": "test-key"}))


@pytest.mark.thorough
@pytest.mark.browser
def test_the_docs_page_works_in_a_browser_behind_tls(proxy: Proxy) -> None:
    """It loads its documents, and its own request is answered."""
    from playwright.sync_api import sync_playwright

    chromium = program("CHROMIUM", "/usr/bin/chromium", "install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=["--no-sandbox"])
        try:
            page = browser.new_page(ignore_https_errors=True)
            page.goto(f"{proxy.url}/docs", timeout=90_000)
            page.get_by_role("button", name="Try it out").first.click(timeout=90_000)
            page.get_by_role("button", name="Execute").first.click()
            told = page.locator(".live-responses-table tbody .response-col_status").first.inner_text(timeout=90_000)
            assert told.strip().startswith("200")
            assert proxy.url in page.locator(".request-url").first.inner_text()
        finally:
            browser.close()
