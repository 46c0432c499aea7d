"""The page that a browser gets at ``/`` and ``/__admin``: what there is, with links (`front-page`).

It is one text without a script, an image or a file of its own, so it works offline and under the strictest policy.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import Scope

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --line: #d9dee5; --paper: #fff; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --dim: #9aa5b4; --line: #333b46; --paper: #14181d; --link: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: 2rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; }
p { margin: 0 0 1rem; color: var(--dim); }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .6rem 0; border-top: 1px solid var(--line); }
a { color: var(--link); overflow-wrap: anywhere; }
span { display: block; color: var(--dim); font-size: .92rem; }
pre { margin: 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap;
  overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace; }
"""

_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: nothing but its own style."""


class Link(NamedTuple):
    """A link, and what is behind it."""

    address: str
    about: str


class Section(NamedTuple):
    """A heading with links, and perhaps a command that can be copied."""

    heading: str
    links: Sequence[Link]
    command: str = ""


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks: with GET or HEAD, and an Accept header that names HTML."""
    if scope["method"] not in ("GET", "HEAD"):
        return False
    for accepted in ",".join(Headers(scope=scope).getlist("accept")).split(","):
        media_type, *parameters = (part.strip().lower().replace(" ", "") for part in accepted.split(";"))
        if media_type == "text/html":
            return not any(one in ("q=0", "q=0.0", "q=0.00", "q=0.000") for one in parameters)
    return False


def front_page(title: str, about: str, sections: Sequence[Section]) -> HTMLResponse:
    """The page *title*: what it is *about*, and its *sections*."""
    parts = [
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n",
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n<link rel=icon href='data:,'>\n",
        "<meta name=viewport content='width=device-width, initial-scale=1'>\n",
        f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n",
    ]
    for section in sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>\n<ul>\n")
        for link in section.links:
            address = escape(link.address, quote=True)
            parts.append(f'<li><a href="{address}">{address}</a><span>{escape(link.about)}</span></li>\n')
        parts.append("</ul>\n")
        if section.command:
            parts.append(f"<pre>{escape(section.command)}</pre>\n")
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse("".join([*parts, "</main>\n"]), headers=headers)
