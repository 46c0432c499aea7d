"""How the vendor's stack (Node) reads text: ``Number(text)`` and ``querystring.parse(text)``.

Python's own functions differ in details: ``float`` accepts ``1_0`` and refuses ``0x1E``.
"""

import math
import re
from typing import Final
from urllib.parse import unquote_to_bytes

MOST_PAIRS: Final = 1_000
"""Node parses this many pieces of a query string and ignores the rest (`query-string-syntax`)."""

_WHITE_SPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# Possessive quantifiers: many digits and one wrong letter must not cause backtracking.
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_RADIX: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)")
_INFINITY: Final = re.compile(r"[+-]?Infinity")
_ESCAPES: Final = re.compile(r"(?:%[0-9a-fA-F]{2})+")


def number(text: str) -> float:
    """*text* as JavaScript's ``Number()`` reads it; NaN if it is not a number (`number-syntax`)."""
    if text.isascii() and text.isdigit():
        return float(text)
    text = trim(text)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _RADIX.fullmatch(text):
        return _to_double(int(text, 0))
    if _INFINITY.fullmatch(text):
        return -math.inf if text[0] == "-" else math.inf
    return math.nan


def trim(text: str) -> str:
    """*text* without surrounding white space, as JavaScript defines it."""
    return text.strip(_WHITE_SPACE)


def query_pairs(raw: bytes) -> dict[str, list[str]]:
    """The names of *raw*, each with its values in the order in which they were sent (`query-string-syntax`).

    *raw* is ASCII: the HTTP layer admits nothing else (`broken-requests`).
    """
    text = raw.decode("latin-1")
    coded = "%" in text or "+" in text
    pairs: dict[str, list[str]] = {}
    for piece in text.split("&", MOST_PAIRS)[:MOST_PAIRS]:
        if piece:
            name, _, value = piece.partition("=")
            if coded:
                name, value = _decode(name), _decode(value)
            pairs.setdefault(name, []).append(value)
    return pairs


def _decode(text: str) -> str:
    if "%" not in text:
        return text.replace("+", " ")
    text = text.replace("+", " ")
    try:
        return _decode_strictly(text)
    except ValueError:
        return unquote_to_bytes(text.encode("latin-1")).decode("utf-8", "replace")


def _decode_strictly(text: str) -> str:
    """As ``decodeURIComponent``: raises ValueError for a bare ``%`` and for bytes that are not UTF-8."""
    if "%" in _ESCAPES.sub("", text):
        raise ValueError("a bare %")
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8"), text)


def _to_double(whole: int) -> float:
    try:
        return float(whole)
    except OverflowError:
        return math.inf
