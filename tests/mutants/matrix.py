"""Every version before the judge: which rule notices which break."""

import ast
import inspect
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest

from mutants import consistency, memory, pairs, values  # noqa: F401 - they register their versions
from mutants.accents import ACCENTS
from mutants.breaks import MUTANTS, Mutant
from mutants.seams import KEY, Asgi, Seams
from vambe_judge import fresh_mock
from vambe_judge.asking.client import Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import Options
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging import combined
from vambe_judge.judging import rules as test_rules
from vambe_judge.judging.judge import Trial
from vambe_judge.judging.verdicts import Verdict
from vambe_judge.judging_run import Run, Target, prepare
from vambe_judge.reports.report import Report
from vambe_mock import generator
from vambe_mock.datasets import dataset
from vambe_mock.datasets.fixtures import fixture_set
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

TABLE: Final = Path(__file__).parents[2] / "docs" / "mutants.md"
SETS: Final = ("default", "tiny", "random", "withheld")
"""``random`` is a generated set, ``withheld`` the default set with nothing said of its custom fields."""

_ARRAY: Final = combined.array

RANDOM: Final = {"seed": 20_240_115, "count": 150}


NAMES: Final = ("version", "what is different", "fails", "differs from the mock", "not noticed with", "of")
COLUMNS: Final = f"| {' | '.join(NAMES)} |\n{'| --- ' * len(NAMES)}|"
HEAD: Final = """# Who notices what

Broken versions of the mock, each a few lines on a seam of the app (`tests/mutants/breaks.py`), before the judge.
`fails` are the rules on firm ground that the version breaks, with the default data set; `differs from the mock` are
rules that fail with `--like-mock` only. Each version is judged with the default set, with `tiny`, with a random set of
{random} contacts, and with the default set when the judge is told nothing of its custom fields (`withheld`). In the
random set, two contacts share a phone, and the values of one custom field have blanks around them; no other set has
such contacts, so what a version does to them shows in that set alone. Contacts that a target has merged before it lists
any, alike in all answers, no question can show.

`of` stands for the version's source and the judge's rules that a line is true of. {old} lines are of older ones or
missing; a test tells when there are more.

{mutants} broken versions, {accents} correct ones. Made by `python tests/mutants --write`; do not edit.
"""
JUDGING: Final = Path(test_rules.__file__).parent


@dataclass(frozen=True)
class Noticed:
    """What the judge said of one version: rules violated, rules that only differ, and whether it could judge at all."""

    violated: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    unjudged: str = ""
    report: Report | None = None

    @property
    def anything(self) -> bool:
        """Whether the version was noticed."""
        return bool(self.violated or self.differing or self.unjudged)


@cache
def document(name: str) -> dict[str, Any]:
    """The data set document of one of ``SETS``."""
    settings = Settings().checked()
    if name == "random":
        return _telling(generator.document(RANDOM["seed"], RANDOM["count"], settings.anchored_at()))
    found: dict[str, Any] = json.loads(fixture_set("tiny" if name == "tiny" else "default").read_text("utf-8"))
    return found


def _telling(drawn: dict[str, Any]) -> dict[str, Any]:
    """*drawn* with what no generated set has: a phone that two contacts share, and a custom value with blanks around.

    The phone is that of neighbours of whom one was created first and the other updated first.
    """
    for one, other in pairwise(drawn["contacts"]):
        crossed = one["created_at"] > other["created_at"] and one["updated_at"] < other["updated_at"]
        if crossed and one["phone"] and other["phone"]:
            other["phone"] = one["phone"]
            break
    *_, told = fresh_mock.with_data_of(Options(), drawn).custom_fields
    for contact in drawn["contacts"]:
        for own in contact["custom_fields"].values():
            if own.get(told.key) == told.value:
                own[told.key] = f" {told.value} "
    return drawn


@cache
def served(name: str) -> dataset.Dataset:
    """The same as what a server serves."""
    return dataset.from_document(document(name))


def known_of(name: str) -> Options:
    """What the judge is told of a set."""
    known = fresh_mock.with_data_of(Options(generated=40), document(name))
    return replace(known, custom_fields=()) if name == "withheld" else known


