"""The data sets: made once by the generator into benchmarks/data, the same bytes on every machine."""

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from vambe_mock.contract import instants
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.sets.job import job
from vambe_mock.generator.sets.writing import write

ANCHOR: Final = "2026-01-01T00:00:00.000Z"
"""The instant of all measurements: the servers are started with ``--now`` there, so every run asks for the same."""

PAGE: Final = "days=365&limit=100"
EVERYTHING: Final = "created_after=1970-01-01T00:00:00Z&limit=100"
DISTINCT: Final = 50_000
"""More queries than one load asks, so that none of them comes twice in it."""

FOLDER: Final = Path(__file__).parent / "data"
FILES: Final = {"ndjson": "contacts.ndjson", "parquet": "contacts.parquet"}


def data_set(count: int, form: str = "ndjson") -> Path:
    """The folder of the generated set with *count* contacts, seed 1, in the format *form*."""
    folder = FOLDER / f"{count}-{form}"
    if not (folder / FILES[form]).exists():
        anchor = instants.parse(ANCHOR)
        write(job(str(folder), seed=1, count=count, anchor=anchor, shape=Shape.of({}), format_=form, force=True))
    return folder


def pages(deepest: int) -> list[str]:
    """Queries for 100 contacts each, all different: time windows, both cursors, offsets up to *deepest*."""
    draw = random.Random(1)
    anchor = instants.parse(ANCHOR)
    queries = []
    for place in range(DISTINCT):
        at = instants.write(anchor - draw.randrange(200 * instants.DAY, 360 * instants.DAY))
        kinds = (f"days={draw.uniform(200, 365):.6f}", f"created_after={at}", f"updated_after={at}")
        queries.append(f"{kinds[place % 3]}&offset={draw.randrange(deepest)}&limit=100")
    return queries


def filters(folder: Path, most: int = 5) -> dict[str, list[str]]:
    """Filter values of a set in NDJSON, each as a piece of a query: all stages, all pipelines, *most* of each field."""
    header = json.loads((folder / "dataset.json").read_bytes())
    return {
        "stage_id": [f"stage_id={stage['id']}" for one in header["pipelines"] for stage in one["stages"]],
        "pipeline_id": [f"pipeline_id={one['id']}" for one in header["pipelines"]],
        "custom field": [
            f"custom_field_key={quote(key)}&custom_field_value={quote(text)}"
            for key, texts in _values_by_key(folder).items()
            for text in texts[:most]
        ],
    }


def _values_by_key(folder: Path) -> dict[str, list[str]]:
    """The values that the first contacts have, as one asks for them."""
    found: dict[str, dict[str, None]] = {}
    for contact in _first_contacts(folder, 500):
        for values in contact["custom_fields"].values():
            for key, value in values.items():
                found.setdefault(key, {})[value if isinstance(value, str) else json.dumps(value)] = None
    return {key: list(texts) for key, texts in found.items()}


def _first_contacts(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    with (folder / FILES["ndjson"]).open("rb") as lines:
        yield from map(json.loads, itertools.islice(lines, count))
