"""The check: a quiet run to learn the client's habits, then every hazard, several side by side."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.sync import contacts, judging
from vambe_mock.sync.clients import last_line
from vambe_mock.sync.contacts import run_of
from vambe_mock.sync.copies import FlatRecords, Table
from vambe_mock.sync.ground import Ground
from vambe_mock.sync.hazards import BY_SLUG, HAZARDS, Habits, Hazard
from vambe_mock.sync.histories import Found, Histories
from vambe_mock.sync.judging import Judgement, Score, cannot_happen, is_whole, judge
from vambe_mock.sync.playing import Base, Play, Story
from vambe_mock.sync.problems import NoCopyError, SyncError
from vambe_mock.testing.client import MockError
from vambe_mock.testing.server import VambeMock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vambe_mock.sync.clients import Client
    from vambe_mock.sync.ground import Seen
    from vambe_mock.sync.scripts import Script

EVERYTHING: Final = "created_after=1970-01-01T00:00:00Z"
UNPAGED: Final = 350
"""How many contacts a hazard has where the client sends no limit."""
FEWEST: Final = 8
"""The least that it has: hazards change up to seven contacts."""
PAGES: Final = 3.5
"""How many pages of contacts it has where the client sends one."""
RECORD: Final = 20_000
FEW_FIELDS: Final = 20
"""Up to so many contacts that differ from the plain ones are changed; else all are loaded."""
MOST_BASES: Final = 90
"""How many sets of plain contacts are kept, one for each number of contacts."""
CONTACTS_A_POLL: Final = 200
"""So many contacts take as long as a poll."""
LONGEST_AHEAD: Final = 60_000
"""Instants further ahead, in milliseconds, are not waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to check; the fields are the options of the command line.

    ``names`` has for each of our fields the copy's name where it differs; ``jobs`` 0 is as many as the client allows.
    """

    scope: str = EVERYTHING
    polls: int = 2
    contacts: int | None = None
    jobs: int = 0
    hazards: tuple[Hazard, ...] = HAZARDS
    strict: bool = False
    seed: int = 8262
    histories: int = 0
    identity: str = "id"
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A hazard and what became of it; ``seconds`` is how long its play took."""

    hazard: Hazard
    judgement: Judgement
    story: Story
    seconds: float

    @property
    def bad(self) -> bool:
        """Whether it makes the check fail."""
        return self.judgement.verdict in ("lost", "failed")


@dataclass(frozen=True, slots=True)
class Report:
    """All results, in the order of the hazards, and what the quiet run showed of the client."""

    results: tuple[Result, ...]
    habits: Habits
    strict: bool = False
    history: Found | None = None

    @property
    def exit_code(self) -> int:
        """0: every hazard was survived or not met; else 1."""
        if any(result.bad for result in self.results) or self.history is not None:
            return 1
        return int(self.strict and any(one.judgement.manners for one in self.results))


def hazards_named(only: Sequence[str], skip: Sequence[str]) -> tuple[Hazard, ...]:
    """The hazards with these slugs, several of which may be in one text. Raises SyncError for one that there is not."""
    from difflib import get_close_matches

    only, skip = ([one] if isinstance(one, str) else one for one in (only, skip))
    only, skip = ([slug.strip() for given in one for slug in given.split(",")] for one in (only, skip))
    for slug in (*only, *skip):
        if slug not in BY_SLUG:
            near = get_close_matches(slug, BY_SLUG, 1)
            hint = f"did you mean {near[0]}?" if near else "--hazards list shows them"
            raise SyncError(f'there is no hazard "{slug}"; {hint}')
    chosen = tuple(one for one in HAZARDS if (not only or one.slug in only) and one.slug not in skip)
    if not chosen:
        raise SyncError("no hazard is left; wanted --only with a slug that --skip does not have")
    return chosen


