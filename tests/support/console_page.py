"""The console in a real Chromium, as its tests open it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from browser import expect
from servers import Server, client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from browser import Visit

PATIENCE: Final = 15_000
"""Milliseconds that an expectation waits."""


@contextmanager
def console(mock: Server, visit: Visit) -> Iterator[Callable[[str], Page]]:
    """Shows a view of a console that is loaded anew, over the initial data; in the end, nothing has gone wrong."""
    from playwright.sync_api import expect as all_of_them

    all_of_them.set_options(timeout=PATIENCE)
    client.post(f"{mock.url}/__admin/reset")
    visit.page.goto("about:blank")

    def show(view: str) -> Page:
        visit.page.goto(f"{mock.url}/__admin#/{view}")
        expect(visit.page.locator(".live")).to_have_text("live")
        return visit.page

    yield show
    assert (visit.errors, visit.elsewhere) == ([], [])
