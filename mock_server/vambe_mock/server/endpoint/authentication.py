"""Authentication: from the ``x-api-key`` header to the organisation, or 401."""

from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Final

from vambe_mock.contract import refusals
from vambe_mock.contract.operation import HEADER
from vambe_mock.organisations.organisation import Organisation

_BLANKS: Final = b" \t"

Headers = Iterable[tuple[bytes, bytes]]
Keys = Mapping[bytes, Organisation]


def authenticate(headers: Headers, keys: Keys) -> Organisation:
    """The organisation of the one key in *headers*, whose names are in lower case as ASGI has them.

    Raises ``refusals.Refusal`` (401) for no key, an empty one, an unknown one or several (`api-key-required`).
    """
    sent = [value.strip(_BLANKS) for name, value in headers if name == HEADER]
    if sent in ([], [b""]):
        raise refusals.unauthorized("Missing API key")
    organisation = _behind(sent[0], keys) if len(sent) == 1 else None
    if organisation is None:
        raise refusals.unauthorized("Invalid API key")
    return organisation


def _behind(sent: bytes, keys: Keys) -> Organisation | None:
    """Compare with every key, each in constant time, so that the duration reveals nothing about any of them."""
    found = None
    for key, organisation in keys.items():
        if compare_digest(key, sent):
            found = organisation
    return found
