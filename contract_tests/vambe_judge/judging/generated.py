"""Valid and invalid requests that schemathesis generates from openapi.yaml.

They are sent by the judge's client, with its pace and budget. The expected status comes from ``document.expected``,
because the document's prose says more than its schema; the body is validated against the tightened schema.
"""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis.generation import GenerationMode

from vambe_judge.asking import document
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import PATH, RIGHT_KEY, Headers
from vambe_judge.asking.instants import SECOND
from vambe_judge.asking.problems import Malformed, Unanswered
from vambe_judge.judging.judge import Broken, NotShown, Shown, Trial
from vambe_judge.judging.rules import graded
from vambe_mock.contract.plural import plural

TIGHT: Final = document.tightened(document.read())
PATTERNS: Final = document.patterns_of(TIGHT)
SEED: Final = 20_240_115
SETTINGS: Final = {
    "output": {"truncation": {"max-payload-size": 1, "max-recorded-payload-size": 1}},
    "cache": {"enabled": False},
}
SMALL: Final = "5"
USUAL: Final = (("days", 30), ("created_after", "2020-01-01T00:00:00Z"), ("updated_after", "2020-01-01T00:00:00Z"))
"""Time filters for generated requests that have none, in turn, so that each of them is asked alone."""

UNKNOWN_KEY: Final[Headers] = (("x-api-key", "no-such-key"),)

CONFIG: Final = schemathesis.Config.from_dict(SETTINGS)
# For a codec, Hypothesis tries all 1.1 million characters, which takes seconds where no earlier run has stored what it
# found. Without one the requests are the same; what cannot be encoded is replaced when they are written.
CONFIG.projects.default.generation.codec = None
OPERATION: Final = schemathesis.openapi.from_dict(TIGHT, config=CONFIG)[PATH]["GET"]


@graded("documented")
def test_generated(trial: Trial) -> None:
    """Requests made from the document get what its texts say, and answers fit its schema."""
    total = trial.options.generated
    examined = Examined(trial)
    modes = [(GenerationMode.POSITIVE, total // 2), (GenerationMode.NEGATIVE, total - total // 2)]
    for mode, count in modes:
        for query in queries(mode, count):
            examined.ask(query, RIGHT_KEY)
    for query in queries(GenerationMode.POSITIVE, min(total, 3)):
        examined.ask(query, UNKNOWN_KEY)
    examined.tell()


def queries(mode: GenerationMode, count: int) -> list[str]:
    """Return *count* query strings, good ones by the rules between parameters, the same in each run.

    In a clone Hypothesis mixes in constants of the loaded source files, so there a changed file changes some of them.
    """
    found: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=max(count, 1),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=OPERATION.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        usual = USUAL[len(found) % len(USUAL)]
        found.append(written(case.query or {}, usual if mode == GenerationMode.POSITIVE else None))

    if count:
        collect()
    return found[:count]


def written(parameters: dict[str, Any], usual: tuple[str, Any] | None) -> str:
    """A generated query as text. *usual*, a time filter, makes a good question of it where it has none."""
    query = dict(parameters)
    if usual:
        if not any(name in query for name in document.TIME_FILTERS):
            query[usual[0]] = usual[1]
        if (document.PAIR[0] in query) != (document.PAIR[1] in query):
            query = {name: value for name, value in query.items() if name not in document.PAIR}
        for name in ("limit", "offset"):
            if name in query:
                query[name] = int(query[name])
    query.setdefault("limit", SMALL)
    return urlencode({name: _text(value) for name, value in query.items()}, doseq=True, errors="replace")


def _text(value: Any) -> Any:
    """A value as a form would send it."""
    if isinstance(value, bool):
        return str(value).lower()
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 else value


class Examined:
    """Sends generated requests, and collects what holds and what is broken."""

    def __init__(self, trial: Trial) -> None:
        """Ask through *trial*'s judge."""
        self.trial = trial
        self.tried = 0
        self.broken: dict[str, tuple[str, str, Answer]] = {}
        self.held: dict[str, int] = {}
        self.unanswered = ""
        self.malformed: Malformed | None = None

    def ask(self, query: str, headers: Headers) -> None:
        """Send one request and examine the response before its body is dropped."""
        faults: list[str] = []
        client = self.trial.judge.client
        client.case = f"generated request {self.tried + 1}"
        self.tried += 1
        try:
            answer = client.get(
                query, headers=headers, look=lambda response, body: faults.extend(misfits(response, body))
            )
        except Malformed as error:
            self.malformed = self.malformed or error
            return
        except Unanswered as error:
            self.unanswered = str(error)
            return
        due = 401 if headers == UNKNOWN_KEY else document.expected(query, PATTERNS)
        self._note("no server error", answer.status < 500, "no 5xx", f"{answer.status}", answer)
        if due is None:
            self._note("open questions", answer.status in (200, 400), "200 or 400", f"{answer.status}", answer)
        else:
            name = {200: "good requests", 400: "bad requests", 401: "unknown keys"}[due]
            self._note(name, answer.status == due, f"{due}", f"{answer.status}", answer)
        if answer.status == 200:
            self._note("schema of the answer", not faults, "what the schema has", ", ".join(faults), answer)

    def tell(self) -> None:
        """Record one finding per property."""
        for name, (wanted, came, answer) in self.broken.items():
            self.trial.claim(name, Broken(wanted, came, answer))
        for name, count in self.held.items():
            if name not in self.broken:
                self.trial.claim(name, Shown(plural(count, "request")))
        if self.malformed:
            self.trial.broken("well-formed HTTP", None, "an answer", str(self.malformed), self.malformed.curl)
        if self.unanswered:
            self.trial.claim("all requests", NotShown(f"an answer to each: {self.unanswered}"))

    def _note(self, name: str, holds: bool, wanted: str, came: str, answer: Answer) -> None:
        if holds:
            self.held[name] = self.held.get(name, 0) + 1
        else:
            self.broken.setdefault(name, (wanted, came, answer))


def misfits(response: httpx.Response, body: bytes) -> list[str]:
    """In which respects an answer does not fit the tightened schema: kinds of failure, never their text."""
    if response.status_code != httpx.codes.OK:
        return []  # no text of the vendor's shows the body of a refusal
    headers = [(name, value) for name, value in response.headers.items() if name != "content-encoding"]
    whole = httpx.Response(response.status_code, headers=headers, content=body, request=response.request)
    whole.elapsed = timedelta(milliseconds=SECOND)
    try:
        OPERATION.validate_response(whole)
    except BaseExceptionGroup as group:  # schemathesis' own group is none of Exception's
        return sorted({type(error).__name__ for error in group.exceptions})
    except Exception as error:  # noqa: BLE001 - one failure comes bare; its text quotes the body
        return [type(error).__name__]
    return []
