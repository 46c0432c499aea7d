"""A real Chromium whose pages reach one server alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, Route, sync_playwright

from servers import program

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
def visiting(url: str, **context: Any) -> Iterator[Visit]:
    """A new browser with an empty page, which reaches the server at *url*; *context* are options of Playwright's."""
    chromium = program("CHROMIUM", "/usr/bin/chromium", "install Debian's chromium")  # before playwright, whose
    with sync_playwright() as playwright:  # driver may lack a library where there is no browser
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        try:
            page = browser.new_page(**{"viewport": {"width": 1200, "height": 1600}, **context})
            page.set_default_timeout(15_000)
            yield Visit(page, own=urlsplit(url).netloc)
        finally:
            browser.close()
