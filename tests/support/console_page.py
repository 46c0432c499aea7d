"""The console in a real Chromium, as its tests open it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Page, expect

from browser import Visit
from servers import Server, client

PATIENCE: Final = 15_000
"""Milliseconds that an expectation waits."""


@contextmanager
def console(mock: Server, visit: Visit) -> Iterator[Callable[[str], Page]]:
    """Shows a view of a console that is loaded anew, over the initial data; in the end, nothing has gone wrong."""
    expect.set_options(timeout=PATIENCE)
    client.post(f"{mock.url}/__admin/reset")
    visit.page.goto("about:blank")

    def show(view: str) -> Page:
        visit.page.goto(f"{mock.url}/__admin#/{view}")
        expect(visit.page.locator(".live")).to_have_text("live")
        return visit.page

    yield show
    assert (visit.errors, visit.elsewhere) == ([], [])