def check(
    client: Client, options: Options, tell: Callable[[str, int, int], None] = lambda _slug, _done, _all: None
) -> Report:
    """Check *client*. Raises SyncError if it cannot be checked.

    *tell* is called with the slug of each hazard that is done, how many are, and how many there will be; histories
    count like hazards.
    """
    with VambeMock(record=RECORD) as server, Folders() as folders:
        _check_scope(server, options.scope)
        stage = Stage(server, client, options, folders)
        quiet, habits = stage.quiet()
        left = [one for one in options.hazards if one.slug != "quiet"]
        total = len(left) + 1 + options.histories
        tell("quiet", 1, total)
        if quiet.bad:  # whatever came after would only say the same
            return Report((quiet,), habits, options.strict)
        done = {"quiet": quiet}
        lock = threading.Lock()

        def run(hazard: Hazard) -> None:
            result = stage.run(hazard, HAZARDS.index(hazard) + 2, habits)
            with lock:
                done[hazard.slug] = result
                tell(hazard.slug, len(done), total)

        order = sorted(left, key=lambda one: _length(one, habits, options.polls), reverse=True)
        with ThreadPoolExecutor(options.jobs or 1, "vambe-mock sync-check") as pool:
            futures = [pool.submit(run, hazard) for hazard in order]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                client.end()
                raise
        results = tuple(done[one.slug] for one in HAZARDS if one.slug in done)
        _tell_refused(results, server)
        found = None
        if options.histories:
            histories = Histories(stage, habits)
            stage.keep()
            found = histories.find(
                options.histories, options.seed, lambda number: tell("histories", len(done) + number, total)
            )
        return Report(results, habits, options.strict, found)


def _length(hazard: Hazard, habits: Habits, quiet: int) -> tuple[bool, float]:
    """What sorts hazards by how long they take: the longest come first, so that no job has one left in the end."""
    script = hazard.script(habits)
    return hazard.slow, script.polls + quiet + script.count / CONTACTS_A_POLL


def _check_scope(server: VambeMock, scope: str) -> None:
    """Raises SyncError for a scope that is no query, before the client has polled for nothing."""
    try:
        server.admin("POST", "/compare", {"contacts": [], "scope": scope})
    except MockError as error:
        raise SyncError(f"--scope: {error}") from error


def _tell_refused(results: tuple[Result, ...], server: VambeMock) -> None:
    """Requests with a wrong key are nobody's; they are told in the hazard during which they came."""
    told = server.admin("GET", "/requests/strangers", limit=1_000)["requests"]
    strangers = [(instants.parse(one["at"]), one["target"]) for one in told]
    for result in results:
        result.judgement.manners += judging.refused(result.story, strangers)


def replay(client: Client, options: Options, script: Script) -> tuple[Judgement, Story]:
    """Play one history to *client*. Raises SyncError if the client cannot be checked."""
    with VambeMock(record=RECORD) as server, Folders() as folders:
        _check_scope(server, options.scope)
        stage = Stage(server, client, options, folders)
        _, habits = stage.quiet()
        return Histories(stage, habits).play(script)


class Folders:
    """A folder for each hazard, all of which go in the end. ``there`` has those of all checks in this process."""

    there: ClassVar[set[Path]] = set()

    def __enter__(self) -> Path:
        self._base = Path(tempfile.mkdtemp(prefix="vambe-mock-sync-"))
        self.there.add(self._base)
        return self._base

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._base, ignore_errors=True)
        self.there.discard(self._base)

    @classmethod
    def remove_all(cls) -> None:
        """Remove them, where the process ends before its checks do."""
        for base in cls.there:
            shutil.rmtree(base, ignore_errors=True)


