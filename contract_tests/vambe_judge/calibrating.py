"""What ``vambe-mock calibrate`` does: measure the open rules of one target, plan that, or explain a measured rule."""

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from vambe_judge import fresh_mock, shape, shaping
from vambe_judge.asking.client import ALWAYS, Client, Limits, Sent, checked_url, is_loopback
from vambe_judge.asking.options import LARGE_WINDOW, SMALL_WINDOW, Options
from vambe_judge.asking.problems import BudgetSpent, JudgeError, Unanswered
from vambe_judge.calibration import dialect_file
from vambe_judge.calibration.asker import Asker
from vambe_judge.calibration.calibrating import Calibration
from vambe_judge.calibration.dialect_file import Dialect
from vambe_judge.calibration.state import State, Step
from vambe_judge.checking import target_or_fresh_mock
from vambe_judge.judging_run import Target, secrets_of
from vambe_mock.contract.plural import plural

MOST_REQUESTS: Final = 40


def calibrate(  # noqa: PLR0913, PLR0917 - each is a part of the run
    url: str | None,
    variable: str,
    options: Options,
    limits: Limits,
    path: Path,
    on_step: Callable[[Step], None],
    *,
    with_shape: bool = False,
) -> tuple[Dialect, str]:
    """Measure the target at *url*, or a fresh mock, and write the file; return what it says, and the target's URL.

    *with_shape*: what is left of the requests goes to the shape of its data (`measured-shape`).

    Raises JudgeError for a target that cannot be asked, and at once for a file that cannot be written.
    """
    fault = _not_writable(path)
    if fault:
        raise JudgeError(f"--dialect {path}: {fault}; wanted a file to write, e.g. vambe.toml")
    with ExitStack() as stack:
        target, options = target_or_fresh_mock(url, variable, options, stack)
        calibration = prepare(target, options, limits)
        calibration.on_step = on_step
        with closing(calibration.state.asker.client) as client:
            dialect = calibration.run()
            if with_shape:
                dialect = replace(dialect, shape=_shape(client, calibration.state), requests=len(client.sent))
            dialect_file.write(path, dialect)
            return dialect, client.base_url


def _shape(client: Client, state: State) -> dict[str, Any]:
    """The shape of the data, as far as the requests that are left show it; empty for fewer than ten contacts."""
    try:
        pages = shaping.ask(client, window=state.window, now=state.options.now)
    except (BudgetSpent, Unanswered):
        return {}
    return shape.shape(pages)


def prepare(target: Target, options: Options, limits: Limits) -> Calibration:
    """A calibration of *target* that has not begun. Large responses are by default for this machine only."""
    client = Client(
        target.url,
        target.key,
        limits,
        transport=target.transport,
        key_variable=target.key_variable,
        secrets=secrets_of(options),
    )
    large = options.large or is_loopback(client.base_url)
    state = State(
        Asker(client),
        options,
        LARGE_WINDOW if large else SMALL_WINDOW,
        large=large,
        pipelines=dict(options.pipelines),
    )
    return Calibration(state)


def plan(url: str | None, variable: str, options: Options, limits: Limits) -> list[str]:
    """The requests of a calibration, rehearsed on a mock in this process: one line each, and a sentence at the end."""
    if url is None:
        options = fresh_mock.with_default_set(options)
    target = Target(checked_url(url) if url else "http://127.0.0.1", fresh_mock.KEY, variable)
    calibration = prepare(fresh_mock.in_process(target, options), options, replace(limits, pace=0))
    with closing(calibration.state.asker.client) as client:
        calibration.run()
        sent = list(client.sent)
    always = ", ".join(f"{name}: {value}" for name, value in ALWAYS.items())
    return [
        *map(_planned, sent),
        (
            f"{plural(len(sent), 'request')}, all GET; none was sent. Every request also has {always}. Instants and "
            "ids are examples: a run takes them from the target's own answers, chooses each request after the answer "
            f"to the one before, and sends at most {limits.max_requests}."
        ),
    ]


def _planned(one: Sent) -> str:
    return f"{one.method} {one.target}  {', '.join(one.headers) or 'no x-api-key'}\n    decides: {one.rule}"


def explain(slug: str, path: Path) -> list[str]:
    """What the file at *path* says of the rule *slug*. Raises JudgeError."""
    return dialect_file.explained(path, slug)


def _not_writable(path: Path) -> str:
    """Why *path* cannot be written, without touching it; empty if it can."""
    try:
        if path.is_dir():
            return "is a directory"
        if not path.parent.is_dir():
            return "no such directory"
    except OSError as error:
        return (error.strerror or "no").lower()
    return "" if os.access(path.parent, os.W_OK) else "permission denied"


def summary(dialect: Dialect, url: str, path: Path) -> list[str]:
    """What was measured, for a terminal."""
    lines = [f"{url}: {plural(dialect.requests, 'request')}, all GET"]
    for slug, entry in dialect.rules.items():
        lines += [f"  measured  {slug}: {entry.evidence}"]
    lines += [f"  beyond    {slug}: {says}" for slug, says in dialect.beyond.items()]
    lines += [f"  open      {slug}: to decide it takes {needs}" for slug, needs in dialect.open.items()]
    if dialect.shape:
        lines.append(f"  shape     of the data; to use it: vambe-mock generate OUT --profile {path}")
    if not dialect.rules:
        lines.append("  no rule differs from the mock's defaults, as far as the data shows")
    lines.append(
        f"{path}: {plural(len(dialect.rules), 'rule')} measured, {len(dialect.beyond)} beyond the mock, "
        f"{len(dialect.open)} open; to use it: vambe-mock serve --dialect {path}"
    )
    return lines
