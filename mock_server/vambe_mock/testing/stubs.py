"""Stubs as Python code makes them: ``mock.stub("/api/public/ticket/{id}", {"id": "7"})``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from vambe_mock.testing.client import AdminClient


class StubFields(TypedDict, total=False):
    """What a stub has beside its path and body. See docs/stubs.md."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    query: Mapping[str, str | None]
    status: int
    headers: Mapping[str, str]
    delay: float | timedelta


class Stubs:
    """The stubs of the mock: fixed answers at paths that it does not have."""

    def __init__(self, admin: AdminClient) -> None:
        """Manage stubs through *admin*."""
        self._admin = admin

    def __repr__(self) -> str:
        """Whose they are."""
        return f"<Stubs through {self._admin!r}>"

    def add(self, path: str, body: Any = ..., **more: Unpack[StubFields]) -> int:
        """Answer requests to *path* with *body*, a text or JSON, and return the stub's id.

        Of several stubs that match a request, the one added last answers. Raises MockError for one that is refused.
        """
        number: int = self._admin("POST", "/stubs", _rule(path, body, more))["id"]
        return number

    def list(self) -> list[dict[str, Any]]:
        """All stubs, with how many requests each answered."""
        listed: list[dict[str, Any]] = self._admin("GET", "/stubs")
        return listed

    def replace(self, number: int, path: str, body: Any = ..., **more: Unpack[StubFields]) -> None:
        """Replace the stub with that id, or add one under it."""
        self._admin("PUT", f"/stubs/{number}", _rule(path, body, more))

    def remove(self, number: int) -> None:
        """Remove the stub with that id."""
        self._admin("DELETE", f"/stubs/{number}")

    def clear(self) -> None:
        """Remove all stubs."""
        self._admin("DELETE", "/stubs")


def _rule(path: str, body: Any, more: StubFields) -> dict[str, Any]:
    """The stub as the admin API takes it; without a body, none is sent."""
    return {"path": path, **more, **({} if body is ... else {"body": body})}
