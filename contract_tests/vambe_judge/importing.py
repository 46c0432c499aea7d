"""What ``vambe-mock import`` does: an account becomes a data set in which every person is replaced.

The contacts are replaced page by page in memory, and only what came out of that is kept, in an unnamed temporary file,
until all have been read: the header and the number of contacts stand before them in some formats.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any, BinaryIO, Final

from vambe_judge.asking.client import Client, Limits, is_loopback
from vambe_judge.asking.options import LARGE_WINDOW, SMALL_WINDOW, Options
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.judging.judge import PIPELINES
from vambe_judge.judging_run import Target
from vambe_judge.paging import Order, OutOfOrderError, Reader
from vambe_judge.replacing import Replacer
from vambe_mock.contract.plural import plural
from vambe_mock.contract.vocabulary import DOCUMENT_FORMAT
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe import definitions
from vambe_mock.generator.sets import given
from vambe_mock.generator.sets.atomic_files import write_atomically
from vambe_mock.generator.sets.job import Job

MOST_REQUESTS: Final = 10_000

REPLACED: Final = ("name", "phone", "email", "every id (contacts, organisation, customers, tickets, pipelines, stages)")
MOVED: Final = ("created_at", "updated_at", "last_message_at")
KEPT: Final = (
    "platform",
    "chat_status",
    "blocked",
    "is_chat_read",
    "which fields are null",
    "which contacts share a customer, a stage or a pipeline",
    "the order of all instants and the time between them",
)
DROPPED: Final = ("custom values", "fields that no document mentions", "names of pipelines and stages")

Progress = Callable[[int, int], None]
"""Called with the contacts and the requests so far."""

_BUFFERED: Final = 1 << 20

MOST_HELD: Final = 4_096
"""The contacts that are in memory at once while the files are written, a multiple of 64; the files are the same."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it. ``left_out``: contacts that a data set cannot hold, by the field that is to blame."""

    contacts: int
    requests: int
    seconds: float
    bytes: int
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class Import:
    """One import: what is read, and into which files. ``days`` None means all contacts."""

    target: Target
    options: Options
    limits: Limits
    days: int | None
    job: Job

    @property
    def limit(self) -> int:
        """The contacts of one page."""
        return LARGE_WINDOW if self.options.large or is_loopback(self.target.url) else SMALL_WINDOW

    def announcement(self, client: Client) -> list[str]:
        """What will be read, what is kept of it, and where it goes; a person has to agree (`imported-with-consent`)."""
        days = f"days={self.days}&" if self.days else ""
        where = "standard output"
        if self.job.folder is not None:
            where = ", ".join(str(self.job.folder / name) for name in given.names(self.job))
        return [
            f"reads   {client.base_url}, with GET alone, {_at_most(client.limits)}:",
            *([] if self.options.pipelines else [f"        {PIPELINES}, once"]),
            f"        /api/public/contacts?{days}created_after=…&limit={self.limit}, page by page to the end",
            "        (by updated_after instead, where these are not in the order of created_at)",
            f"        (contacts with a message in the last {plural(self.days, 'day')})"
            if self.days
            else "        (every contact)",
            f"replaces {', '.join(REPLACED)}",
            f"moves   {', '.join(MOVED)}, all by one random time",
            f"keeps   {', '.join(KEPT)}",
            f"drops   {', '.join(DROPPED)}",
            f"writes  {where}",
        ]

    def client(self) -> Client:
        """A client for the target. Raises JudgeError for a URL or a key that cannot be used."""
        return Client(
            self.target.url,
            self.target.key,
            self.limits,
            transport=self.target.transport,
            key_variable=self.target.key_variable,
        )

    def run(self, client: Client, progress: Progress, stream: BinaryIO | None = None) -> Imported:
        """Read, replace and write. Raises JudgeError or GeneratorError with one line, and then leaves nothing."""
        began = time.monotonic()
        with closing(client), self._place() as pending:
            replacer = Replacer()
            pipelines, source = self._pipelines(client)
            reader = self._reader(client, "created_at")
            with tempfile.TemporaryFile(dir=self.job.folder, buffering=_BUFFERED) as spool:
                try:
                    count = self._read(reader, replacer, spool, progress)
                except OutOfOrderError as first:
                    reader, replacer = self._reader(client, "updated_at"), Replacer()
                    spool.seek(0)
                    spool.truncate()
                    try:
                        count = self._read(reader, replacer, spool, progress)
                    except OutOfOrderError as second:
                        raise JudgeError(
                            f"{first}, nor {str(second).removeprefix('the target does not list ')}"
                        ) from None
                left_out = replacer.left_out + Counter({f"id or {reader.order}": reader.unplaced})
                if left_out and not count:
                    raise JudgeError(f"none of {plural(left_out.total(), 'contact')} can be kept: {told(left_out)}")
                job = replace(self.job, count=count, chunk=min(self.job.chunk, MOST_HELD))
                header = _header(reader, replacer, pipelines)
                spool.seek(0)
                contacts = map(json.loads, spool)
                if pending is None:
                    if stream is None:
                        raise ValueError("a job without a folder; wanted a stream to write it to")
                    written = given.write_stream(job, header, contacts, stream)
                    stream.flush()
                else:
                    written = given.write_files(job, header, contacts, pending, self._made(left_out, source))
        seconds = time.monotonic() - began
        return Imported(count, len(client.sent), seconds, written.bytes, left_out)

    def _reader(self, client: Client, order: Order) -> Reader:
        return Reader(client, limit=self.limit, days=self.days, now=self.options.now, order=order)

    @contextmanager
    def _place(self) -> Iterator[Any]:
        """The files to write, which appear when the block ends well; None for a stream."""
        if self.job.folder is None:
            yield None
            return
        with write_atomically(self.job.folder, given.names(self.job), force=self.job.force) as pending:
            yield pending

    def _read(self, reader: Reader, replacer: Replacer, spool: IO[bytes], progress: Progress) -> int:
        count = 0
        for page in reader.pages():
            contacts = replacer.replaced(page)
            spool.writelines(f"{rows.line(contact)}\n".encode() for contact in contacts)
            count += len(contacts)
            progress(count, len(reader.client.sent))
        return count

    def _pipelines(self, client: Client) -> tuple[dict[str, tuple[str, ...]], str]:
        """Pipelines with their stages, by the target's own ids, and where they come from."""
        if self.options.pipelines:
            return self.options.pipelines, "described by the user"
        try:
            found = client.get("", path=PIPELINES).pipelines
        except Unanswered:
            found = {}
        return found, "listed by the target" if found else "not known"

    def _made(self, left_out: Counter[str], pipelines: str) -> dict[str, Any]:
        """How the set was made, for its manifest. Neither where nor when: both would lead back."""
        return {
            "by": "vambe-mock import",
            "contacts": f"with a message in {plural(self.days, 'day')}" if self.days else "all",
            "replaced": list(REPLACED),
            "moved_by_one_random_time": list(MOVED),
            "kept": list(KEPT),
            "dropped": list(DROPPED),
            "pipelines": pipelines,
            "left_out": dict(left_out),
        }


