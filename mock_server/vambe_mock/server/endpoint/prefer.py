"""The ``Prefer`` header (RFC 7240), by which a request asks for a failure or a delay (`prefer-header`)."""

import re
from collections.abc import Iterable
from typing import Final

HEADER: Final = b"prefer"

LONGEST_WAIT: Final = 60.0
"""The most seconds that a request may ask to wait."""

_PIECE: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')


_CODE: Final = re.compile("[45][0-9]{2}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def is_sent(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether *headers* have a ``Prefer`` header."""
    for name, _ in headers:  # noqa: SIM110 - any() takes four times as long
        if name == HEADER:
            return True
    return False


def read(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The preferences in *headers* that are understood, in their order: ``code=500`` and ``wait=2`` (seconds).

    All others are ignored, as RFC 7240 requires.
    """
    sent = _preferences(b",".join(value for name, value in headers if name == HEADER).decode("latin-1"))
    return [(name, text) for name, text in sent.items() if _is_understood(name, text)]


def _is_understood(name: str, text: str) -> bool:
    if name == "code":
        return _CODE.fullmatch(text) is not None
    return name == "wait" and _SECONDS.fullmatch(text) is not None and float(text) <= LONGEST_WAIT


def _preferences(sent: str) -> dict[str, str]:
    """Each preference by its name in lower case, the first of several; a comma in quotes separates nothing."""
    found: dict[str, str] = {}
    for piece in _PIECE.findall(sent):
        name, _, text = (part.strip(' \t"') for part in piece.partition(";")[0].partition("="))
        found.setdefault(name.lower(), text)
    return found
