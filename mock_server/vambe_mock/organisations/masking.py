"""Keeps API keys out of whatever is shown: the log, the record of requests."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, unquote_plus

MASK: Final = "***"

LONGEST: Final = 2_000
"""The most characters of a target or a message that are shown."""

LONGEST_FOUND: Final = 16_384
"""The most characters of a target that are kept, to search it: Node's HTTP server accepts no longer ones."""

# A key sent in the query by mistake is a key all the same; custom_field_key is a name, not a secret.
_SECRET_NAMES: Final = ("key", "token", "secret")
_NO_SECRETS: Final = ("custom_field_key",)


class KeyMasker:
    """Masks a server's keys, encoded or not, and the values of parameters named like a secret (`keys-are-masked`)."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """Mask *keys*."""
        self.mask(keys)

    def mask(self, keys: Iterable[str]) -> None:
        """Mask *keys* from now on, and no others."""
        named = set(keys)
        # An id is read in lower case, and a key that was sent as one is a key all the same.
        self._keys = sorted(named | {key.lower() for key in named}, key=len, reverse=True)

    def target(self, target: str) -> str:
        """*target* without keys, on one line, cut to LONGEST characters."""
        shown = self._without_secrets(target)
        return printable(shown if len(target) < LONGEST_FOUND else self._without_end(shown))

    def text(self, text: str) -> str:
        """*text*, which is no target, without keys, on one line, cut to LONGEST characters."""
        shown = self._without_keys(text)
        return printable(shown if len(text) < LONGEST_FOUND else self._without_end(shown))

    def _without_end(self, masked: str) -> str:
        """*masked* without the end of a text that was cut, perhaps within a key, whose characters take up to three."""
        return masked[: max(0, len(masked) - 3 * max(map(len, self._keys), default=0))]

    def _without_secrets(self, target: str) -> str:
        """*target* with each value masked that is a key, or that is named like one."""
        if not _is_suspicious(target.replace("custom_field_key=", "")):
            return self._without_keys(target)
        path, mark, query = target.partition("?")
        if self._without_keys(unquote(path)) != unquote(path):
            path = MASK
        return path + mark + "&".join([self._without_secret(piece) for piece in query.split("&")])

    def _without_secret(self, piece: str) -> str:
        name, equals, value = piece.partition("=")
        plain_name, plain_value = unquote_plus(name), unquote_plus(value)
        if self._without_keys(plain_name) != plain_name:
            name = MASK
        lowered = plain_name.lower()
        named_so = lowered not in _NO_SECRETS and any(word in lowered for word in _SECRET_NAMES)
        secret = value and (named_so or self._without_keys(plain_value) != plain_value)
        return name + equals + (MASK if secret else value)

    def _without_keys(self, text: str) -> str:
        for key in self._keys:
            if key in text:
                text = text.replace(key, MASK)
        return text


def _is_suspicious(target: str) -> bool:
    """Whether *target* is encoded, or names a secret."""
    if "%" in target or "+" in target:
        return True
    lowered = target.lower()
    for word in _SECRET_NAMES:  # noqa: SIM110 - any() costs as much as all the rest of a line
        if word in lowered:
            return True
    return False


def printable(text: str) -> str:
    """*text* cut to LONGEST characters, with those escaped that could forge a line of a log (`request-log`)."""
    cut = text[:LONGEST] + "…" if len(text) > LONGEST else text
    if cut.isprintable():
        return cut
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in cut)