def told(left_out: Counter[str]) -> str:
    """Which fields are to blame, and how often."""
    return ", ".join(f"{name} {count:,}" for name, count in left_out.most_common())


def _at_most(limits: Limits) -> str:
    pace = f"at most one request in {limits.pace:g} s" if limits.pace else "without a pause"
    return f"{pace}, at most {plural(limits.max_requests, 'request')}"


def _header(reader: Reader, replacer: Replacer, pipelines: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The header of the set. Stages of contacts that no pipeline has are put into one of their own."""
    grouped, known = [], set[str]()
    for pipeline, stages in pipelines.items():
        new = [one for one in dict.fromkeys(map(replacer.id, stages)) if one not in known]
        known.update(new)
        grouped.append((replacer.id(pipeline), new))
    if alone := [one for one in replacer.stages if one not in known]:
        grouped.append((replacer.id("stages without a pipeline"), alone))
    now = reader.asked_at if reader.asked_at is not None else time.time_ns() // 1_000_000
    try:
        anchor = replacer.instant(now)
    except ValueError:
        raise GeneratorError("the target's clock is beyond the year 9999; wanted --target-now INSTANT") from None
    return {
        "format": DOCUMENT_FORMAT,
        "seed": None,
        "anchor": anchor,
        "client_id": replacer.client,
        "pipelines": definitions.named(grouped),
        "custom_fields": [],
    }
