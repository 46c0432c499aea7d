"""What a browser gets at ``/`` and ``/__admin``, and everybody else."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from asgi import Reply, ask
from small_data import AT_ANCHOR, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def app(**settings: Any) -> Application:
    """A server without contacts."""
    return create_app(from_document(document()), Settings(now=AT_ANCHOR, quiet=True, **settings))


def get(app: Application, path: str, accept: str | None = BROWSER, method: str = "GET") -> Reply:
    """What *path* answers to somebody on this machine who accepts *accept*."""
    headers = [(b"host", b"127.0.0.1"), *([(b"accept", accept.encode())] if accept is not None else [])]
    return ask(app, path=path.encode(), method=method, headers=headers)


@pytest.mark.parametrize("path", ["/", "/__admin", "/__admin/"])
def test_a_browser_gets_a_page_that_links_what_there_is(path: str) -> None:
    """Each link leads somewhere, where there is no script too, and the policy is strict (`front-page`, `console`)."""
    server = app()
    page = get(server, path)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = page.body.decode()
    links = re.findall('<a href="([^"]*)">', text)
    assert len(links) >= 7
    assert [link for link in links if get(server, link).status != 200] == []
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    if path == "/":
        (style,) = re.findall("<style>(.*)</style>", text, re.DOTALL)
        hashed = b64encode(sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{hashed}'" in page.headers["content-security-policy"]
        assert "<script" not in text
    assert "http://127.0.0.1/api/public/contacts?days=30" in text or path != "/"
    assert "test-key" not in text
    head = get(server, path, method="HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(page.body)))
    assert server.organisations.unattributed.record.total == 0


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/*", "text/html;q=0, */*", "text/plain"])
def test_everybody_else_gets_what_the_vendor_sends(accept: str | None) -> None:
    """404 at the root, with the vendor's body, and a problem at the admin API's (`front-page`)."""
    server = app()
    for method in ("GET", "HEAD", "POST"):
        refused = get(server, "/", BROWSER if method == "POST" else accept, method)
        assert refused.status == 404
        if method != "HEAD":
            assert json.loads(refused.body)["message"] == f"Cannot {method} /"
    admin = get(server, "/__admin", accept)
    assert (admin.status, admin.headers["content-type"]) == (404, "application/problem+json")


def test_the_page_links_no_admin_api_that_is_not_there() -> None:
    """Nor does it need the token, which a browser could not send, or open for other hosts' pages (`front-page`)."""
    for settings in ({"read_only": True}, {"workers": 2}, {"admin_port": 9_000}):
        page = get(app(**settings), "/")
        assert (page.status, "/__admin" in page.body.decode()) == (200, False)
    guarded = app(admin_token="s3cret")
    page = get(guarded, "/__admin")
    assert (page.status, "token" in page.body.decode()) == (200, True)
    foreign = ((b"host", b"evil.example"), (b"accept", BROWSER.encode()))
    assert ask(app(), path=b"/__admin", headers=foreign).status == 403


def test_the_docs_page_has_no_empty_section() -> None:
    """The vendor's document lists a tag that no operation has; the page would show it (`docs-page-filled-in`)."""
    page, served = (json.loads(get(app(), path).body) for path in ("/docs/openapi.json", "/openapi.json"))
    assert [tag["name"] for tag in served["tags"]] == ["Vambe AI"]
    assert page["tags"] == []


def test_what_the_host_header_says_is_escaped() -> None:
    """It stands in the page's example (`front-page`)."""
    headers = ((b"host", b"<b>'x"), (b"accept", b"text/html"))
    assert b"<b>" not in ask(app(), path=b"/", headers=headers).body
