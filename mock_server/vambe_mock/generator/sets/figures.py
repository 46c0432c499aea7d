"""A preview of a set's first contacts as a table, and its distributions as bars or as a picture."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from vambe_mock.contract.plural import plural
from vambe_mock.datasets.files import needed
from vambe_mock.generator.drawing.rows import rows
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.sets.atomic_files import check_writable, write_atomically
from vambe_mock.generator.sets.job import CHUNK

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from vambe_mock.generator.recipe.plan import Plan

_SHOWN = ("name", "phone", "email", "platform", "last_message_at", "chat_status", "active_ticket_v2")
_WIDTHS = {  # the most important first
    "name": 24,
    "phone": 14,
    "last_message_at": 24,
    "platform": 12,
    "chat_status": 12,
    "email": 30,
    "active_ticket_v2": 36,
}
_NUMBER_WIDTH = 6
_WIDEST = 36
_CHARTS = {
    "recency": "Last message within days",
    "platform": "Platform",
    "chat_status": "Chat status",
    "created_month": "Created per month",
    "null": "Null fields",
}
_PLOTTED = ("recency", "platform", "chat_status", "created_month")
_WIDTH = 40
_PIPED_WIDTH = 240


def preview(plan: Plan, count: int, console: Console) -> None:
    """Print the first contacts as a table."""
    from rich.cells import cell_len  # only for a preview
    from rich.table import Table
    from rich.text import Text

    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    shown = columns_for(console.width)
    table = Table(title=f"the first {plural(count, 'contact')} of seed {plan.seed}", title_justify="left")
    cells = [
        [str(at), *(_cell(contact.get(name)) for name in shown)] for at, contact in enumerate(rows(plan, 0, count))
    ]
    widths = {
        name: min(_WIDEST, max(map(cell_len, [name, *column])))
        for name, *column in zip(["#", *shown], *cells, strict=True)
    }
    # On a narrow terminal the names are cut; Rich would cut every column a little, including instants.
    missing = sum(width + 3 for width in widths.values()) + 1 - console.width
    widths["name"] = min(widths["name"], max(1, widths["name"] - missing))
    for name, width in widths.items():
        justify: Any = "right" if name == "#" else "left"
        table.add_column(name, justify=justify, overflow="ellipsis", no_wrap=True, max_width=width)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def columns_for(width: int) -> list[str]:
    """The columns that fit into a width, in the vendor's order; the name always."""
    room, kept = width - _NUMBER_WIDTH, set[str]()
    for name, wanted in _WIDTHS.items():
        room -= wanted + 3  # the border and a space on either side
        if room < 0:
            break
        kept.add(name)
    return [name for name in _SHOWN if name in kept or name == "name"]


def _cell(value: Any) -> str:
    shown = value.get("current_stage_id") or "no stage" if isinstance(value, dict) else "-" if value is None else value
    return "".join(letter if letter.isprintable() else "·" for letter in str(shown))


def counted(plan: Plan, count: int) -> dict[str, Any]:
    """The counts of a set (`Counts.as_json`), without writing it."""
    maker = Maker(plan)
    for chunk in maker.chunks(0, count, CHUNK):
        chunk.count()
    return maker.counts.as_json()


def bars(counts: dict[str, Any], console: Console) -> None:
    """Print the distributions as bars."""
    console.print(plural(counts["contacts"], "contact"))
    for name, title in _CHARTS.items():
        buckets = counts[name]
        if not buckets:
            continue
        console.print(f"\n{title}")
        widest, most = max(map(len, buckets)), max(buckets.values())
        for bucket, number in buckets.items():
            share = number / counts["contacts"]
            bar = "█" * max(1, round(number / most * _WIDTH))
            line = f"  {bucket:<{widest}} {bar:<{_WIDTH}} {number:>10,} {share:7.2%}"
            console.print(line, highlight=False, soft_wrap=True)
    console.print(
        f"\n{plural(sum(counts['edge_case'].values()), 'contact is an edge case', 'contacts are edge cases')}"
    )


def check_place(path: Path, *, force: bool) -> None:
    """Raise GeneratorError if the picture cannot be written there; called before anything is written."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise GeneratorError(f"--plot {path}; wanted a name ending in .png or .svg, for example: --plot contacts.svg")
    check_writable(path.parent, [path.name], force=force)
    needed("matplotlib", "plot")


def plot(counts: dict[str, Any], path: Path, *, force: bool) -> None:
    """Draw the distributions as PNG or SVG, by the name of the file. Needs matplotlib."""
    os.environ.setdefault("MPLBACKEND", "agg")
    pyplot = needed("matplotlib.pyplot", "plot")
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 7.5), layout="constrained")
    figure.suptitle(plural(counts["contacts"], "contact"))
    for axis, name in zip(axes.flat, _PLOTTED, strict=True):
        buckets = counts[name]
        axis.set_title(_CHARTS[name])
        axis.bar([*buckets], [*buckets.values()], color="#3b6ea5")
        axis.tick_params(axis="x", rotation=30 if len(buckets) < 12 else 90, labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
        if len(buckets) >= 12:
            for place, label in enumerate(axis.get_xticklabels()):
                label.set_visible(place % 6 == 0)
    try:
        with write_atomically(path.parent, [path.name], force=force) as pending:
            figure.savefig(pending.path(path.name), dpi=110, format=path.suffix[1:].lower())
    finally:
        pyplot.close(figure)
