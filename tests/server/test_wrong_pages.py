"""Faults of what an answer is about: redirects, and pages that do not fit together."""

import json
from typing import Any

import pytest

from asgi import Reply, ask, control
from small_data import AT_ANCHOR, NEW, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

SINCE = "created_after=2020-01-01T00:00:00Z"


def serve(count: int = 7, *, tied: int = 1) -> Application:
    """An application with that many contacts at NEW; each *tied* of them have the same instant."""
    made = [contact(n, stage=NEW, created_at=f"2026-02-{n // tied + 1:02}T00:00:00.000Z") for n in range(count)]
    return create_app(from_document(document(*made)), Settings(now=AT_ANCHOR, quiet=True))


def fault(app: Application, match: dict[str, Any] | None = None, **effect: Any) -> Reply:
    """Add a fault."""
    return control(app, "POST", "/faults", {"effect": effect, "match": match or {}})


def numbers(reply: Reply) -> list[int]:
    """The numbers of the contacts listed."""
    assert reply.status == 200, reply.body
    return [int(one["id"][:8], 16) for one in json.loads(reply.body)]


def test_a_redirect() -> None:
    """The status and the Location said, and no body; refused if no header could have it (`faults-on-demand`)."""
    app = serve()
    fault(app, {"first": 1}, kind="redirect", location="https://login.example.com/?next=%2F", status=302)
    reply = ask(app, "days=1")
    assert (reply.status, reply.headers["location"], reply.body) == (302, "https://login.example.com/?next=%2F", b"")
    assert ask(app, "days=1").status == 200
    fault(app, kind="redirect", location="/api/public/contacts/")
    assert ask(app, "days=0").status == 307
    assert fault(app, kind="redirect", location="a\r\nb").status == 422
    assert fault(app, kind="redirect", location="/a", status=200).status == 422


@pytest.mark.parametrize(
    ("how", "pages"),
    [
        ("same_page", [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]]),
        ("row_repeated", [[0, 1, 2], [2, 3, 4], [5, 6], []]),
        ("row_left_out", [[0, 1, 2], [4, 5, 6], [], []]),
    ],
)
def test_pages_that_do_not_fit_together(how: str, pages: list[list[int]]) -> None:
    """The same page for ever, a row twice or not at all; the record has what was asked (`faults-on-demand`)."""
    app = serve()
    fault(app, kind="wrong_pages", how=how)
    asked = [ask(app, f"{SINCE}&stage_id={NEW}&limit=3&offset={offset}") for offset in (0, 3, 6, 9)]
    assert [numbers(reply) for reply in asked] == pages
    assert {reply.headers["x-mock-matched"] for reply in asked} == {"7"}
    first = json.loads(control(app, "GET", "/requests").body)["requests"][0]
    assert (first["query"]["offset"], first["query"]["limit"], first["faults"]) == (9, 3, [1])
    assert numbers(ask(app, SINCE)) == list(range(7))
    assert json.loads(ask(app, f"{SINCE}&offset=-1").body)["errors"][0]["code"] == "too_small"
    assert ask(app, f"{SINCE}&offset=1&offset=2").status == 400


def test_unstable_ties() -> None:
    """Equal instants, and only they, come in an order of each answer's own, also in pages (`faults-on-demand`)."""
    app = serve(24, tied=6)
    plain = numbers(ask(app, SINCE))
    fault(app, {"seed": 7}, kind="wrong_pages", how="unstable_ties")
    answers = [numbers(ask(app, SINCE)) for _ in range(4)]
    assert len({tuple(one) for one in answers}) == 4
    for one in answers:
        assert [sorted(one[start : start + 6]) for start in range(0, 24, 6)] == [
            plain[start : start + 6] for start in range(0, 24, 6)
        ]
    pages = [numbers(ask(app, f"{SINCE}&limit=4&offset={offset}")) for offset in range(0, 28, 4)]
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 4, 0]
    assert len({number for page in pages for number in page}) < 24
    assert ask(app, f"{SINCE}&limit=0").status == 400


def test_a_wrong_page_was_delivered() -> None:
    """What a client was given counts as delivered, whichever page it was of (`delivered-versions`)."""
    app = serve()
    control(app, "PUT", "/delivered", {})
    fault(app, kind="wrong_pages", how="row_left_out")
    for offset in (0, 3, 6):
        ask(app, f"{SINCE}&limit=3&offset={offset}")
    lost = json.loads(control(app, "GET", "/delivered").body)["lost"]
    assert [int(one[:8], 16) for one in lost] == [3]
