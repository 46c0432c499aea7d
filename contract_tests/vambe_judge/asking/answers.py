"""The parts of a response that are kept: nothing personal.

A body is parsed once, here. Of a contact, its ids, instants, flags and a salted digest are kept, and what is wrong with
its fields as field names and types. Names, phone numbers and e-mail addresses are dropped before any other code sees
them, so no report, traceback or cache can hold them.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, NoReturn

import httpx

from vambe_judge.asking import contacts
from vambe_judge.asking.problems import Unanswered
from vambe_mock.contract.plural import plural

MOST_OBJECTS: Final = 500_000
MOST_VALUES: Final = 3_000_000
"""The most objects and arrays, and the most values, of a body that is parsed: 50,000 contacts and some room. Parsed,
each takes up to a hundred times the bytes that it came in."""

_PLAIN_WORD: Final = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}")
_PARAMETER: Final = re.compile(rf"(?<!\w)(?:{'|'.join(contacts.PARAMETERS)})(?!\w)")

Kind = Literal["array", "object", "other JSON", "no JSON", "nothing"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One entry of a refusal's ``errors``, without its text."""

    parameter: str
    code: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal's JSON object: its ``statusCode``, whether ``message`` says something, its keys, its issues.

    ``named`` are the endpoint's parameters that it names: as texts or keys of their own, else within sentences.
    """

    status_code: int | None
    has_message: bool
    keys: tuple[str, ...]
    issues: tuple[Issue, ...]
    named: frozenset[str] = frozenset()
    apart: bool = False
    """Whether ``named`` are texts of their own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without its body. ``at`` is the ``Date`` header in milliseconds since 1970 UTC, None without one."""

    query: str
    status: int
    media_type: str
    charset: str
    kind: Kind
    rows: tuple[contacts.Row, ...] = ()
    refusal: Refusal | None = None
    at: int | None = None
    location: str = ""
    seconds: float = 0.0
    size: int = 0
    why: str = ""
    curl: str = ""
    faults: tuple[contacts.Fault, ...] = ()
    pipelines: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """The ids of the contacts, in order."""
        return [row.id for row in self.rows]

    @property
    def is_list(self) -> bool:
        """Whether it is what a valid request gets: 200 with an array."""
        return self.status == httpx.codes.OK and self.kind == "array"

    def summary(self) -> str:
        """Describe the answer in a few words."""
        if self.is_list:
            return f"{self.status} with {plural(len(self.rows), 'contact')}"
        return f"{self.status} with {'an ' if self.kind in ('array', 'object') else ''}{self.kind} ({self.media_type})"

    def prints(self) -> list[bytes]:
        """The digests of the contacts, in order."""
        return [row.digest for row in self.rows]


def read(  # noqa: PLR0913, PLR0917 - each is a part of the answer
    response: httpx.Response, body: bytes, query: str, seconds: float, curl: str, known: contacts.Known
) -> Answer:
    """Reduce *response* and its *body* to what is kept; *known* has the contacts of earlier answers.

    Raises Unanswered for more values or contacts than can be looked at.
    """
    media_type, charset = _media_type(response.headers.get("content-type", ""))
    kind, parsed, why = _parsed(body)
    rows: tuple[contacts.Row, ...] = ()
    faults: tuple[contacts.Fault, ...] = ()
    if kind == "array" and response.status_code == httpx.codes.OK:
        try:
            rows, faults = contacts.read(parsed, known)
        except RecursionError:  # what could just be parsed may be too deep for a digest
            kind, parsed, why = "no JSON", None, "the body is nested too deep"
    return Answer(
        query=query,
        status=response.status_code,
        media_type=media_type,
        charset=charset,
        kind=kind,
        rows=rows,
        refusal=_refusal(parsed) if kind == "object" else None,
        at=_date(response.headers.get("date", "")),
        location=_host(response),
        seconds=seconds,
        size=len(body),
        why=why,
        curl=curl,
        faults=faults,
        pipelines=dict(_pipelines(parsed)) if kind == "array" else {},
    )


def _pipelines(items: list[Any]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The ids of pipelines and of their stages, from an answer of the vendor's endpoint beside this one."""
    for item in items:
        stages = item.get("stages") if isinstance(item, dict) else None
        if isinstance(stages, list) and isinstance(item.get("id"), str):
            ids = [stage.get("id") for stage in stages if isinstance(stage, dict)]
            yield item["id"].lower(), tuple(one.lower() for one in ids if isinstance(one, str))