class Stage:
    """Plays hazards to one client, each in an organisation and a folder of its own."""

    def __init__(self, server: VambeMock, client: Client, options: Options, folders: Path) -> None:
        """Play on *server*; the hazards' folders are made in *folders*."""
        self._server, self._client, self._options, self._folders = server, client, options, folders
        self.strict = options.strict
        self._kept = False
        self._bases: dict[int, Base] = {}
        self._first = Ground.first(server)
        self._one_at_a_time = threading.Lock()

    def keep(self) -> None:
        """Play everything in the server's first organisation from now on, which makes many plays quicker."""
        self._kept = True

    def quiet(self) -> tuple[Result, Habits]:
        """The quiet run, and what it shows of the client. Raises SyncError if the client cannot be checked."""
        options = self._options
        result = self.run(BY_SLUG["quiet"], 1, Habits(options.contacts or UNPAGED, seed=options.seed))
        _check_quiet(result, self._server)
        return result, habits_of(result.story, options)

    def run(self, hazard: Hazard, run: int, habits: Habits) -> Result:
        """Play *hazard* and judge it. Raises SyncError where that is impossible."""
        in_process = hazard.needs == "process" and self._client.in_process
        why = "the client runs in this process, which must live" if in_process else cannot_happen(hazard, habits)
        if why:
            return Result(hazard, Judgement("not met", Score(), 0, why), Story(hazard.script(habits), run), 0.0)
        began = time.monotonic()
        story, compared = self.play(hazard, habits, run)
        judgement = judge(hazard, story, compared, strict=self._options.strict)
        return Result(hazard, judgement, story, time.monotonic() - began)

    def play(
        self, hazard: Hazard, habits: Habits, run: int, *, calm: bool = False
    ) -> tuple[Story, dict[str, Any] | None]:
        """Play a hazard; what happened, and how the copy differs from the data (None without a copy)."""
        folder = self._folders / f"{run:02d}-{hazard.slug}"
        folder.mkdir()
        self._client.fresh(folder)
        script = hazard.calm(habits) if calm else hazard.script(habits)
        base = self._base(script.count) if len(script.fields) <= FEW_FIELDS else None
        if self._kept:
            return self._played(Play(self._first, self._client, folder, script, run, base, anew=True), hazard)
        ground = Ground.new(self._server, base.contacts if base else None)
        try:
            return self._played(Play(ground, self._client, folder, script, run, base), hazard)
        finally:
            self._client.leave(folder)
            ground.leave()

    def _base(self, count: int) -> Base | None:
        """So many plain contacts, which are loaded once. None: there is no room for them."""
        if (made := self._bases.get(count)) is not None:
            return made
        with self._one_at_a_time:
            if count not in self._bases and len(self._bases) < MOST_BASES:
                self._first.begin_anew(None)  # a history before this one may have moved the clock
                now = time.time_ns() // 1_000_000
                plain = [contacts.plain(number, count, 0, now) for number in range(1, count + 1)]
                self._server.load(contacts.document(plain, now), keep_timestamps=True)
                self._bases[count] = Base(now, self._first.snapshot())
            return self._bases.get(count)

    def _played(self, play: Play, hazard: Hazard) -> tuple[Story, dict[str, Any] | None]:
        quiet = hazard.slug == "quiet"
        look = _check_poll if quiet else None if self._kept else self._check_store
        story = play.play(0 if quiet else self._options.polls, look)
        compared = self._looked_at(play)
        # A client that leaves rows of the future for later is not wrong before later has come.
        newest = max(story.updated.values(), default=0)
        last = story.started_at + 1_000 * story.polls[-1].began
        if last <= newest < last + LONGEST_AHEAD and not is_whole(story, compared):
            time.sleep(max(0.0, newest / 1_000 - time.time()) + 0.01)
            play.rest(0 if quiet else self._options.polls)
            compared = self._looked_at(play)
        return story, compared

    def _looked_at(self, play: Play) -> dict[str, Any] | None:
        """What was delivered, for the story; how the copy differs from the data."""
        seen = play.seen or play.ground.look()
        play.story.delivered = seen.delivered(self._options.scope)
        return self._compared(seen, play.folder, play.story)

    def _check_store(self, story: Story) -> None:
        """The first request must not begin where another hazard ended. Raises SyncError."""
        first = next(iter(story.asked), None)
        cursor = judging.cursor_of(first) if first is not None and first.poll == 1 else None
        if cursor is not None and cursor > story.oldest and story.script.count > 1:
            raise SyncError(
                f"the first poll of a hazard began with {first.query if first else ''}, a cursor of an earlier hazard; "
                "wanted an empty store: keep it in {dir} (VAMBE_SYNC_DIR), or name a command that empties it with "
                "--fresh, e.g. --fresh 'rm -f app.db'"
            )

    def _compared(self, seen: Seen, folder: Path, story: Story) -> dict[str, Any] | None:
        options = self._options
        try:
            copy = self._client.copy(folder)
        except FileNotFoundError as missing:
            if story.run == 1:
                problem = next((one.outcome for one in story.polls if one.outcome.problem), None)
                if problem is None:
                    there = sorted(one.name for one in folder.iterdir())
                    told = str(missing) if isinstance(missing, NoCopyError) else f"the client has no copy: {missing}"
                    raise SyncError(
                        told + (f"; in {{dir}} there is: {', '.join(there[:5])}" if there else "")
                    ) from None
            copy = []
        if copy is None:
            return None
        check_fields(copy, options, is_whole=story.run == 1)
        others = {run_of(str(one.get(options.identity, ""))) for one in copy} - {None, 0, story.run}
        if others:
            raise SyncError(
                "the copy has contacts of another hazard; wanted an empty store: keep it in {dir} (VAMBE_SYNC_DIR), "
                "or name a command that empties it with --fresh, and use --jobs 1"
            )
        flat = isinstance(copy, FlatRecords)
        return seen.compare(copy, options.scope, identity=options.identity, names=options.names, empty_is_null=flat)


