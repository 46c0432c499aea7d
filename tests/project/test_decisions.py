"""docs/decisions.md, the code and the tests are in step.

A slug is cited in single backticks. In our own files, whatever stands in single backticks and has a hyphen is taken
for a slug; code and names stand in double ones. The vendor's documents cite in ``x-decision``, JSON in ``"slug"``.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
LEDGER: Final = ROOT / "docs" / "decisions.md"
CODE: Final = ("mock_server", "contract_tests")
CODE_BESIDE: Final = (
    "Dockerfile",
    "Makefile",
    "action.yml",
    "compose.yaml",
    "neighbours.yaml",
    "openapi.yaml",
    "pyproject.toml",
)
"""What carries out decisions too, beside the Python files and the workflows."""
CITING: Final = ("tests", "benchmarks")
CITING_DATA: Final = ("tests/vendor_stack/departures.json",)
GRADES: Final = ("documented", "reconciled", "inferred", "assumed", "observed", "ours")
LINES: Final = ("Grade", "Sources say", "We do", "Because", "Shown by")

_SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)"
_CITATION: Final = re.compile(rf"(?<!`)`({_SLUG}+)`(?!`)")
_IN_DOCUMENT: Final = re.compile(r"x-decision: ([\w-]+)")
_OTHER_CITATIONS: Final = {
    "openapi.yaml": _IN_DOCUMENT,
    "neighbours.yaml": _IN_DOCUMENT,
    "departures.json": re.compile(r'"slug": "([^"]+)"'),
}
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py::[\w:]+)`")


class Entry(NamedTuple):
    """One decision: its slug and its lines by name, in the order in which they stand."""

    slug: str
    lines: dict[str, str]


def entries(ledger: str) -> list[Entry]:
    """The decisions of a ledger's text. A line runs on where the next one is indented."""
    found = []
    for section in re.split(r"^### ", ledger, flags=re.MULTILINE)[1:]:
        slug, _, rest = section.partition("\n")
        body = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        lines = re.findall(r"^- (.+?): (.+(?:\n  .+)*)", body, flags=re.MULTILINE)
        found.append(Entry(slug, dict(lines)))
    return found


def citations(path: str, text: str) -> set[str]:
    """The slugs that a file cites."""
    return set(_OTHER_CITATIONS.get(Path(path).name, _CITATION).findall(text))


def uncited(ledger: str, code: Mapping[str, str]) -> list[str]:
    """The slugs of a ledger that no file of *code* (path to text) cites."""
    cited = {slug for path, text in code.items() for slug in citations(path, text)}
    text = "\n".join(code.values())
    # A slug of one word is looked for as it stands: not every word in backticks is a slug.
    return [slug for slug, _ in entries(ledger) if slug not in cited and ("-" in slug or f"`{slug}`" not in text)]


def functions_of(text: str) -> set[str]:
    """The test functions of a test module, as pytest names them."""
    module = ast.parse(text).body
    places = [("", module), *((f"{one.name}::", one.body) for one in module if isinstance(one, ast.ClassDef))]
    return {
        prefix + one.name
        for prefix, place in places
        for one in place
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name.startswith("test_")
    }


def faults(ledger: str, files: Mapping[str, str]) -> list[str]:
    """What is out of step between a ledger and *files* (path to text), one line each."""
    decisions = entries(ledger)
    slugs = [entry.slug for entry in decisions]
    existing = {f"{path}::{name}" for path, text in files.items() for name in _tests_in(path, text)}
    return [
        *(f"{slug} stands twice" for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1})),
        *(
            f"{path} cites `{slug}`, which is no decision; if it is code, put it into double backticks"
            for path, text in files.items()
            for slug in sorted(citations(path, text) - set(slugs))
        ),
        *(fault for entry in decisions for fault in _faults_of(entry, existing)),
    ]


def _tests_in(path: str, text: str) -> set[str]:
    return functions_of(text) if re.fullmatch(r"tests/(?:\w+/)*test_\w+\.py", path) else set()


def _faults_of(entry: Entry, existing: set[str]) -> list[str]:
    shown_by = _TEST.findall(entry.lines.get("Shown by", ""))
    found = [f"{entry.slug} is shown by {name}, which does not exist" for name in shown_by if name not in existing]
    if not shown_by:
        found.append(f"{entry.slug} is shown by no test")
    if tuple(name for name in entry.lines if name != "Switch") != LINES:
        found.append(f"{entry.slug} has the lines {', '.join(entry.lines)}; wanted {', '.join(LINES)}")
    if not entry.lines.get("Grade", "").startswith(GRADES):
        found.append(f"{entry.slug} has no grade; wanted one of {', '.join(GRADES)}")
    return found


