"""Faults as Python code makes them: one typed overload for each kind, so that a type checker sees a slip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from vambe_mock.testing.client import AdminClient

    Seconds = float | timedelta

Made_co = TypeVar("Made_co", covariant=True)
"""What adding a fault returns."""


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


class AddsFault(Protocol[Made_co]):
    """Adds a fault of a kind: ``("delay", seconds=0.5)``; docs/control.md describes every kind.

    A duration is a number of seconds or a timedelta. Raises MockError for an effect that the mock refuses.
    """

    @overload
    def __call__(
        self,
        kind: Literal["status"],
        *,
        status: int,
        message: str | None = None,
        retry_after: int | timedelta | None = None,
        retry_after_as_date: bool = False,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["rate_limit"],
        *,
        per_second: float,
        burst: int = 1,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["redirect"],
        *,
        location: str,
        status: Literal[301, 302, 303, 307, 308] = 307,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["wrong_pages"],
        *,
        how: Literal["same_page", "row_repeated", "row_left_out", "unstable_ties"],
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["delay"],
        *,
        seconds: Seconds | Uniform | Lognormal,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["stall"],
        *,
        seconds: Seconds = 600.0,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["slow_body"],
        *,
        bytes_per_second: int,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["truncated_body"],
        *,
        share: float = 0.5,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["content_type"],
        *,
        value: str = "text/html; charset=utf-8",
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["other_body"],
        *,
        text: str,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...
    @overload
    def __call__(
        self,
        kind: Literal["connection_reset", "malformed_json", "empty_body"],
        *,
        match: Match | None = None,
        expires_in: Seconds | None = None,
    ) -> Made_co: ...


class Faults:
    """The faults of the mock: what goes wrong on purpose."""

    def __init__(self, admin: AdminClient) -> None:
        """Manage faults through *admin*."""
        self._admin = admin

    def __repr__(self) -> str:
        """Whose they are."""
        return f"<Faults through {self._admin!r}>"

    @property
    def add(self) -> AddsFault[int]:
        """Add a fault and return its id: ``add("delay", seconds=0.5)``; docs/control.md describes every kind.

        A duration is a number of seconds or a timedelta. Raises MockError for an effect that the mock refuses.
        """
        return self._add

    def _add(self, kind: str, **told: Any) -> int:
        number: int = self._admin("POST", "/faults", rule_of(kind, **told))["id"]
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


def rule_of(
    kind: str, *, match: Match | None = None, expires_in: Seconds | None = None, **effect: Any
) -> dict[str, Any]:
    """A fault as the admin API takes it."""
    return {"match": dict(match or {}), "effect": {"kind": kind, **effect}, "expires_in": expires_in}
