"""Templates of refusals and headers: text with ``{{placeholders}}`` for what differs from request to request.

What is put in is escaped for where it stands: as part of a JSON string, or of HTML where the content type says so. A
placeholder that ends in ``-json`` is a whole JSON value, and is put in as it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from vambe_mock.contract.suggestions import did_you_mean

PLACEHOLDERS: Final = {
    "parameter": "the parameter's name",
    "received": "the value that was sent, decoded; of a repeated parameter all, with commas between",
    "received-json": "the same as a JSON text, or a list of them",
    "number-json": "the number that was read, as JSON; null for what is none",
    "minimum": "the least that is allowed",
    "maximum": "the most that is allowed",
    "pattern": "the document's pattern of the parameter",
    "options": "the values of an enum, each in quotes, with | between",
    "options-json": "the same as a JSON list",
    "names": "the unknown parameters, with commas between",
    "names-json": "the same as a JSON list",
    "issues": "what all faults say, by the templates of issue-texts",
    "first": "what the first fault says",
    "count": "how many faults are told",
    "message": "our own sentence",
    "key": "the custom field's key",
    "value": "the custom field's value",
    "type": "the custom field's type",
    "entity": "the entity_type that was sent",
    "id": "the stage's or pipeline's id",
    "method": "the request's method",
    "target": "its path and query, undecoded",
    "path": "its path, undecoded",
    "now": "the clock's instant, as a contact's would be printed by the document",
    "uuid": "a new UUID",
    "remaining": "how many requests are left in the window of rate-limit-numbers",
    "reset": "the seconds to its end",
    "reset-at": "its end in seconds since 1970",
    "etag": "a weak ETag of the body, as Express makes it",
    "milliseconds": "a small number, in the place of a duration",
}
"""What may stand between the braces, and what is put there."""

RAW: Final = frozenset({"issues", "first"})
"""What is made of templates, and so is escaped already."""

_PLACEHOLDER: Final = re.compile(r"\{\{([a-z-]+)\}\}")


def check_template(text: str) -> str:
    """*text* itself. Raises ValueError for a placeholder that does not exist."""
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise ValueError(f"{{{{{name}}}}} is no placeholder; {did_you_mean(name, PLACEHOLDERS)}wanted one of "
                             f"{', '.join(PLACEHOLDERS)}")  # fmt: skip
    return text


def names_in(text: str) -> frozenset[str]:
    """The placeholders of *text*."""
    return frozenset(_PLACEHOLDER.findall(text))


def in_json(text: str) -> str:
    """*text* as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def filled(template: str, values: Mapping[str, Any], escape: Callable[[str], str] = in_json) -> str:
    """*template* with *values* put in, each text through *escape*; a placeholder without a value stays empty."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = values.get(name, "")
        if name.endswith("-json"):
            return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        text = str(found)
        if name in RAW:
            return text
        return escape(text)

    return _PLACEHOLDER.sub(value, template)
