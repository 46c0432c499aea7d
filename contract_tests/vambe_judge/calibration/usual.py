"""The usual refusals, as docs/decisions.md has them: what is said so is no measurement that a file need hold."""

import json
from typing import Any, Final

UUID_PATTERN: Final = (
    r"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
)
_DAY: Final = (
    r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29"
    r"|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|(?:02)-(?:0[1-9]|1\d|2[0-8])))"
)
_ZONE: Final = r"(?:Z|([+-](?:[01]\d|2[0-3]):[0-5]\d)))$"
INSTANT_PATTERN: Final = rf"{_DAY}T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?{_ZONE}"
INSTANT_PATTERN_WITH_SECONDS: Final = rf"{_DAY}T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_ZONE}"
"""The patterns of zod: of the document, and with zod 4.5 and later (`seconds-required`)."""

SAFE: Final = 9_007_199_254_740_991
BETWEEN: Final = ","
INVALID: Final = '{"statusCode":400,"message":"Validation failed","errors":[{{issues}}]}'
RULE: Final = '{"message":"{{message}}","error":"Bad Request","statusCode":400}'
UNAUTHORIZED: Final = '{"message":"{{message}}","error":"Unauthorized","statusCode":401}'
NOT_FOUND: Final = '{"message":"Cannot {{method}} {{target}}","error":"Not Found","statusCode":404}'
JSON_TYPE: Final = "application/json; charset=utf-8"


def _json(thing: Any) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def _number(code: str, bound: str, sign: str, said: str) -> str:
    return (
        f'{{"origin":"number","code":"{code}","{bound}":{{{{{bound}}}}},"inclusive":true,"path":["{{{{parameter}}}}"],'
        f'"message":"{said}: expected number to be {sign}{{{{{bound}}}}}"}}'
    )


def _format(kind: str, pattern: str, said: str) -> str:
    return _json(
        {
            "origin": "string",
            "code": "invalid_format",
            "format": kind,
            "pattern": f"/{pattern}/",
            "path": ["{{parameter}}"],
            "message": said,
        }
    )


def _type(expected: str, said: str, received: str | None = None) -> str:
    thing: dict[str, Any] = {"expected": expected, "code": "invalid_type"}
    if received is not None:
        thing["received"] = received
    return _json({**thing, "path": ["{{parameter}}"], "message": f"Invalid input: expected {expected}, {said}"})


_NOT_A_NUMBER: Final = _type("number", "received NaN", "NaN")
_NO_OPTION: Final = _json(
    {
        "code": "invalid_value",
        "values": ["ticket", "customer"],
        "path": ["{{parameter}}"],
        "message": 'Invalid option: expected one of "ticket"|"customer"',
    }
)

ISSUES: Final[dict[str, str]] = {
    "not-a-number": _NOT_A_NUMBER,
    "repeated-number": _NOT_A_NUMBER,
    "infinite": _type("number", "received number", "Infinity"),
    "not-whole": _json(
        {
            "expected": "int",
            "format": "safeint",
            "code": "invalid_type",
            "path": ["{{parameter}}"],
            "message": "Invalid input: expected int, received number",
        }
    ),
    "unsafe-integer": _json(
        {
            "code": "too_big",
            "maximum": SAFE,
            "note": "Integers must be within the safe integer range.",
            "origin": "int",
            "inclusive": True,
            "path": ["{{parameter}}"],
            "message": f"Too big: expected int to be <={SAFE}",
        }
    ),
    "below": _number("too_small", "minimum", ">=", "Too small"),
    "above": _number("too_big", "maximum", "<=", "Too big"),
    "bad-instant": _format("datetime", INSTANT_PATTERN, "Invalid ISO datetime"),
    "bad-id": _format("uuid", UUID_PATTERN, "Invalid UUID"),
    "repeated-text": _type("string", "received array"),
    "empty-text": _json(
        {
            "origin": "string",
            "code": "too_small",
            "minimum": 1,
            "inclusive": True,
            "path": ["{{parameter}}"],
            "message": "Too small: expected string to have >=1 characters",
        }
    ),
    "no-option": _NO_OPTION,
    "repeated-option": _NO_OPTION,
}
"""What each fault says of its parameter, as a template."""

ISSUES_WITH_SECONDS: Final[dict[str, str]] = {
    **ISSUES,
    "infinite": _type("number", "received Infinity", "Infinity"),
    "bad-instant": _format("datetime", INSTANT_PATTERN_WITH_SECONDS, "Invalid ISO datetime"),
}
"""The same by zod 4.5 and later."""

_TOGETHER: Final = "custom_field_key and custom_field_value must be provided together"
MESSAGES: Final[dict[str, str]] = {
    "no-time-filter": "At least one of days, created_after or updated_after is required, for example days=30",
    "no-custom-key": _TOGETHER,
    "no-custom-value": _TOGETHER,
    "unknown-custom-field": 'Custom field "{{key}}" not found',
    "custom-field-entity": 'Custom field "{{key}}" is not defined for {{entity}}',
    "custom-field-value": 'Value "{{value}}" is not compatible with custom field "{{key}}" of type {{type}}',
    "no-key": "Missing API key",
    "wrong-key": "Invalid API key",
    "repeated-key": "Invalid API key",
}
"""What each kind of a refusal by a rule, and of a key, says."""