def judged(
    version: Mutant,
    name: str,
    *,
    like_mock: bool = False,
    rules: Sequence[Callable[[Trial], None]] = test_rules.RULES,
    **switches: Any,
) -> Noticed:
    """One version with one data set, judged in this process; *switches* are settings of the mock."""
    with pytest.MonkeyPatch.context() as patch:
        seams = Seams(patch)
        version.apply(seams)
        app: Asgi = create_app(served(name), Settings(api_key=(KEY,), quiet=True, **switches).checked())
        for wrap in seams.layers:
            app = wrap(app)
        patch.setattr(combined, "array", _array_once)
        target = Target("http://127.0.0.1", KEY, transport=AsgiTransport(app))
        run = Run(prepare(target, replace(known_of(name), like_mock=like_mock), Limits()))
        try:
            run.judge.begin()
            for rule in rules:
                run.judge.hear(rule)
        except JudgeError as error:
            return Noticed(unjudged=str(error))
        finally:
            run.judge.client.close()
        report = run.report()
    assert not report.stumbled, [(one.slug, one.stumbled) for one in report.stumbled]
    with_verdict = {
        verdict: tuple(
            one.slug for one in report.outcomes if any(finding.verdict == verdict for finding in one.findings)
        )
        for verdict in Verdict
    }
    return Noticed(with_verdict[Verdict.VIOLATES], with_verdict[Verdict.DIFFERS], report=report)


_arrays: dict[object, list[combined.Question]] = {}


def _array_once(known: combined.Known, most: int) -> list[combined.Question]:
    """The covering array of one data set, which most versions share: worked out once."""
    fields = {text: frozenset(ids) for text, ids in known.fields.items()}
    key = (
        *(tuple(row.digest for row in known.rows), tuple(one.name for one in known.spellings), most),
        *(frozenset(one.items()) for one in (known.days, fields)),
    )
    if key not in _arrays:
        _arrays[key] = _ARRAY(known, most)
    return _arrays[key]


def rows() -> dict[str, list[str]]:
    """The lines of docs/mutants.md by version, each as the texts of ``NAMES``."""
    lines = (
        [text.strip() for text in line.split("|")[1:-1]] for line in TABLE.read_text(encoding="utf-8").splitlines()
    )
    lines = (line + [""] * (len(NAMES) - len(line)) for line in lines if len(line) >= 5)
    return {line[0]: line for line in lines}


def sample(each: int = 1) -> list[Mutant]:
    """By docs/mutants.md, the first *each* versions that break each rule, and the first of each kind."""
    known, count, found = rows(), Counter[str](), []
    for version in MUTANTS:
        noticed = ", ".join(known.get(version.name, [""] * len(NAMES))[2:4]).split(", ")
        marks = {f"kind {version.kind}", *filter(None, noticed)}
        if any(count[mark] < each for mark in marks):
            count.update(marks)
            found.append(version)
    return found


def admitted() -> int:
    """How many lines docs/mutants.md itself calls old or missing."""
    told = re.search(r"([0-9]+) lines are of older ones", TABLE.read_text(encoding="utf-8"))
    return int(told[1]) if told else 0


def missing() -> list[str]:
    """Versions that docs/mutants.md lacks, or whose line is of another source or of other rules of the judge."""
    known = rows()
    return [one.name for one in (*MUTANTS, *ACCENTS) if known.get(one.name, [""])[-1] != stamp(one)]


def stamp(version: Mutant) -> str:
    """Eight digits for a version's source and the judge's rules; comments, docstrings and layout do not count."""
    text = "\n".join([_rules(), version.name, version.what, *_sources(version.apply, set())])
    return sha256(text.encode()).hexdigest()[:8]


@cache
def _rules() -> str:
    return "\n".join(_code(path.read_text(encoding="utf-8")) for path in sorted(JUDGING.glob("*.py")))


