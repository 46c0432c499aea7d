"""Faults as Python code makes them: one typed overload of ``add`` for each kind, so that a type checker sees a slip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from vambe_mock.testing.client import AdminClient

    Seconds = float | timedelta


class Match(TypedDict, total=False):
    """Which requests a fault applies to; all conditions must hold. See docs/control.md."""

    path: str | None
    query: Mapping[str, str | None]
    key: str | None
    every: int | None
    first: int | None
    probability: float | None
    seed: int | None


class Uniform(TypedDict):
    """A delay drawn evenly between two bounds, in seconds."""

    minimum: Seconds
    maximum: Seconds


class Lognormal(TypedDict):
    """A delay drawn from a lognormal distribution; ``median`` in seconds."""

    median: Seconds
    sigma: float


class Faults:
    """The faults of the mock: what goes wrong on purpose."""

    def __init__(self, admin: AdminClient) -> None:
        """Manage faults through *admin*."""
        self._admin = admin

    def __repr__(self) -> str:
        """Whose they are."""
        return f"<Faults through {self._admin!r}>"

    @overload
    def add(
        self,
        kind: Literal["status"],
        *,
        status: int,
        message: str | None = None,
        retry_after: int | None = None,
        retry_after_as_date: bool = False,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["rate_limit"],
        *,
        per_second: float,
        burst: int = 1,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["redirect"],
        *,
        location: str,
        status: Literal[301, 302, 303, 307, 308] = 307,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["wrong_pages"],
        *,
        how: Literal["same_page", "row_repeated", "row_left_out", "unstable_ties"],
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["delay"],
        *,
        seconds: Seconds | Uniform | Lognormal,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["stall"],
        *,
        seconds: Seconds = 600.0,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["slow_body"],
        *,
        bytes_per_second: int,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["truncated_body"],
        *,
        share: float = 0.5,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["content_type"],
        *,
        value: str = "text/html; charset=utf-8",
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["other_body"],
        *,
        text: str,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    @overload
    def add(
        self,
        kind: Literal["connection_reset", "malformed_json", "empty_body"],
        *,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> int: ...
    def add(self, kind: str, *, match: Match | None = None, expires_in: Seconds | None = None, **effect: Any) -> int:
        """Add a fault like ``add("delay", seconds=0.5)`` and return its id; docs/control.md describes every kind.

        A duration is a number of seconds or a timedelta. Raises MockError for an effect that the mock refuses.
        """
        rule = {"match": dict(match or {}), "effect": {"kind": kind, **effect}, "expires_in": expires_in}
        number: int = self._admin("POST", "/faults", rule)["id"]
        return number

    def list(self) -> list[dict[str, Any]]:
        """All faults, with how many requests each matched and was applied to."""
        listed: list[dict[str, Any]] = self._admin("GET", "/faults")
        return listed

    def remove(self, number: int) -> None:
        """Remove the fault with that id."""
        self._admin("DELETE", f"/faults/{number}")

    def clear(self) -> None:
        """Remove all faults."""
        self._admin("DELETE", "/faults")