def _python_files(folder: str) -> list[Path]:
    """All Python files below *folder*, but those that installed Node packages bring along."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts]


@cache
def _code() -> Mapping[str, str]:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    own = [*workflows, *(ROOT / name for name in CODE_BESIDE)]
    return _read([*own, *(path for folder in CODE for path in _python_files(folder))])


def _read(paths: list[Path]) -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_ledger_is_in_step_with_code_and_tests() -> None:
    """Every slug that is cited is a decision, every decision is shown by a test that exists, and none stands twice."""
    others = _read([*(ROOT / name for name in CITING_DATA), *(path for name in CITING for path in _python_files(name))])
    assert faults(LEDGER.read_text(encoding="utf-8"), {**_code(), **others}) == []


def test_every_decision_is_cited_where_it_is_carried_out() -> None:
    """Every slug stands in a docstring or a comment of the code, in the files that build it, or in a document."""
    assert uncited(LEDGER.read_text(encoding="utf-8"), _code()) == []


SOUND: Final = """# Decisions

## Part

### some-rule

- Grade: assumed
- Switch: ``some_switch``
- Sources say: nothing.
- We do: this,
  and that.
- Because: so.
- Shown by: `tests/test_part.py::test_some_rule`,
  `tests/test_part.py::test_more`

## Other part

### order

- Grade: documented
- Sources say: this.
- We do: it.
- Because: they say so.
- Shown by: `tests/test_part.py::test_more`
"""
CITED: Final = "`" + "some-rule" + "`"
UNKNOWN: Final = "`" + "other-rule" + "`"
TESTS: Final = f'def test_some_rule():\n    """It holds ({CITED})."""\n\ndef test_more():\n    pass\n'


def test_sound_ledger_has_no_faults() -> None:
    """A ledger in step with its files is accepted, and its lines are read to their end."""
    assert faults(SOUND, {"tests/test_part.py": TESTS}) == []
    assert entries(SOUND)[0].lines["We do"] == "this,\n  and that."


@pytest.mark.parametrize(
    ("ledger", "files", "fault"),
    [
        pytest.param(SOUND + SOUND, {}, "order stands twice", id="a slug twice"),
        pytest.param(
            SOUND, {"mock_server/a.py": f"# {UNKNOWN}\n"}, "mock_server/a.py cites", id="unknown in a comment"
        ),
        pytest.param(
            SOUND, {"openapi.yaml": "x-decision: nothing\n"}, "openapi.yaml cites", id="unknown in the document"
        ),
        pytest.param(SOUND.replace("::test_more", "::test_gone"), {}, "which does not exist", id="a test that is gone"),
        pytest.param(SOUND.replace("tests/test_part", "tests/part"), {}, "which does not exist", id="not a test file"),
        pytest.param(
            SOUND.replace("`tests/test_part.py::test_more`\n", "-\n"), {}, "order is shown by no", id="no test"
        ),
        pytest.param(SOUND.replace("- Because: so.\n", ""), {}, "some-rule has the lines", id="a line missing"),
        pytest.param(SOUND.replace("assumed", "guessed"), {}, "some-rule has no grade", id="an unknown grade"),
        pytest.param(
            SOUND.replace("::test_more", "::TestAll::test_more"), {}, "which does not exist", id="not in that class"
        ),
        pytest.param(SOUND, {"Makefile": f"# {UNKNOWN}\n"}, "Makefile cites", id="unknown in the Makefile"),
    ],
)
def test_ledger_out_of_step_is_noticed(ledger: str, files: dict[str, str], fault: str) -> None:
    """Each way of being out of step is told, with the slug or the file that it is about."""
    assert [line for line in faults(ledger, {"tests/test_part.py": TESTS, **files}) if fault in line]


@pytest.mark.parametrize(
    ("path", "text", "cited"),
    [
        ("a.py", f"see {CITED}, {UNKNOWN}.", {"some-rule", "other-rule"}),
        ("a.py", "``some-rule`` is code", set()),
        ("a.py", "`pattern` is a word", set()),
        ("a.py", "`stage_id` and `a-B` are names", set()),
        ("Makefile", f"# see {CITED}.", {"some-rule"}),
        ("openapi.yaml", "x-decision: order", {"order"}),
        ("openapi.yaml", f"# an ordinary {UNKNOWN}", set()),
        ("departures.json", f'{{"slug": "other-rule", "because": "{CITED}"}}', {"other-rule"}),
    ],
)
def test_citation_is_a_hyphenated_word_in_single_backticks(path: str, text: str, cited: set[str]) -> None:
    """Double backticks, single words and other spellings are no citations; a document has only its own mark."""
    assert citations(path, text) == cited


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ({"a.py": f"# {CITED} and `order`\n"}, []),
        ({"Makefile": f"# {CITED}\n", "openapi.yaml": "x-decision: order\n"}, []),
        ({"a.py": f"# `{CITED}` and order\n"}, ["some-rule", "order"]),
        ({"openapi.yaml": f"# {CITED}\nx-decision: order\n"}, ["some-rule"]),
    ],
)
def test_decision_that_no_code_cites_is_noticed(code: dict[str, str], missing: list[str]) -> None:
    """Slugs of one word and of several are looked for, each with the mark of its file."""
    assert uncited(SOUND, code) == missing
