"""Every refusal, with the vendor's body. No other module knows those shapes.

Raise a ``Refusal`` where a rule is broken; the server turns it into an answer. Key order is part of the body, so every
dict here is written in the order in which it is sent.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

Issue = dict[str, Any]

SAFE_INTEGER: Final = 9_007_199_254_740_991


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """An answer that is not 200: ``status`` and the JSON ``body`` as bytes."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        """Serialise the body at once, so that nothing can change it later."""
        faults = [f"{issue['path'][0]}: {issue['message']}" for issue in body.get("errors", ())]
        super().__init__("; ".join([body["message"], *faults]))
        self.status = status
        self.body = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def invalid_parameters(issues: Iterable[Issue]) -> Refusal:
    """400: some values are invalid by themselves; one issue for each fault (`invalid-parameters`)."""
    return Refusal(400, {"statusCode": 400, "message": "Validation failed", "errors": list(issues)})


def refused_by_rule(message: str) -> Refusal:
    """400: each value is valid by itself, but not together or for this data (`refused-by-rule`)."""
    return Refusal(400, {"message": message, "error": "Bad Request", "statusCode": 400})


def unauthorized(message: str) -> Refusal:
    """401: no key, an unknown key, or more than one (`unauthorized`)."""
    return Refusal(401, {"message": message, "error": "Unauthorized", "statusCode": 401})


def not_found(method: str, target: str) -> Refusal:
    """404: there is no such route; *target* is the path with its query, undecoded (`not-found`)."""
    return Refusal(404, {"message": f"Cannot {method} {target}", "error": "Not Found", "statusCode": 404})


def server_error() -> Refusal:
    """500: a failure of the server, on demand or from a defect of the mock (`server-error`)."""
    return Refusal(500, {"statusCode": 500, "message": "Internal server error"})


def on_demand(status: int, message: str | None = None) -> Refusal:
    """Any status from 400 to 599 that a fault asks for, with a body like the vendor's (`faults-on-demand`)."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR and message is None:
        return server_error()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        text = message or "ThrottlerException: Too Many Requests"
        return Refusal(status, {"statusCode": status, "message": text})
    phrase = _PHRASES.get(status, "Unknown Error")
    if message is None:
        return Refusal(status, {"message": phrase, "statusCode": status})
    return Refusal(status, {"message": message, "error": phrase, "statusCode": status})


def not_a_number(name: str) -> Issue:
    """The text is not a number, or the parameter was repeated."""
    return {
        "expected": "number",
        "code": "invalid_type",
        "received": "NaN",
        "path": [name],
        "message": "Invalid input: expected number, received NaN",
    }


def infinite(name: str) -> Issue:
    """The text is a number too large for a double (``1e400``), or the word ``Infinity``."""
    return {
        "expected": "number",
        "code": "invalid_type",
        "received": "Infinity",
        "path": [name],
        "message": "Invalid input: expected number, received number",
    }


def signed_infinity(name: str, *, above: bool) -> Issue:
    """The same as ``infinite``, in the words of zod 4.5.0 and later (`timestamp-syntax`)."""
    received = "Infinity" if above else "-Infinity"
    return {
        "expected": "number",
        "code": "invalid_type",
        "received": received,
        "path": [name],
        "message": f"Invalid input: expected number, received {received}",
    }


def not_whole(name: str) -> Issue:
    """A fraction where a whole number is required."""
    return {
        "expected": "int",
        "format": "safeint",
        "code": "invalid_type",
        "path": [name],
        "message": "Invalid input: expected int, received number",
    }


def unsafe_integer(name: str, *, above: bool) -> Issue:
    """A whole number beyond JavaScript's safe integers, above or below."""
    code, bound, sign = ("too_big", "maximum", "<=") if above else ("too_small", "minimum", ">=")
    limit = SAFE_INTEGER if above else -SAFE_INTEGER
    return {
        "code": code,
        bound: limit,
        "note": "Integers must be within the safe integer range.",
        "origin": "int",
        "inclusive": True,
        "path": [name],
        "message": f"{_SIZE[code]}: expected int to be {sign}{limit}",
    }


def below(name: str, minimum: int) -> Issue:
    """A number below its range."""
    return {
        "origin": "number",
        "code": "too_small",
        "minimum": minimum,
        "inclusive": True,
        "path": [name],
        "message": f"Too small: expected number to be >={minimum}",
    }


def above(name: str, maximum: int) -> Issue:
    """A number above its range."""
    return {
        "origin": "number",
        "code": "too_big",
        "maximum": maximum,
        "inclusive": True,
        "path": [name],
        "message": f"Too big: expected number to be <={maximum}",
    }


def malformed(name: str, kind: str, pattern: str) -> Issue:
    """A text that does not match the document's *pattern*; *kind* is ``datetime`` or ``uuid``."""
    return {
        "origin": "string",
        "code": "invalid_format",
        "format": kind,
        "pattern": f"/{pattern}/",
        "path": [name],
        "message": {"datetime": "Invalid ISO datetime", "uuid": "Invalid UUID"}[kind],
    }


def repeated_text(name: str) -> Issue:
    """A repeated text parameter."""
    return {
        "expected": "string",
        "code": "invalid_type",
        "path": [name],
        "message": "Invalid input: expected string, received array",
    }


def empty_text(name: str) -> Issue:
    """An empty text."""
    return {
        "origin": "string",
        "code": "too_small",
        "minimum": 1,
        "inclusive": True,
        "path": [name],
        "message": "Too small: expected string to have >=1 characters",
    }


def not_an_option(name: str, options: tuple[str, ...]) -> Issue:
    """A value outside an enum, or a repeated enum parameter."""
    wanted = "|".join(f'"{option}"' for option in options)
    return {
        "code": "invalid_value",
        "values": list(options),
        "path": [name],
        "message": f"Invalid option: expected one of {wanted}",
    }


_PHRASES: Final = {one.value: one.phrase for one in HTTPStatus}
_SIZE: Final = {"too_big": "Too big", "too_small": "Too small"}
