"""The data files of the package: ``openapi.yaml`` and the fixture sets.

They are at the top of a clone, and inside the package in an installed wheel.
"""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]


def path(name: str) -> Path:
    """The path of the packaged file *name*, for example ``openapi.yaml`` or ``fixtures/default.json``."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parents[1] / name
