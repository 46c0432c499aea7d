"""The vendor's other public paths that the mock answers: which they are, and how their queries are read.

Every refusal has the form of the endpoint's own, since it is one stack (docs/decisions.md, `neighbour-search` and on).
"""

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, urlencode

from vambe_mock.contract import javascript, refusals
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.query import parse

Name = Literal["pipeline", "search", "info", "whatsapp"]

PATHS: Final[dict[Name, str]] = {
    "pipeline": "/api/public/pipeline",
    "search": "/api/public/contacts/search",
    "info": "/api/public/contact/{aiContactId}/info",
    "whatsapp": "/api/public/whatsapp/contact/contacts",
}
"""The path of each, in the order of ``neighbours.yaml``."""

MOST_FOUND: Final = 50
"""How many contacts a search lists (`neighbour-search`)."""

PARAMETERS: Final[dict[Name, tuple[str, ...]]] = {
    "pipeline": (),
    "search": ("phone", "email"),
    "info": (),
    "whatsapp": ("days",),
}
"""The parameters that each knows; any other is ignored (`unknown-parameters`)."""

_BY_PATH: Final[dict[bytes, Name]] = {path.encode(): name for name, path in PATHS.items() if "{" not in path}
_INFO: Final = re.compile(rb"/api/public/contact/([^/]+)/info/?", re.IGNORECASE)
_NO_PART_OF_A_PHONE: Final = re.compile(r"[\s\ufeff+-]")


class Neighbour(NamedTuple):
    """Which neighbour a path leads to; ``contact`` is the id in it, decoded, where it has one."""

    name: Name
    contact: str = ""


def neighbour_at(raw_path: bytes) -> Neighbour | None:
    """The neighbour at an undecoded path, in the forms that the endpoint's own may have too (`path-forms`)."""
    name = _BY_PATH.get(raw_path) or _BY_PATH.get(raw_path.lower().removesuffix(b"/"))
    if name is not None:
        return Neighbour(name)
    found = _INFO.fullmatch(raw_path)
    return None if found is None else Neighbour("info", unquote(found[1].decode("latin-1")))


class SearchQuery(NamedTuple):
    """What is searched for, as it is compared; an empty text is no search."""

    phone: str = ""
    email: str = ""


def stripped(phone: str) -> str:
    """*phone* as a search compares it: without plus, minus and blanks."""
    return _NO_PART_OF_A_PHONE.sub("", phone)


def read_search(raw: bytes) -> SearchQuery:
    """The query string *raw* of a search. Raises ``Refusal`` if it has neither a phone nor an e-mail address."""
    sent = javascript.query_pairs(raw)
    given = {name: sent[name] for name in PARAMETERS["search"] if name in sent}
    if repeated := [refusals.repeated_text(name) for name, texts in given.items() if len(texts) > 1]:
        raise refusals.invalid_parameters(repeated)
    phone, email = (given.get(name, [""])[0] for name in PARAMETERS["search"])
    query = SearchQuery(stripped(phone), email.lower())
    if query == SearchQuery():
        raise refusals.refused_by_rule("At least one of phone or email is required, for example phone=56912345678")
    return query


def read_days(raw: bytes, dialect: Dialect) -> float:
    """``days`` in the query string *raw*, by the endpoint's own rules. Raises ``Refusal`` if it is missing or wrong."""
    sent = javascript.query_pairs(raw).get("days")
    if sent is None:
        raise refusals.invalid_parameters([refusals.not_a_number("days")])
    days = parse(urlencode([("days", text) for text in sent]).encode(), {}, dialect).days
    assert days is not None  # noqa: S101 - it was sent
    return days


def ignored(name: Name, raw: bytes) -> tuple[str, ...]:
    """The parameters in the query string *raw* that the neighbour *name* does not have."""
    return tuple(one for one in javascript.query_pairs(raw) if one not in PARAMETERS[name])
