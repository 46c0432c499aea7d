"""Runs the rules against a target, and keeps its answers and the outcome of each rule.

A rule is a function of ``rules.py``. It sends requests and states its findings through a ``Trial``; a broken rule
raises nothing.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import PATH, RIGHT_KEY, Client
from vambe_judge.asking.instants import EPOCH
from vambe_judge.asking.options import CustomField, Options
from vambe_judge.asking.problems import JudgeError, Malformed, Unanswered, stumbled
from vambe_judge.judging import cases, malformed
from vambe_judge.judging.cases import Case
from vambe_judge.judging.verdicts import FIRM, Finding, Grade, Outcome, Verdict
from vambe_mock.contract.plural import plural

GUESSES: Final = (CustomField("customer", "status", "Active"), CustomField("ticket", "status", "Active"))
"""The example in the vendor's document, the only custom field that can be guessed."""

MOVED: Final = 3
"""For each so many relations during which the data changed, later ones are checked again once less."""

LEARNT: Final = 2
"""How many of the pipelines that the target lists are tested; each costs a request."""

BUDGET: Final = 120
"""Requests that a target which breaks no rule gets at most, unless the run is thorough."""

AFTER: Final = 14
"""How many of them the rules after `filters-combine` need."""

COMBINED: Final = 6
MOST_COMBINED: Final = 60
"""Requests that ask for parameters together: at least, of a target that names all malformed values; and at most."""

PIPELINES: Final = "/api/public/pipeline"
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Shown:
    """The relation holds, on data that could have disproved it."""

    evidence: str = ""


