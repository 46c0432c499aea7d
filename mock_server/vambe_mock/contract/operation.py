"""The one operation of the contract: its path, its methods, the header of its key, the content type of its answers."""

from typing import Final

PATH: Final = b"/api/public/contacts"
METHODS: Final = ("GET", "HEAD")

HEADER: Final = b"x-api-key"
"""The header that carries the API key, in lower case as ASGI has it."""

JSON: Final = b"application/json; charset=utf-8"


def is_endpoint(raw_path: bytes) -> bool:
    """Whether the undecoded path is the endpoint's: in any case, with or without one trailing slash (`path-forms`)."""
    return raw_path == PATH or raw_path.lower().removesuffix(b"/") == PATH
