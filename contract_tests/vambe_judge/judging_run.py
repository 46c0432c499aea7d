"""One run against one target, from the first request to the report."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import httpx

from vambe_judge import accepted
from vambe_judge.accepted import Deviation
from vambe_judge.asking.client import Client, Limits, Sent, is_loopback
from vambe_judge.asking.options import GENERATED, LARGE_WINDOW, SMALL_WINDOW, Options
from vambe_judge.judging.judge import Judge, Trial, slug_of
from vambe_judge.judging.verdicts import Outcome
from vambe_judge.reports.report import Report


@dataclass(slots=True)
class Run:
    """A judge with the accepted deviations and the outcomes so far.

    ``on_rule`` is called with the slug before a rule runs, ``on_outcome`` with its outcome afterwards.
    """

    judge: Judge
    deviations: tuple[Deviation, ...] = ()
    on_rule: Callable[[str], None] = lambda _slug: None
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None
    notes: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)
    _at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def hear(self, rule: Callable[[Trial], None]) -> Outcome:
        """Run one rule and mark its accepted deviations."""
        self.on_rule(slug_of(rule))
        outcome = self.judge.hear(rule)
        self._accept(outcome)
        self.on_outcome(outcome)
        return outcome

    def report(self) -> Report:
        """Return the report on the rules run so far."""
        client, options = self.judge.client, self.judge.options
        unused = accepted.accept({}, tuple(one for one in self.deviations if not self._was_used(one)), self._today())
        return Report(
            target=client.base_url,
            started=self._at,
            seconds=time.monotonic() - self._started,
            outcomes=list(self.judge.outcomes.values()),
            sent=client.sent,
            pace=client.limits.pace or 0.0,
            like_mock=options.like_mock,
            strict=options.strict,
            cut_short=client.gave_up,
            notes=[*self.notes, *unused],
        )

    def _accept(self, outcome: Outcome) -> None:
        own = tuple(one for one in self.deviations if one.rule == outcome.slug and one.expires >= self._today())
        accepted.accept({outcome.slug: outcome}, own, self._today())

    def _was_used(self, one: Deviation) -> bool:
        outcome = self.judge.outcomes.get(one.rule)
        return outcome is not None and any(finding.case == one.case and finding.reason for finding in outcome.findings)

    @staticmethod
    def _today() -> date:
        return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Target:
    """A server to test and its API key; ``key_variable`` is the environment variable that reports show in its place."""

    url: str
    key: str
    key_variable: str = "VAMBE_API_KEY"
    transport: httpx.BaseTransport | None = None


def prepare(target: Target, options: Options, limits: Limits, watch: Callable[[Sent], None] | None = None) -> Judge:
    """Return a judge for *target*. Large responses and the key in a URL are by default for this machine only."""
    client = Client(
        target.url,
        target.key,
        limits,
        transport=target.transport,
        watch=watch,
        key_variable=target.key_variable,
        secrets=secrets_of(options),
    )
    here = is_loopback(client.base_url)
    large = options.large or here
    options = replace(
        options,
        large=large,
        window=LARGE_WINDOW if large else SMALL_WINDOW,
        key_in_url=here,
        generated=options.generated if options.generated >= 0 else GENERATED if here else 0,
    )
    return Judge(client, options)


def secrets_of(options: Options) -> dict[str, str]:
    """Map each custom-field value of the user to the shell variable that reports show in its place."""
    values = dict.fromkeys(one.value for one in options.custom_fields)
    return {value: f"VALUE_{number}" for number, value in enumerate(values, 1)}