@dataclass(frozen=True, slots=True)
class NotShown:
    """The target's data cannot show whether the relation holds; ``needed`` is the data that could."""

    needed: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The relation does not hold, as ``answer`` shows.

    ``grade`` is set if this way of breaking it has another grade than the rule.
    """

    wanted: str
    came: str
    answer: Answer
    grade: Grade | None = None


Claim = Shown | NotShown | Broken
Relation = Callable[[Ask], Claim]


class NoClock(ValueError):  # noqa: N818 - it is what an answer lacks, not an error of ours
    """An answer does not say when it was given."""


class NoList(Exception):  # noqa: N818 - it is what an answer is, not an error of ours
    """A valid request was not answered with a list."""

    def __init__(self, answer: Answer) -> None:
        """Keep the *answer* that came instead."""
        super().__init__(answer.summary())
        self.answer = answer


@dataclass(slots=True)
class Judge:
    """Sends the rules' requests through *client*, and caches the answers that several rules need."""

    client: Client
    options: Options = field(default_factory=Options)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    looks: dict[str, list[Answer]] = field(default_factory=dict)
    refusals: list[tuple[Case, Answer]] = field(default_factory=list)
    moved: int = 0
    """How many relations are inconclusive because the data changed."""
    first: Answer | None = None
    """The first list of the run."""
    _pipelines: dict[str, tuple[str, ...]] | None = None
    _told: dict[tuple[str, str], str] | None = None
    names_all: bool = False
    """Whether a refusal names all values that are wrong."""
    explained: dict[tuple[str, str], str] = field(default_factory=dict)
    """Cases that are broken by what was measured on the account, by rule and kind of case: what then comes."""

    def begin(self) -> Answer:
        """Send the first request of the survey. Raises JudgeError if the target cannot be judged at all."""
        self.client.rule = "first question"
        try:
            answer = self.first = self.ask(f"updated_after={EPOCH}&limit={self.options.window}")
        except Unanswered as error:
            raise JudgeError(f"{self.client.base_url}: {error}; nothing could be judged") from None
        problem = cannot_be_judged(answer, self.client.key_variable)
        if problem:
            raise JudgeError(f"{self.client.base_url} {problem}; nothing could be judged")
        return answer

    def ask(self, query: str) -> Answer:
        """Return the answer to *query*, from the cache if there is one."""
        return self.answers[query] if query in self.answers else self.ask_again(query)

    def ask_again(self, query: str) -> Answer:
        """Return a new answer to *query*, and cache it."""
        answer = self.answers[query] = self.client.get(query)
        self.looks.setdefault(query, []).append(answer)
        return answer

    @property
    def window(self) -> int:
        """The largest ``limit`` to use: that of the options, or less if the target refuses it."""
        widest = f"updated_after={EPOCH}&limit="
        sizes = [size for size in (self.options.window, 100, 10) if size <= self.options.window]
        return next((size for size in sizes if self.ask(f"{widest}{size}").is_list), self.options.window)

    def pipelines(self) -> dict[str, tuple[str, ...]]:
        """Return the pipelines of the options; without any, those with the most tickets that the target lists."""
        if self.options.pipelines:
            return self.options.pipelines
        if self._pipelines is None:
            try:
                listed = self.client.get("", path=PIPELINES).pipelines.items()
            except Unanswered:
                listed = {}.items()
            seen = Counter(row.stage for answer in self.lists() for row in answer.rows)
            fullest = sorted(listed, key=lambda one: -sum(seen[stage] for stage in one[1]))
            self._pipelines = dict(fullest[:LEARNT])
        return self._pipelines

    def told(self) -> dict[tuple[str, str], str]:
        """Which malformed values the target refuses by name among others: rule and case, and how it was seen."""
        if self._told is None:
            self._told = {}
            before = self.client.case
            try:
                self._tell_apart(self._told)
            except Unanswered:
                pass  # what is not told so is asked alone
            finally:
                self.client.case = before
        return self._told

    def _tell_apart(self, told: dict[tuple[str, str], str]) -> None:
        left = malformed.sheets((), good=True)
        while left:
            sheet = left.pop(0)
            self.client.case = f"malformed values together, from {sheet.row[0].parameter}={sheet.row[0].text}"
            answer = self.client.get(sheet.written())
            named = sheet.named(answer)
            if not self.names_all:
                if named is None or len(named) < len(sheet.row) // 2:
                    return
                self.names_all = True
                if answer.refusal is not None and answer.refusal.apart:
                    left = malformed.sheets(sheet.row, good=False)
            for one in named or ():
                told[one.case.slug, one.case.name] = f"{answer.status}, by name among {len(sheet.row)}"
                self.refusals.append((one.case, answer))

    def lists(self) -> list[Answer]:
        """Every list that came so far."""
        return [answer for answer in self.answers.values() if answer.is_list]

    def hear(self, rule: Callable[["Trial"], None]) -> Outcome:
        """Run *rule* and return its outcome. An internal error is recorded without its text, which may quote data."""
        slug = slug_of(rule)
        outcome = Outcome(slug, getattr(rule, "grade", "documented"), statement_of(rule))
        self.outcomes[slug] = outcome
        self.client.rule, self.client.case = slug, ""
        started, sent = time.monotonic(), len(self.client.sent)
        try:
            rule(Trial(self, outcome))
        except Unanswered as error:
            outcome.findings.append(Finding("asking", Verdict.INCONCLUSIVE, outcome.grade, f"{error}"))
        except NoList as error:
            came, curl = error.answer.summary(), error.answer.curl
            outcome.findings.append(
                Finding("a list", Verdict.VIOLATES, "documented", wanted="200 with an array", came=came, curl=curl)
            )
        except JudgeError as error:
            outcome.stumbled = str(error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a strange answer does to the judge, no text of it may get out
            outcome.stumbled = stumbled(error)
        outcome.seconds, outcome.requests = time.monotonic() - started, len(self.client.sent) - sent
        outcome.findings = [self._as_measured(slug, finding) for finding in outcome.findings]
        return outcome

    def _as_measured(self, slug: str, finding: Finding) -> Finding:
        """*finding*; a case that is broken as the account's dialect has it conforms."""
        broken = finding.verdict in (Verdict.VIOLATES, Verdict.DIFFERS)
        if not broken or (slug, kind_of(finding.case)) not in self.explained:
            return finding
        return replace(finding, verdict=Verdict.CONFORMS, evidence=f"as measured on this account: {finding.came}")


def kind_of(case: str) -> str:
    """*case*; of those that are made of the target's data and numbered, all are of one kind."""
    return _NUMBERED.sub(r"\1", case)


_NUMBERED: Final = re.compile(r"(window |^)\d+(?:: .*)?$", re.DOTALL)


@dataclass(slots=True)
class Trial:
    """One rule while it runs: what it sends requests and states findings through."""

    judge: Judge
    outcome: Outcome

    @property
    def options(self) -> Options:
        """What the user says of the target."""
        return self.judge.options

    @property
    def window(self) -> int:
        """The most contacts to ask for at once."""
        return self.judge.window

    def pipelines(self) -> dict[str, tuple[str, ...]]:
        """Pipelines and their stages, as far as they are known."""
        return self.judge.pipelines()

    def custom_fields(self) -> tuple[CustomField, ...]:
        """Return the custom fields of the options; without any, the document's example if the target has it."""
        if self.options.custom_fields:
            return self.options.custom_fields
        for guess in GUESSES:
            query = f"updated_after={EPOCH}&custom_field_key={guess.key}&custom_field_value={guess.value}"
            if self.judge.ask(f"{query}&entity_type={guess.entity}&limit={self.window}").rows:
                return (guess,)
        return ()

    def room(self) -> int:
        """How many requests a covering array may have, so that the rules after it have theirs."""
        if self.options.thorough:
            return MOST_COMBINED
        left = BUDGET - AFTER - self.options.like_mock - len(self.judge.client.sent)
        return max(left, COMBINED if self.judge.names_all else 0)

    def violated(self, *slugs: str) -> bool:
        """Whether one of those rules, judged before this one, was found violated: what follows from it is not told."""
        outcomes = (self.judge.outcomes.get(slug) for slug in slugs)
        return any(outcome is not None and outcome.having(Verdict.VIOLATES) for outcome in outcomes)

    def has_room(self) -> bool:
        """Whether requests that few targets need may be sent."""
        return self.judge.names_all or self.options.thorough

    def table(self) -> None:
        """Every row of this rule in ``cases.CASES``, and every malformed value that is its own.

        What the target named in a refusal of several values is not asked again. The further values are asked alone only
        of a target that names all, or with ``--thorough``: each costs a request.
        """
        slug = self.outcome.slug
        for case in cases.of(slug):
            self._case_or_told(case)
        further = malformed.of(slug)
        if further and (self.judge.names_all or self.options.thorough):
            for case in further:
                self._case_or_told(case)
        elif further:
            self.note(f"{len(further)} more malformed values are put to the target with --thorough")

    def _case_or_told(self, case: Case) -> None:
        how = self.judge.told().get((case.slug, case.name)) if case.refusal == cases.VALUE else None
        if how is None:
            self.case(case)
        else:
            self.add(case.name, Verdict.CONFORMS, case.grade, how)

    def case(self, case: Case) -> None:
        """Send one request and check its answer; a wrong answer is requested again before it counts."""
        wanted = "200 with an array" if not case.refusal else f"{cases.STATUSES[case.refusal]}"
        self.judge.client.case = case.name
        try:
            answer = self._asked(case)
            if not _as_wanted(case, answer):
                again = self._asked(case, anew=True)
                if _as_wanted(case, again):
                    self.add(case.name, Verdict.INCONCLUSIVE, case.grade, "one of two responses was as expected")
                    return
        except Malformed as error:
            self.broken(case.name, case.grade, wanted, str(error), error.curl)
        except Unanswered as error:
            self.add(case.name, Verdict.INCONCLUSIVE, case.grade, str(error))
        else:
            if _as_wanted(case, answer):
                self.add(case.name, Verdict.CONFORMS, case.grade, answer.summary())
            else:
                self.broken(case.name, case.grade, wanted, answer.summary(), answer.curl)
        finally:
            self.judge.client.case = ""

    def relation(self, name: str, relation: Relation, grade: Grade | None = None) -> None:
        """Check one relation. If it looks broken, repeat all its requests twice, because data may have changed."""
        self.look(name, lambda: self._confirmed(relation), grade)

    def look(self, name: str, look: Callable[[], Claim], grade: Grade | None = None) -> None:
        """Record what *look* claims, or why it could not tell."""
        self.judge.client.case = name
        try:
            claim = look()
        except Malformed as error:
            self.broken(name, grade, "an answer", str(error), error.curl)
        except Unanswered as error:
            self.add(name, Verdict.INCONCLUSIVE, grade, str(error))
        except NoList as error:
            self.claim(name, Broken("200 with an array", error.answer.summary(), error.answer), grade)
        except JudgeError as error:
            self.stumble(name, str(error))
        except Exception as error:  # noqa: BLE001 - a defect of the judge, told as such; no text of it may get out
            self.stumble(name, stumbled(error))
        else:
            self.claim(name, claim, grade)
        finally:
            self.judge.client.case = ""

    def stumble(self, name: str, why: str) -> None:
        """Record that the judge itself failed in a case. The rule's other cases are judged all the same."""
        self.outcome.stumbled = self.outcome.stumbled or f"{name}: {why}"

    def claim(self, name: str, claim: Claim, grade: Grade | None = None) -> None:
        """Record the result of a relation."""
        match claim:
            case Shown(evidence):
                self.add(name, Verdict.CONFORMS, grade, evidence)
            case NotShown(needed):
                self.add(name, Verdict.INCONCLUSIVE, grade, needed)
            case Broken(wanted, came, answer, own):
                self.broken(name, own or grade, wanted, came, answer.curl)

    def add(self, name: str, verdict: Verdict, grade: Grade | None, evidence: str) -> None:
        """Record a case that is not broken."""
        self.outcome.findings.append(Finding(name, verdict, grade or self.outcome.grade, evidence))

    def broken(self, name: str, grade: Grade | None, wanted: str, came: str, curl: str = "") -> None:
        """Record a broken case: a violation if its grade is firm, else a difference from the mock."""
        grade = grade or self.outcome.grade
        verdict = Verdict.VIOLATES if grade in FIRM else Verdict.DIFFERS
        self.outcome.findings.append(Finding(name, verdict, grade, wanted=wanted, came=came, curl=curl))

    def note(self, text: str) -> None:
        """Add a note to the report, once."""
        if text not in self.outcome.notes:
            self.outcome.notes.append(text)

    def saw(self, refusal: str) -> bool:
        """Whether some case already got that refusal."""
        return any(case.refusal == refusal for case, _ in self.judge.refusals)

    def steady(self, name: str, query: str, times: int) -> None:
        """Repeat the same request: the list must stay the same."""
        self.judge.client.case = name
        try:
            looks = [self.judge.ask(query), *(self.judge.ask_again(query) for _ in range(times - 1))]
        except Unanswered as error:
            self.add(name, Verdict.INCONCLUSIVE, None, str(error))
            return
        finally:
            self.judge.client.case = ""
        for look in looks:
            if not look.is_list:
                raise NoList(look)
        self.claim(name, steady(looks))

    def flickering(self) -> None:
        """No request that was repeated in this run lost an unchanged contact and found it again."""
        several = [looks for looks in self.judge.looks.values() if len(looks) > 2 and all(map(_is_uncut, looks))]
        told = (lost(looks) for looks in several)
        self.claim(
            "no contact comes and goes", next(filter(None, told), None) or Shown(plural(len(several), "question"))
        )

    def faults(self) -> None:
        """Record what is wrong, by this rule, with any contact of this run."""
        told: dict[str, None] = {}
        for answer in self.judge.lists():
            for fault in answer.faults:
                if fault.slug == self.outcome.slug and fault.case not in told:
                    told[fault.case] = None
                    self.broken(
                        fault.case, "inferred" if fault.inferred else None, fault.wanted, fault.came, answer.curl
                    )

    def bodies(self, refusal: str) -> None:
        """Every refusal of that kind is a JSON object with its status and a message."""
        seen = [answer for case, answer in self.judge.refusals if case.refusal == refusal]
        for name, wanted, fault, grade in BODY_RULES:
            wrong = [(came, answer) for answer in seen if (came := fault(answer))]
            if wrong:
                told = f"{wrong[0][0]}, in {len(wrong)} of {len(seen)}"
                self.claim(name, Broken(wanted, told, wrong[0][1], grade))
            elif seen:
                self.claim(name, Shown(f"in {plural(len(seen), 'answer')}"))
            else:
                self.claim(name, NotShown("a refusal of this kind"))

    def issues(self, keys: tuple[str, ...], wanted: tuple[str, ...]) -> None:
        """The refusal of this rule's own case has those keys and those issues, in that order."""
        for case, answer in self.judge.refusals:
            if case.slug != self.outcome.slug or answer.refusal is None:
                continue
            came = tuple(f"{issue.parameter} {issue.code}" for issue in answer.refusal.issues)
            for name, due, seen in (("keys", keys, answer.refusal.keys), ("issues", wanted, came)):
                told = ", ".join(seen) or "none"
                self.claim(name, Shown() if due == seen else Broken(", ".join(due), told, answer), "inferred")

    def _asked(self, case: Case, *, anew: bool = False) -> Answer:
        judge = self.judge
        usual = case.path == PATH and case.headers == RIGHT_KEY
        if usual and not case.refusal:
            answer = judge.ask_again(case.query) if anew else judge.ask(case.query)
        else:
            answer = judge.client.get(case.query, path=case.path, headers=case.headers)
        if case.refusal and answer.status == cases.STATUSES[case.refusal]:
            judge.refusals.append((case, answer))
        return answer

    def _confirmed(self, relation: Relation) -> Claim:
        claim, _ = self._looked(relation, self.judge.ask)
        if not isinstance(claim, Broken):
            return claim
        for _ in range(max(2 - self.judge.moved // MOVED, 0)):
            first, seen = self._looked(relation, self.judge.ask_again)
            second, seen_again = self._looked(relation, self.judge.ask_again)
            if not isinstance(second, Broken):
                if not isinstance(first, Broken):
                    return second
            elif isinstance(first, Broken) and _at_rest(seen, seen_again):
                return second
        self.judge.moved += 1
        return NotShown("data that rests while it is read: it changed from one answer to the next")

    def _looked(self, relation: Relation, ask: Ask) -> tuple[Claim, dict[str, Answer]]:
        """Evaluate the relation once, sending each request once; return its answers too."""
        seen: dict[str, Answer] = {}

        def asking(query: str) -> Answer:
            if query not in seen:
                seen[query] = ask(query)
            return seen[query]

        try:
            return relation(asking), seen
        except NoClock:
            return NotShown("a Date header in each answer, or --target-now"), seen
        except NoList as error:
            return Broken("200 with an array", error.answer.summary(), error.answer), seen


def _body_kind(answer: Answer) -> str:
    return "" if answer.kind == "object" else answer.why or answer.kind


def _body_type(answer: Answer) -> str:
    return "" if answer.media_type == "application/json" else answer.media_type


def _body_status(answer: Answer) -> str:
    code = answer.refusal.status_code if answer.refusal else None
    if code == answer.status:
        return ""
    return "no such number" if code is None else f"{code} in an answer of {answer.status}"


def _body_message(answer: Answer) -> str:
    return "" if answer.refusal and answer.refusal.has_message else "none"


# No text of the vendor shows a refusal's body: that it is JSON stands firm, its members are the stack's.
BODY_RULES: Final[tuple[tuple[str, str, Callable[[Answer], str], Grade | None], ...]] = (
    ("JSON object", "a JSON object", _body_kind, None),
    ("media type", "application/json", _body_type, None),
    ("statusCode", "the status as a number", _body_status, "inferred"),
    ("message", "text that says why", _body_message, "inferred"),
)


def _is_uncut(answer: Answer) -> bool:
    """Whether a list is shorter than its limit: a full page can lose a contact because others moved."""
    limit = re.search(r"(?<![a-z_])limit=([0-9]+)", answer.query)
    return answer.is_list and (limit is None or len(answer.rows) < int(limit[1]))


def lost(looks: Sequence[Answer]) -> Broken | None:
    """Return a contact that vanished from an answer and came back unchanged in a later one."""
    for place, between in enumerate(looks[1:-1], 1):
        before = {one for look in looks[:place] for one in look.prints()}
        after = {one for look in looks[place + 1 :] for one in look.prints()}
        gone = len((before & after).difference(between.prints()))
        if gone:
            came = f"{plural(gone, 'contact')} missing from one answer in {len(looks)}"
            return Broken("the same list each time", came, between)
    return None


def vanished(looks: Sequence[Answer]) -> Broken | None:
    """Most of the contacts gone while they were read: nobody deletes so many in a minute."""
    first, last = set(looks[0].ids), set(looks[-1].ids)
    gone = len(first - last)
    if len(first) > 3 and gone * 2 > len(first):
        return Broken("the same list each time", f"{gone} of {plural(len(first), 'contact')} gone", looks[-1])
    return None


def steady(looks: Sequence[Answer]) -> Claim:
    """The same question, asked again and again, gets the same list; a contact that changed is no matter of this."""
    first = looks[0]
    flicker = (lost(looks) or vanished(looks)) if all(map(_is_uncut, looks)) else None
    if flicker is not None:
        return flicker
    for again in looks[1:]:
        both = set(first.prints()) & set(again.prints())
        if [one for one in first.prints() if one in both] != [one for one in again.prints() if one in both]:
            return Broken("the same order each time", "the same contacts in another order", again)
    counted = f"{plural(len(looks), 'time')} the same {plural(len(first.rows), 'contact')}"
    return Shown(counted) if len(first.rows) > 1 else NotShown("two contacts")


def _as_wanted(case: Case, answer: Answer) -> bool:
    if answer.status in case.instead:
        return True
    return answer.is_list if not case.refusal else answer.status == cases.STATUSES[case.refusal]


def _at_rest(seen: dict[str, Answer], again: dict[str, Answer]) -> bool:
    """Whether both times the same contacts came, in any order; a changed contact has another digest."""
    return seen.keys() == again.keys() and all(
        seen[query].status == again[query].status and Counter(seen[query].prints()) == Counter(again[query].prints())
        for query in seen
    )


def cannot_be_judged(answer: Answer, variable: str) -> str:
    """Say why a target that answers so cannot be judged at all; empty if it can. *variable* holds its key."""
    status = answer.status
    if status in (401, 403):
        return f"answers {status} to the key in {variable}"
    if 300 <= status < 400:
        where = f" to {answer.location}" if answer.location else ""
        return f"redirects{where} ({status}); wanted the address that it redirects to"
    if status == 404:
        return f"has nothing at {PATH} (404); wanted the base URL, like https://api.vambe.me"
    if status == 429:
        return "answers 429 to every request"
    if status in (502, 503, 504):
        return f"is not available ({status})"
    if answer.kind == "no JSON" and (answer.media_type.endswith("html") or "HTML" in answer.why):
        return f"answers with HTML ({status}), not with JSON; wanted the base URL of the API"
    return ""


def slug_of(rule: Callable[..., None]) -> str:
    """``test_days_range`` is the test of the rule ``days-range``."""
    return str(getattr(rule, "__name__", "")).removeprefix("test_").replace("_", "-")


def statement_of(rule: Callable[..., None]) -> str:
    """What the rule says: its docstring, without the slug's citation."""
    text = " ".join((rule.__doc__ or "").split())
    return re.sub(r" ?\(`[^)]*`\)", "", text).replace("``", "")
