"""What somebody may have meant who misspelt a name."""

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``"did you mean tickets? "`` with the nearest of *known*, a space after it; empty if none is near *word*.

    Capitals do not count. The answer is meant to be put before what is wanted.
    """
    from difflib import get_close_matches  # only where something is wrong

    lowered = {one.lower(): one for one in known}
    near = get_close_matches(word.lower(), lowered, n=1)
    return f"did you mean {lowered[near[0]]}? " if near else ""
