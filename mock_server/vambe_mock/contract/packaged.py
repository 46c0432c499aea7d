"""The data files that come with the package: ``openapi.yaml`` and the fixture sets.

In a clone they lie at its top, in an installed wheel inside the package.
"""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]


def path(name: str) -> Path:
    """Where the bundled file *name* is, for example ``openapi.yaml`` or ``fixtures/default.json``."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parents[1] / name