def _sources(thing: Any, seen: set[int]) -> Iterator[str]:
    """The source of a function, and of what it refers to among the mutants; or a value that it is made with."""
    if isinstance(thing, tuple | list):
        for one in thing:
            yield from _sources(one, seen)
    elif isinstance(thing, partial):
        yield from _sources((thing.func, *thing.args, *thing.keywords.values()), seen)
    elif isinstance(thing, re.Pattern):
        yield str(thing.pattern)
    elif not inspect.isfunction(thing):
        yield repr(thing) if isinstance(thing, str | bytes | int | float | None) else type(thing).__name__
    elif thing.__module__.startswith("mutants") and id(thing) not in seen:
        seen.add(id(thing))
        text, names = _beginnings(thing.__code__.co_filename).get(thing.__code__.co_firstlineno, ("", ()))
        yield text
        yield from _sources([one.cell_contents for one in thing.__closure__ or ()], seen)
        yield from _sources([thing.__globals__[name] for name in names if name in thing.__globals__], seen)


@cache
def _beginnings(name: str) -> dict[int, tuple[str, list[str]]]:
    """By the first line of each function of a file: its code, and the names in it."""
    text = Path(name).read_text(encoding="utf-8")
    lines, ends, names = text.splitlines(), dict[int, int](), dict[int, set[str]]()
    for one in ast.walk(ast.parse(text)):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first = min([one.lineno, *(mark.lineno for mark in getattr(one, "decorator_list", ()))])
            ends[first] = max(ends.get(first, 0), one.end_lineno or first)
            names.setdefault(first, set()).update(part.id for part in ast.walk(one) if isinstance(part, ast.Name))
    return {
        first: (_code(dedent("\n".join(lines[first - 1 : last]))), sorted(names[first])) for first, last in ends.items()
    }


def _code(text: str) -> str:
    """*text* without comments, docstrings and layout, the same on each Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a lambda out of its line
        return "".join(text.split())
    texts = [one for one in ast.walk(tree) if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)]
    gone = [(one.lineno, one.end_lineno or one.lineno) for one in texts]
    lines = [line for n, line in enumerate(text.splitlines(), 1) if not any(a <= n <= b for a, b in gone)]
    kept = [line for line in lines if not line.lstrip().startswith("#")]
    return "".join("".join(line.partition("  # ")[0].split()) for line in kept)


def table(names: Collection[str]) -> str:
    """docs/mutants.md: every version, and which rules notice it with the default data.

    Only the versions called *names* are judged; the others keep their lines, or are left out if they have none.
    """
    known = rows()
    lines = {one.name: f"| {' | '.join(known[one.name])} |" for one in (*MUTANTS, *ACCENTS) if one.name in known}
    with ProcessPoolExecutor(initializer=os.nice, initargs=(10,)) as pool:
        lines |= zip(names, pool.map(_row, names, chunksize=4), strict=True)
    mutants, accents = ([one for one in some if one.name in lines] for some in (MUTANTS, ACCENTS))
    old = sum(not lines.get(one.name, "").endswith(f" {stamp(one)} |") for one in (*MUTANTS, *ACCENTS))
    parts = [HEAD.format(mutants=len(mutants), accents=len(accents), random=RANDOM["count"], old=old)]
    for kind in dict.fromkeys(one.kind for one in mutants):
        parts += [f"## {kind.capitalize()}\n", COLUMNS]
        parts += [lines[one.name] for one in mutants if one.kind == kind]
        parts.append("")
    quiet = [lines[one.name] for one in accents]
    parts += ["## Correct versions\n", "They must raise nothing.\n", COLUMNS, *quiet, ""]
    return "\n".join(parts)


def _row(name: str) -> str:
    """A version's line; by its name, since a version itself cannot go to another process."""
    version = next(one for one in (*MUTANTS, *ACCENTS) if one.name == name)
    noticed = [judged(version, one) for one in SETS]
    first = noticed[0]
    missed = [one for one, said in zip(SETS, noticed, strict=True) if not said.anything]
    fails = "nothing could be judged" if first.unjudged else ", ".join(first.violated)
    missing = "all" if len(missed) == len(SETS) else ", ".join(missed)
    texts = (version.name, version.what, fails, ", ".join(first.differing), missing, stamp(version))
    return f"| {' | '.join(texts)} |"
