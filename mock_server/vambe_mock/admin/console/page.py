"""Serves the console: a page without content of its own, and the two files that it loads (`console`)."""

from collections.abc import Sequence
from html import escape
from importlib import resources
from typing import Any, Final

from fastapi import Response
from starlette.responses import HTMLResponse

from vambe_mock import __version__
from vambe_mock.admin.front_page import Link
from vambe_mock.admin.paths import CONSOLE_FILES, PREFIX

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The page's Content-Security-Policy: its own files alone, and no text that becomes markup, wherever it comes from."""


def console_page(base: str, links: Sequence[Link], *, needs_token: bool, endpoint_here: bool) -> HTMLResponse:
    """The page for a server whose paths begin with *base*; *links* are shown where there is no script, too.

    *endpoint_here*: the endpoint is on the same port, so the page can name its URL. With *needs_token*, the page asks
    for the token before it asks the server for anything.
    """
    files = f"{base}{PREFIX}/console"
    listed = "".join(
        f'<li><a href="{escape(link.address, quote=True)}">{escape(link.address)}</a>'
        f"<span>{escape(link.about)}</span></li>\n"
        for link in links
    )
    token = "needed" if needs_token else "none"
    hint = "<p>They need the token that the server printed at its start.</p>" if needs_token else ""
    text = (
        f'<!doctype html>\n<html lang=en data-base="{escape(base, quote=True)}" data-token={token} '
        f"data-endpoint={'here' if endpoint_here else 'elsewhere'} "
        f'data-version="{escape(__version__, quote=True)}">\n'
        "<meta charset=utf-8>\n<title>vambe-mock console</title>\n"
        "<meta name=viewport content='width=device-width, initial-scale=1'>\n"
        "<meta name=color-scheme content='light dark'>\n<link rel=icon href='data:,'>\n"
        f'<link rel=stylesheet href="{files}/console.css">\n<script type=module src="{files}/console.js"></script>\n'
        f"<div id=app></div>\n<template id=links>{listed}</template>\n"
        f"<noscript><main><h1>vambe-mock admin</h1><p>The console needs JavaScript; this does not.</p>{hint}"
        f"<ul class=links>{listed}</ul></main></noscript>\n"
    )
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, headers=headers)


def assets() -> dict[str, Any]:
    """Return a route handler for each file of the console, by file name."""
    return {name: _asset(name, media_type) for name, media_type in CONSOLE_FILES.items()}


def _asset(name: str, media_type: str) -> Any:
    async def answer() -> Response:
        content = resources.files("vambe_mock.admin.console").joinpath("assets", name).read_bytes()
        return Response(
            content, media_type=media_type, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        )

    return answer
