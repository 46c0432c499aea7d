"""What the log and the record hint at where a request is nearly right (`log-hints`); the answer is the vendor's."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from vambe_mock.admin.paths import PREFIX
from vambe_mock.contract import neighbours as vendors
from vambe_mock.contract.operation import PATH, is_endpoint
from vambe_mock.organisations.journal import Exchange

ENDPOINT: Final = PATH.decode()
PATHS: Final = (ENDPOINT, "/docs", "/livez", "/readyz", "/openapi.json", "/openapi.yaml", f"{PREFIX}/docs")
ROOT: Final = "/api/public"
NEIGHBOURS: Final = {path.removeprefix(ROOT): path for path in (ENDPOINT, *vendors.PATHS.values())}
"""The vendor's paths by what tells them apart."""
SEARCH: Final = vendors.PATHS["search"]
LIKENESS: Final = 0.7
LONGEST: Final = 100

_INSTANTS: Final = ("created_after", "updated_after")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)([T +])(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+ -]\d\d:?\d\d)?")


def hint(exchange: Exchange, *, neighbours: bool = True) -> str:
    """What is nearly right in *exchange*, in a few words that repeat no more of it than digits; or nothing.

    *neighbours*: whether the server answers the vendor's other paths.
    """
    path, _, query = exchange.target.partition("?")
    if exchange.status == 404 and not exchange.message and len(path) <= LONGEST:
        return _path(path, neighbours=neighbours)
    if exchange.status == 400 and not path.startswith(PREFIX):
        return of_query(query)
    return ""


def of_query(query: str) -> str:
    """What is nearly right in a query that the endpoint refuses with 400."""
    return "; ".join(_instants(query))


@lru_cache(maxsize=256)  # clients repeat their slips
def _path(path: str, *, neighbours: bool) -> str:
    lowered = re.sub("/+", "/", unquote(path).strip().lower()).rstrip("/")
    raw = path.encode("latin-1", "replace")
    if is_endpoint(raw):
        return f"{ENDPOINT} takes GET and HEAD"
    if neighbours and (found := vendors.neighbour_at(raw)) is not None:
        return f"{vendors.PATHS[found.name]} takes GET and HEAD"
    near = get_close_matches(lowered, PATHS, 1, LIKENESS)
    if neighbours and (nearer := get_close_matches(lowered.removeprefix(ROOT), NEIGHBOURS, 1, LIKENESS)):
        near = [NEIGHBOURS[nearer[0]]]
    if lowered.startswith(PREFIX):
        pass
    elif lowered.endswith(("/contacts", "/contact")):
        near = [ENDPOINT]
    elif neighbours and lowered.endswith(("/contact/search", "/contacts/search")):
        near = [SEARCH]
    return f"did you mean {near[0]}?" if near else ""


def _instants(query: str) -> Iterator[str]:
    for piece in query.split("&", 100)[:100]:
        name, _, value = piece.partition("=")
        if name in _INSTANTS and len(value) <= LONGEST:
            yield from _instant(name, unquote(value), escaped="+" not in value)


def _instant(name: str, value: str, *, escaped: bool) -> Iterator[str]:
    if _DATE.fullmatch(value):
        yield f"{name} needs a time and a zone, e.g. {value}T00:00:00Z"
        return
    parts = _INSTANT.fullmatch(value)
    if parts is None:
        return
    date, separator, time, zone = parts.groups()
    wanted = zone or "Z"
    wanted = wanted if ":" in wanted or wanted == "Z" else f"{wanted[:3]}:{wanted[3:]}"
    example = f"e.g. {date}T{time}{re.sub('[+ ]', '%2B', wanted)}"
    if zone is None:
        yield f"{name} needs a zone, {example}"
    elif zone.startswith("+") and not escaped:
        yield f"the + of {name} is a blank unless it is sent as %2B, {example}"
    elif zone != "Z" and ":" not in zone:
        yield f"the zone of {name} needs a colon, {example}"
    elif separator != "T":
        yield f"{name} needs a T between date and time, {example}"
