"""The numbers that say how to check, each with its range: on the command line and from Python."""

from typing import Any, Final

from vambe_mock.sync.problems import SyncError

RANGES: Final[dict[str, dict[str, int]]] = {
    "polls": {"min": 1, "max": 100},
    "contacts": {"min": 8, "max": 100_000},
    "jobs": {"min": 0, "max": 64},
    "seed": {"min": 0},
    "histories": {"min": 0, "max": 1_000_000},
}


def check_ranges(**given: Any) -> None:
    """Raise SyncError for one of *given*, Python's arguments by name, that is no number of its range.

    The number of contacts may be None, which leaves it to the client's pages.
    """
    from vambe_mock.server.options import About, Option, SettingsError

    for name, value in given.items():
        least, most = RANGES[name]["min"], RANGES[name].get("max")
        option = Option.of(name, int, least, About(least=least, most=most), flag=f"--{name}")
        try:
            if value is not None or name != "contacts":
                option.accept(value)
        except SettingsError as error:
            raise SyncError(str(error)) from None