def check_fields(copy: list[dict[str, Any]], options: Options, *, is_whole: bool) -> None:
    """A copy without a field for the id is none; after the quiet run, when it *is_whole*, it has all that --map names.

    Raises SyncError.
    """
    has = dict.fromkeys(copy.names if is_whole and isinstance(copy, Table) else ())
    has |= dict.fromkeys(name for one in copy for name in one)
    named = {"--id": options.identity}
    if is_whole:
        named |= {f"--map {ours}": theirs for ours, theirs in options.names.items()}
    for flag, name in named.items():
        if (copy or has) and name not in has:
            there = ", ".join(map(str, [*has][:20]))
            wanted = "--id with the one for the id" if flag == "--id" else f"{flag}= and one of these"
            raise SyncError(f'the copy has no field "{name}", but {there}; wanted {wanted}')


def habits_of(story: Story, options: Options) -> Habits:
    """What the quiet run shows of the client."""
    first = story.of_poll(1)
    sent = first[0].parameters if first else {}
    limit = int(sent["limit"]) if sent.get("limit", "").isdigit() else None
    days = next((float(one) for one in _days(story)), None)
    usual = UNPAGED if limit is None else max(FEWEST, round(PAGES * limit))
    count = options.contacts or usual
    requests = len(first) if limit is None else max(1, -(-count // limit))
    seconds = max((poll.ended - poll.began for poll in story.polls), default=0.0)
    return Habits(count, limit, max(1, requests), days, options.seed, seconds)


def _days(story: Story) -> Iterator[str]:
    """The windows that the client asked for."""
    for asked in story.asked:
        days = asked.parameters.get("days", "")
        if days.replace(".", "", 1).isdigit():
            yield days


def _check_poll(story: Story) -> None:
    """Every poll of the quiet run must end well; what never ends is not waited for twice. Raises SyncError."""
    poll = story.polls[-1]
    if poll.outcome.problem:
        raise SyncError(f"poll {poll.number} of the quiet run {poll.outcome.problem}{last_line(poll.outcome.output)}")


def _check_quiet(result: Result, server: VambeMock) -> None:
    """The client must have asked. Raises SyncError."""
    story = result.story
    if not story.asked:
        strangers = server.admin("GET", "/requests/strangers", limit=1)
        if strangers["count"]:
            sent = strangers["requests"][0]
            raise SyncError(
                f"no poll sent the key; {plural(strangers['count'], 'request')} came without it, the last one "
                f"{sent['method']} {sent['target'].partition('?')[0]}; wanted GET /api/public/contacts with "
                "VAMBE_API_KEY in x-api-key"
            )
        raise SyncError("no poll sent a request; wanted a command that polls VAMBE_BASE_URL with VAMBE_API_KEY")


def with_jobs(options: Options, *, own_folder: bool) -> Options:
    """*options* with as many jobs as the client allows: two if its state is in a folder of each hazard's own."""
    return options if options.jobs else replace(options, jobs=2 if own_folder else 1)
