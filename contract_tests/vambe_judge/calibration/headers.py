"""The headers of the answers as templates: those of every answer, and those of one status."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Final

from vambe_judge.calibration.asker import Reply
from vambe_judge.calibration.bodies import UUID
from vambe_judge.calibration.population import read

OURS: Final = frozenset(("connection", "content-length", "date", "keep-alive", "transfer-encoding"))
"""Headers of the HTTP server."""

NEVER: Final = frozenset(("set-cookie", "location", "content-type", "retry-after"))
"""Headers that are no part of a dialect, or are told elsewhere."""

_PERSONAL: Final = re.compile(r"@|\+?\d{9,}|\+\d[\d ().-]{7,}\d")
OWNERS: Final = (
    "account|company|email|org|organi[sz]ation|owner|tenant|user|workspace"
    "|cliente|correo|cuenta|empresa|organizaci[oó]n|usuario"
)
"""Names of what tells whose account it is, in English and in the vendor's Spanish."""

_WHOSE: Final = re.compile(
    rf"(?:^|[-_.])(?:{OWNERS}|client|contact|customer|mail|member|phone|session|token)(?:$|[-_.])", re.IGNORECASE
)
"""Names of headers whose value tells whose account it is."""

_HTTP_DATE: Final = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_NUMBER: Final = re.compile(r"\d{1,9}")
_MILLISECONDS: Final = re.compile(r"\d{1,6}(?:\.\d+)?")
_POLICY: Final = re.compile(r"(\d+);\s*w=(\d+)")


@dataclass(slots=True)
class Found:
    """The value of `response-headers`, of `rate-limit-numbers`, and what no template says, by name."""

    headers: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)


def etag(body: bytes) -> str:
    """The weak ETag of *body* as Express makes it."""
    digest = base64.b64encode(sha1(body, usedforsecurity=False).digest()).decode()[:27]
    return f'W/"{len(body):x}-{digest}"'


def headers_of(replies: Sequence[Reply]) -> Found:
    """What the headers of all *replies* have in common."""
    found = Found()
    seen = [reply for reply in replies if 200 <= reply.status <= 599 and reply.status not in (429, 502, 503, 504)]
    names: dict[str, str] = {}
    for reply in seen:
        for name, _ in reply.headers:
            lower = name.lower()
            if lower not in OURS | NEVER and not lower.startswith("x-mock-") and _NAME.fullmatch(name):
                names.setdefault(lower, name)
    if any(name.lower() == "set-cookie" for reply in seen for name, _ in reply.headers):
        found.beyond["response-headers.set-cookie"] = "cookies are set, which are never kept"
    statuses = sorted({reply.status for reply in seen})
    for lower, name in names.items():
        by_status: dict[int, list[str | None]] = {one: [] for one in statuses}
        for reply in seen:
            values = [value for one, value in reply.headers if one.lower() == lower]
            by_status[reply.status].append(", ".join(values) if values else None)
        _header(found, name, by_status, seen)
    _content_types(found, seen)
    return found


def _header(found: Found, name: str, by_status: dict[int, list[str | None]], seen: Sequence[Reply]) -> None:
    every = [value for values in by_status.values() for value in values]
    there = [value for value in every if value is not None]
    always = len(there) == len(every)
    if always:
        template = _template(found, name, there, seen)
        if template is not None:
            found.headers[name] = template
            return
    told, untold = False, list[int]()
    varies = any(len({value for value in values if value is not None}) > 1 for values in by_status.values())
    for status, values in by_status.items():
        some = [value for value in values if value is not None]
        if not some:
            continue
        if varies and len(some) == 1:  # one answer does not show that its value is always the same
            untold.append(status)
            continue
        if len(some) != len(values):
            found.beyond[f"response-headers.{name.lower()}"] = (
                f"{name} comes with some answers of {status}, and not with others"
            )
            continue
        template = _template(found, name, some, seen)
        if template is not None:
            found.headers.setdefault(str(status), {})[name] = template
            told = True
        else:
            untold.append(status)
    if told and untold:
        found.beyond[f"response-headers.{name.lower()}"] = (
            f"{name} has a value that no template says in answers of {', '.join(map(str, untold))}"
        )
    if not told and f"response-headers.{name.lower()}" not in found.beyond:
        found.beyond[f"response-headers.{name.lower()}"] = f"{name} has a value that no template says"


def _template(  # noqa: C901, PLR0912 - one kind of value after the other
    found: Found, name: str, values: Sequence[str], seen: Sequence[Reply]
) -> str | None:
    """One template for all *values*; None if there is none, or if the value may be the account's."""
    different = set(values)
    lower = name.lower()
    if all(UUID.fullmatch(one) for one in different):
        return "{{uuid}}" if len(different) == len(values) and len(values) > 1 else None
    if lower == "etag":
        return "{{etag}}" if all(one.startswith('W/"') and len(one) > 28 for one in different) else None
    if len(different) == 1:
        value = values[0]
        if _PERSONAL.search(value) or UUID.search(value) or read(value) is not None or not value.isascii():
            return None
        if _WHOSE.search(name) or _HTTP_DATE.search(value):
            return None
        if not value.isprintable() or "{{" in value:
            return None
        if "remaining" not in lower and not ("reset" in lower and len(values) > 1 and "limit" in lower):
            _limit(found, lower, value)
            return value
    numbers = [int(one) for one in values if _NUMBER.fullmatch(one)]
    if "remaining" in lower and len(numbers) == len(values):
        found.numbers.setdefault("limit", max(numbers) + 1)
        return "{{remaining}}"
    if "reset" in lower and len(numbers) == len(values):
        if max(numbers) > 1_000_000:
            return None
        found.numbers.setdefault("seconds", _round(max(numbers)))
        return "{{reset}}"
    if all(one.isdecimal() and int(one) > 1_000_000_000 for one in different) and "reset" in lower:
        return "{{reset-at}}"
    if "time" in lower or "duration" in lower:
        ends = {re.sub(_MILLISECONDS, "", one, count=1) for one in different}
        if len(ends) == 1 and all(_MILLISECONDS.match(one) for one in different):
            return "{{milliseconds}}" + ends.pop()
    if all(read(one) is not None and one.endswith("Z") for one in different):
        return "{{now}}"
    paths = {(value, reply.request.path) for value, reply in zip(values, seen, strict=False)}
    if len(values) == len(seen) and all(value == path for value, path in paths):
        return "{{path}}"
    return None


def _limit(found: Found, name: str, value: str) -> None:
    if "limit" in name and _NUMBER.fullmatch(value) and int(value) > 0:
        found.numbers["limit"] = int(value)
    policy = _POLICY.fullmatch(value)
    if policy:
        found.numbers.update(limit=int(policy[1]), seconds=int(policy[2]))


def _round(seconds: int) -> int:
    return next((one for one in (1, 10, 15, 30, 60, 300, 600, 900, 3600, 86_400) if one >= seconds), max(seconds, 1))


def _content_types(found: Found, seen: Sequence[Reply]) -> None:
    """That of the lists, if it is another; those of refusals stand in their templates."""
    types = {reply.content_type for reply in seen if reply.is_list}
    if len(types) == 1 and types != {"application/json; charset=utf-8"}:
        found.headers.setdefault("200", {})["content-type"] = types.pop()
    elif len(types) > 1:
        found.beyond["response-headers.content-type"] = "lists have different content types"
