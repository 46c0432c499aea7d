"""Errors of the judge. Every message is one line, without personal data and without the key."""

import traceback
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]


class JudgeError(Exception):
    """Wrong usage, or a target that cannot be judged; exit code 2."""


class Unanswered(Exception):  # noqa: N818 - it is an outcome of asking, not an error of ours
    """No answer came to a request, so the case that needed it is inconclusive.

    ``curl`` repeats the request, if one was sent.
    """

    def __init__(self, why: str, curl: str = "") -> None:
        """*why* is one line."""
        super().__init__(why)
        self.curl = curl


class BudgetSpent(Unanswered):
    """The request budget is spent; all further cases are inconclusive."""


class Malformed(Unanswered):
    """What came is not an HTTP response: the target's fault, not the network's."""


def stumbled(error: BaseException) -> str:
    """Describe an internal error by type and place only: its text may quote the data at hand."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _PACKAGE in Path(frame.filename).parents]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"internal error in the judge: {type(error).__name__} at {place}"
