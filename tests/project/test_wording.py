"""Messages in good English: a count and its noun agree."""

import re
from pathlib import Path

import pytest

from vambe_mock.contract.plural import plural

ROOT = Path(__file__).parents[2]
NOUNS = (
    "contact|request|row|line|stage|cell|part|byte|time|second|minute|hour|day|hazard|rule|case|character|field|"
    "question|answer|ticket|tie|phone|fault|trigger|snapshot|poll|change|querie|kind|list"
)
COUNT = re.compile(rf"\{{([^{{}}]*)\}} (?:more )?(?:{NOUNS})s\b")
CONSTANT = re.compile(r"(?:len\()?(?:[\w.]*\.)?_?[A-Z_]{3,}(?:\))?(?::[^}]*)?")
NEVER_ONE = {
    "bodies.py": ("int(length[:20]):,", "most:,"),  # above a limit of a million
    "drift.py": ("size:,",),  # the same
    "stub_file.py": ("size:,", "most:,"),
    "files.py": ("count", "most:,"),  # parts of a set of which one is missing
    "job.py": ("command",),  # and the name of a file
    "knob_files.py": ("most:,",),
    "headers.py": ("len(values)",),  # a header sent more than once
    "judging.py": ("count",),  # a request asked for again
    "explain.py": ("url",),  # it answers
    "survey.py": ("base",),
    "histories.py": ("script.count",),  # "one contact" otherwise
    "parquet_file.py": ("metadata.num_rows:,", "size_of(path):,"),
    "plan.py": ("count",),  # a number of contacts that cannot be made: 1 can
    "process.py": ("patience:g",),
    "requests.py": ("record.total:,",),  # more than it keeps
    "report.py": ("than",),  # more or fewer
    "undelivered.py": ("len(read)",),  # "the last request" otherwise
    "mock.py": ("count",),  # "once" otherwise
}


def test_a_count_before_a_noun_is_written_by_plural() -> None:
    """No message says "1 contacts": a count is a constant, never one, or in the hands of ``plural``."""
    wrong = []
    for folder in ("mock_server", "contract_tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            found = [one[1] for one in COUNT.finditer(text) if not CONSTANT.fullmatch(one[1])]
            wrong += [f"{path.name}: {one}" for one in found if one not in NEVER_ONE.get(path.name, ())]
    assert wrong == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ((1, "contact"), "1 contact"),
        ((0, "contact"), "0 contacts"),
        ((1000, "contact"), "1,000 contacts"),
        ((1.0, "second"), "1 second"),
        ((0.5, "second"), "0.5 seconds"),
        (("1", "day"), "1 day"),
        (("1.5", "day"), "1.5 days"),
        ((1, "query", "queries"), "1 query"),
        ((2, "query", "queries"), "2 queries"),
    ],
)
def test_one_is_one(told: tuple[int, str], said: str) -> None:
    """The noun stands in the plural unless there is exactly one."""
    assert plural(*told) == said
