"""By how much Python code moves the clock."""

from __future__ import annotations

from datetime import timedelta


def amount(by: timedelta | None, **units: float) -> dict[str, float]:
    """The *units* that are not 0, with the timedelta *by* among them. Raises TypeError for what has no unit, or two."""
    if by is not None and not isinstance(by, timedelta):
        raise TypeError(f"{by!r} has no unit; wanted a timedelta or a unit, for example seconds=30")
    for name, value in units.items():
        if isinstance(value, timedelta):
            raise TypeError(f"{name}={value!r} has a unit already; wanted the timedelta alone, or {name}=1.5")
    if by is not None:
        units["milliseconds"] += by / timedelta(milliseconds=1)
    return {name: value for name, value in units.items() if value != 0}
