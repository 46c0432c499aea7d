"""What can stand in the way of judging. Every message is one line, without personal data and without the key."""

import traceback
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]


class JudgeError(Exception):
    """A question of usage, or a target that cannot be judged; the command ends with exit code 2."""


class Unanswered(Exception):  # noqa: N818 - it is an outcome of asking, not an error of ours
    """A request to which no answer came, and why: the case that needed it is inconclusive.

    ``curl`` repeats the request, where one was made.
    """

    def __init__(self, why: str, curl: str = "") -> None:
        """*why* is one line."""
        super().__init__(why)
        self.curl = curl


class BudgetSpent(Unanswered):
    """No request is left; every further case is inconclusive."""


class Malformed(Unanswered):
    """What came is no HTTP answer: that is the target's fault, not the network's."""


def stumbled(error: BaseException) -> str:
    """An error of the judge's own, told by its type and place: its text may quote what was handled there."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _PACKAGE in Path(frame.filename).parents]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"the judge stumbled: {type(error).__name__} at {place}"
