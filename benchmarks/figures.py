"""What is asked of the server, what was reached, yes or no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: *reached* in words, and whether it is what was *asked*; None where nothing is asked of it."""

    what: str
    asked: str
    reached: str
    good: bool | None

    @property
    def verdict(self) -> str:
        """yes, no, or nothing."""
        return "" if self.good is None else "yes" if self.good else "NO"


def at_least(what: str, asked: float, reached: float, of: str, more: str = "") -> Figure:
    """A ratio that must be *asked* or more."""
    return Figure(what, f">= {asked:g} {of}", f"{reached:.2f}{more}", reached >= asked)


def at_most(what: str, asked: float, reached: float, of: str, more: str = "") -> Figure:
    """A ratio or a measure that must be *asked* or less."""
    return Figure(what, f"<= {asked:g} {of}", f"{reached:.2f}{more}", reached <= asked)


def told(what: str, reached: str) -> Figure:
    """A figure of which nothing is asked; it explains the others."""
    return Figure(what, "", reached, None)


def ratio(ours: Sequence[float], base: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return median(one / other for one, other in zip(ours, base, strict=True))


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [("figure", "asked", "reached", ""), *((one.what, one.asked, one.reached, one.verdict) for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
