"""The check from Python: a function that polls once, and one that reads the copy; no process for each poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vambe_mock.sync import checking, report
from vambe_mock.sync.clients import FunctionClient
from vambe_mock.sync.histories import words
from vambe_mock.sync.problems import SyncError
from vambe_mock.sync.ranges import check_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from vambe_mock.sync.checking import Report


def check(  # noqa: PLR0913 - the options of the command line
    poll: Callable[[str, str, Path], Any],
    copy: Callable[[Path], Iterable[dict[str, Any]]] | None = None,
    *,
    scope: str = checking.EVERYTHING,
    polls: int = 2,
    contacts: int | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    histories: int = 0,
    seed: int = 8262,
    strict: bool = False,
    jobs: int = 1,
) -> Report:
    """Check a client: ``poll(base_url, api_key, folder)`` polls once, ``copy(folder)`` gives the client's copy.

    *folder* is new for each hazard and each history; state that is in it, or that is found by it, begins anew. The
    other arguments are the options of ``vambe-mock sync-check``. Raises SyncError if the client cannot be checked.
    """
    for name, function in (("poll", poll), ("copy", copy)):
        if not (callable(function) or (function is None and name == "copy")):
            raise SyncError(f"{name}={function!r:.60}; wanted a function")
    check_ranges(polls=polls, contacts=contacts, jobs=jobs, seed=seed, histories=histories)
    options = checking.Options(
        scope=scope,
        polls=polls,
        contacts=contacts,
        hazards=checking.hazards_named(only, skip),
        histories=histories,
        seed=seed,
        strict=strict,
        jobs=jobs,
    )
    return checking.check(FunctionClient(poll, copy), options)


def complaint(found: Report) -> str:
    """Why the check failed, in a few lines; empty if it did not."""
    if found.exit_code == 0:
        return ""
    lines = [line for line in report.lines(found) if line]
    return "\n".join(["the client does not survive the sync check", *lines])


__all__ = ["check", "complaint", "words"]
