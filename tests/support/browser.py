"""A real Chromium whose pages reach one server alone.

Playwright is imported by whoever opens a browser: it takes a second, and of pytest's workers one is enough.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from servers import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Request, Route
    from playwright.sync_api import expect as expect  # noqa: PLC0414 - given on
else:

    def expect(*actual: Any) -> Any:
        """Playwright's own."""
        from playwright.sync_api import expect

        return expect(*actual)


FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visit:
    """A page in a browser that reaches one host only; whatever is asked of another is refused and kept."""

    def __init__(self, page: Page, own: str) -> None:
        """Watch every request of *page*; *own* is the ``host:port`` that it may reach."""
        self.page = page
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self._own = own
        page.route("**/*", self._let_through)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _let_through(self, route: Route, request: Request) -> None:
        if urlsplit(request.url).netloc == self._own:
            route.continue_()
        else:
            self.elsewhere.append(request.url)
            route.abort()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A new browser."""
    program_file = program("CHROMIUM", "/usr/bin/chromium", "install Debian's chromium")  # before playwright, whose
    from playwright.sync_api import sync_playwright  # driver may lack a library where there is no browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program_file, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(url: str, browser: Browser | None = None, **context: Any) -> Iterator[Visit]:
    """An empty page that shares nothing with another, in a browser of its own unless there is a *browser*.

    It reaches the server at *url*; *context* are options of Playwright's.
    """
    if browser is None:
        with chromium() as own, visiting(url, own, **context) as visit:
            yield visit
        return
    page = browser.new_page(**{"viewport": {"width": 1200, "height": 1600}, **context})
    page.set_default_timeout(15_000)
    try:
        yield Visit(page, own=urlsplit(url).netloc)
    finally:
        page.close()
