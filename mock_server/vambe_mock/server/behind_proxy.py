"""A server behind a proxy: under which address its clients know it (`behind-a-proxy`).

Only links and addresses depend on it; contacts are answered as ever. Not uvicorn's ``ProxyHeadersMiddleware``, which
leaves ``X-Forwarded-Host`` alone and wraps every request, those for contacts too.
"""

import re
from dataclasses import dataclass
from typing import AnyStr, Final, Self

from starlette.types import Scope

from vambe_mock.admin.paths import ROOT
from vambe_mock.server.settings import Settings

_HOST: Final = re.compile(rb"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SCHEMES: Final = {b"http": "http", b"https": "https"}


@dataclass(frozen=True, slots=True)
class Outside:
    """The address outside: below ``root`` (empty: at the top), and, if ``trusted``, as the proxy's headers say."""

    root: str
    trusted: bool

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """What *settings* say of it; None if there is no proxy."""
        found = cls(settings.root_path or "", settings.trust_proxy)
        return found if found.root or found.trusted else None

    def seen(self, scope: Scope) -> Scope:
        """*scope* as the client sees the request, but its path without the root, whoever took that away."""
        if scope["type"] != "http":
            return scope
        found = {**scope, ROOT: self.root}
        if self.root:
            found["path"] = _without(scope["path"], self.root, "/")
            found["raw_path"] = _without(scope["raw_path"], self.root.encode(), b"/")
        if self.trusted:
            scheme = _SCHEMES.get(_first(scope, b"x-forwarded-proto").lower())
            if scheme is not None:
                found["scheme"] = scheme
            host = _first(scope, b"x-forwarded-host")
            if _HOST.fullmatch(host):
                others = [one for one in scope["headers"] if one[0] != b"host"]
                found["headers"] = [*others, (b"host", host)]
        return found


def _first(scope: Scope, name: bytes) -> bytes:
    """The first value of a header: of several proxies in a row, the one that the client spoke to."""
    for one, value in scope["headers"]:
        if one == name:
            first: bytes = value.split(b",")[0].strip()
            return first
    return b""


def _without(path: AnyStr, root: AnyStr, slash: AnyStr) -> AnyStr:
    """*path* below *root*; as it is if it is not below that."""
    if path == root:
        return slash
    return path[len(root) :] if path.startswith(root + slash) else path