def _media_type(header: str) -> tuple[str, str]:
    name, *parameters = (part.strip().lower() for part in header.split(";"))
    charset = next((one.removeprefix("charset=").strip('"') for one in parameters if one.startswith("charset=")), "")
    shown = name if _PLAIN_WORD.fullmatch(name) else ("no media type" if not name else "an unreadable media type")
    return shown, charset


def _parsed(body: bytes) -> tuple[Kind, Any, str]:
    if not body.strip():
        return "nothing", None, "the body is empty"
    if body.count(b"{") + body.count(b"[") > MOST_OBJECTS or body.count(b",") > MOST_VALUES:
        raise Unanswered(f"the answer has more than {contacts.MOST_ROWS} contacts, or too many values in them")
    try:
        parsed = json.loads(body.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except UnicodeDecodeError:
        return "no JSON", None, "the body is not UTF-8"
    except json.JSONDecodeError:
        html = body.lstrip()[:1] == b"<"
        return "no JSON", None, "the body is HTML or XML" if html else "the body is not JSON"
    except (ValueError, RecursionError) as error:
        why = error.args[0] if isinstance(error, _NotStrict) else "the body is not JSON"
        return "no JSON", None, why
    kinds: dict[type, Kind] = {list: "array", dict: "object"}
    return kinds.get(type(parsed), "other JSON"), parsed, ""


class _NotStrict(ValueError):  # noqa: N818 - it says what is wrong, in words
    """JSON that only a lenient reader takes."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotStrict("an object has a name twice")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise _NotStrict("a number is NaN or Infinity")


def _refusal(parsed: dict[str, Any]) -> Refusal:
    code, message = parsed.get("statusCode"), parsed.get("message")
    texts = message if isinstance(message, list) else [message]
    issues = parsed.get("errors")
    return Refusal(
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        bool(texts) and all(isinstance(text, str) and text.strip() for text in texts),
        tuple(contacts.plain(name) for name in contacts.some(parsed)),
        tuple(_issues(issues if isinstance(issues, list) else [])),
        *_named(parsed),
    )


def _named(body: dict[str, Any]) -> tuple[frozenset[str], bool]:
    texts, left = list[str](), list[Any]([body])
    while left:
        thing = left.pop()
        if isinstance(thing, dict):
            texts += thing
            left += thing.values()
        elif isinstance(thing, list):
            left += thing
        elif isinstance(thing, str):
            texts.append(thing)
    alone = frozenset(contacts.PARAMETERS).intersection(texts)
    return alone or frozenset(name for text in texts for name in _PARAMETER.findall(text)), bool(alone)


def _issues(issues: Iterable[Any]) -> Iterable[Issue]:
    for issue in contacts.some(issues):
        if isinstance(issue, dict):
            path, code = issue.get("path"), issue.get("code")
            parameter = path[0] if isinstance(path, list) and path and isinstance(path[0], str) else ""
            yield Issue(contacts.plain(parameter), contacts.plain(code) if isinstance(code, str) else "")


def _date(header: str) -> int | None:
    try:
        return int(parsedate_to_datetime(header).timestamp()) * 1_000
    except (TypeError, ValueError, OverflowError):
        return None


def _host(response: httpx.Response) -> str:
    """Where a redirect leads: scheme and host alone, since the rest may carry anything."""
    try:
        url = httpx.URL(response.headers.get("location", ""))
    except httpx.InvalidURL:
        return ""
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}" if url.host else ""
