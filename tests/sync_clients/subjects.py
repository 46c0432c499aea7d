"""Clients with one flaw each, in Python's standard library: what the sync check must notice.

The right client pages by the last row's instant, overlaps ten minutes, upserts by id, and saves rows and cursor in one
step. A flaw is a name in ``FLAWS``; the client asks itself at each of its steps whether it has that flaw.

As a program: ``python subjects.py FLAW FOLDER`` polls once.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Contact = dict[str, Any]

LIMIT = 20
OVERLAP = timedelta(minutes=10)
BEGINNING = "1970-01-01T00:00:00.000Z"
MILLISECOND = timedelta(milliseconds=1)
MOST_REQUESTS = 80
FIELDS = (
    *("id", "name", "phone", "email", "platform", "last_message_at", "chat_status", "created_at", "updated_at"),
    *("client_id", "ai_customer_id", "default_stage_id", "blocked", "is_chat_read", "active_ticket_v2"),
)

# Each flaw, and the hazard that is made for it. A flaw that only the copy shows is in COPY_ONLY.
FLAWS = {
    "first-page-only": "quiet",
    "append": "quiet",
    "inclusive-cursor-only": "late-row",
    "exclusive-cursor": "tie-after-poll",
    "exclusive-pages": "tie-across-pages",
    "stops-in-a-tie": "bulk-tie",
    "larger-page-in-a-tie": "bulk-tie-largest",
    "offset-pages": "moved-between-pages",
    "offset-by-creation": "deleted-between-pages",
    "never-deletes": "deleted-between-pages",
    "clock-at-the-end": "new-between-pages",
    "until-an-empty-page": "finer-instants",
    "clock-as-cursor": "clock-ahead",
    "drops-the-future": "clock-behind",
    "any-status-is-an-end": "failure-500",
    "a-bad-gateway-is-an-end": "failure-502-html",
    "a-limit-is-an-end": "rate-limited",
    "a-reset-is-an-end": "connection-reset",
    "a-cut-is-an-end": "cut-body",
    "bad-json-is-an-end": "half-json",
    "no-body-is-an-end": "empty-body",
    "null-is-an-end": "null-body",
    "looks-for-data": "object-body",
    "a-time-out-is-an-end": "stall",
    "moves-on-after-a-failure": "outage",
    "cursor-before-rows": "killed",
    "insert-if-absent": "two-polls",
    "window-without-end": "leaves-window",
    "needs-an-email": "null-fields",
    "knows-all-platforms": "unknown-values",
    "knows-all-fields": "unknown-field",
    "key-is-the-email": "same-email",
    "key-is-the-phone": "same-phone",
    "key-is-the-customer": "same-customer",
    "drops-blocked": "blocked",
    "skips-known-content": "changed-back",
    "cursor-of-nothing": "empty-account",
    "one-row-is-known": "one-contact",
    "an-empty-page-is-a-failure": "exact-page",
    "the-largest-page-is-too-large": "largest-page",
}
# Peculiarities that lose nothing, for other tests: "one-request", "overlap-of-five-seconds",
# "hasty", "reads-everything", "leaves-the-future".
COPY_ONLY = {
    *("append", "never-deletes", "insert-if-absent", "window-without-end", "key-is-the-email", "key-is-the-phone"),
    *("key-is-the-customer", "drops-blocked", "drops-the-future", "skips-known-content", "one-row-is-known"),
    *("cursor-before-rows", "the-largest-page-is-too-large"),
}


class Failed(Exception):  # noqa: N818 - as a client would name it
    """A poll that cannot go on."""


class End(Exception):  # noqa: N818 - no error
    """What a flawed client takes for the end of the list."""


def earlier(instant: str, by: timedelta) -> str:
    """An instant of the wire, earlier."""
    return written(datetime.fromisoformat(instant) - by)


def written(instant: datetime) -> str:
    """An instant as the wire has it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Client:
    """One poll of a client with *flaw* (empty: the right one)."""

    def __init__(self, flaw: str, url: str, key: str, folder: Path) -> None:
        self._flaw, self._key, self._folder = flaw, key, folder
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._connection: HTTPConnection | None = None
        self._requests = 0

    def has(self, *flaws: str) -> bool:
        """Whether it has one of *flaws*."""
        return self._flaw in flaws

    def poll(self) -> None:  # noqa: C901 - a right client and its flaws in one
        """Poll once."""
        began = written(datetime.now(UTC))
        with closing(self._database()) as database:
            cursor = self._cursor(database)
            rows: list[Contact] = []
            failure = ""
            try:
                for page in self._pages(cursor):
                    if self.has("cursor-before-rows") and page:
                        self._save(database, [], max(one["updated_at"] for one in page))
                    rows += page
            except End:
                pass
            except (Failed, OSError, HTTPException, ValueError) as error:
                failure = f"{type(error).__name__}: {error}"
                if not self.has("moves-on-after-a-failure"):
                    raise Failed(failure) from error
            finally:
                if self._connection is not None:
                    self._connection.close()
            newest = max([one["updated_at"] for one in rows] + ([cursor] if cursor else []), default=None)
            if self.has("clock-as-cursor") or self._flaw.endswith(("-is-an-end", "looks-for-data")):
                # With an overlap, the clock at the start of the poll is a good cursor, as long as every page was read.
                newest = began
            elif self.has("clock-at-the-end") or failure:
                newest = written(datetime.now(UTC))
            elif self.has("cursor-of-nothing") and newest is None:
                newest = "None"
            self._save(database, self._kept(database, rows), newest)
            if failure:
                raise Failed(failure)

    def _pages(self, cursor: str | None) -> Iterator[list[Contact]]:
        if self.has("reads-everything"):
            yield self._page({"created_after": BEGINNING})
        elif self.has("never-deletes"):
            yield from self._by_offset({"created_after": BEGINNING})
        elif self.has("window-without-end"):
            yield from self._by_offset({"days": 30})
        elif self.has("one-request"):
            yield self._page({"updated_after": self._since(cursor)})
        elif self.has("offset-by-creation") and cursor is None:
            yield from self._by_offset({"created_after": BEGINNING})
        elif self.has("offset-pages", "an-empty-page-is-a-failure"):
            yield from self._by_offset({"updated_after": self._since(cursor)})
        else:
            yield from self._by_instant(self._since(cursor))

    def _since(self, cursor: str | None) -> str:
        if cursor is None:
            return BEGINNING
        if self.has(
            *("exclusive-cursor", "clock-as-cursor", "clock-at-the-end", "until-an-empty-page"),
            *("moves-on-after-a-failure",),
        ):
            return cursor
        if cursor == "None":
            return cursor
        overlaps = {"inclusive-cursor-only": MILLISECOND, "overlap-of-five-seconds": timedelta(seconds=5)}
        return earlier(cursor, overlaps.get(self._flaw, OVERLAP))

    def _by_offset(self, query: dict[str, Any]) -> Iterator[list[Contact]]:
        offset = 0
        while True:
            page = self._page({**query, "limit": LIMIT, "offset": offset})
            if not page and offset and self.has("an-empty-page-is-a-failure"):
                raise Failed("an empty page")
            yield page
            if len(page) < LIMIT:
                return
            offset += LIMIT

    def _by_instant(self, cursor: str) -> Iterator[list[Contact]]:
        offset, limit = 0, LIMIT
        while True:
            page = self._page({"updated_after": cursor, "limit": limit, "offset": offset})
            yield page
            if self.has("first-page-only") or not page:
                return
            if len(page) < limit and not self.has("until-an-empty-page"):
                return
            last = page[-1]["updated_at"]
            following = last if self.has("exclusive-pages", "until-an-empty-page") else earlier(last, MILLISECOND)
            if following > cursor or self.has("until-an-empty-page"):
                cursor, offset = following, 0
            elif self.has("stops-in-a-tie"):
                return
            elif self.has("larger-page-in-a-tie") and limit < 1_000:
                limit = 1_000
            elif self.has("larger-page-in-a-tie"):
                cursor = last
            else:
                offset += limit

    def _page(self, query: dict[str, Any]) -> list[Contact]:
        for _ in range(3):
            again, page = self._tried(query)
            if not again:
                return page
        raise Failed("three tries")

    def _tried(self, query: dict[str, Any]) -> tuple[bool, list[Contact]]:  # noqa: C901, PLR0912 - one branch a flaw
        """Whether to try again, and the page."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise Failed("too many requests")
        try:
            status, headers, body = self._ask(f"/api/public/contacts?{urlencode(query)}")
        except TimeoutError:
            return self._again("a-time-out-is-an-end")
        except ConnectionError as error:
            # http.client tells a reset and a connection that closed without an answer apart.
            closed = type(error).__name__ == "RemoteDisconnected"
            return self._again("a-time-out-is-an-end" if closed else "a-reset-is-an-end")
        except HTTPException:
            return self._again("a-cut-is-an-end")
        if status == 429:
            if self.has("a-limit-is-an-end"):
                raise End
            if not self.has("hasty"):
                time.sleep(_pause(headers.get("retry-after", "1")))
            return True, []
        if status in (400, 401):
            raise Failed(f"status {status}")
        if status != 200:
            flaw = "a-bad-gateway-is-an-end" if status == 502 else "any-status-is-an-end"
            return self._again(flaw)
        if not body:
            return self._again("no-body-is-an-end")
        try:
            page = json.loads(body)
        except ValueError:
            return self._again("bad-json-is-an-end")
        if page is None:
            return self._again("null-is-an-end")
        if isinstance(page, dict):
            return self._again("looks-for-data")
        return False, page

    def _again(self, flaw: str) -> tuple[bool, list[Contact]]:
        if self.has(flaw):
            raise End
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return True, []

    def _ask(self, target: str) -> tuple[int, dict[str, str], bytes]:
        if self._connection is None:
            self._connection = HTTPConnection(*self._address, timeout=1)
        self._connection.request("GET", target, headers={"x-api-key": self._key})
        response = self._connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()

    def _kept(  # noqa: C901 - one branch a flaw
        self, database: sqlite3.Connection, rows: list[Contact]
    ) -> list[Contact]:
        if self.has("needs-an-email"):
            rows = [{**one, "email": one["email"].lower()} for one in rows]
        if self.has("knows-all-platforms"):
            unknown = {one["platform"] for one in rows} - {"whatsapp", "instagram", "webchat"}
            if unknown:
                raise Failed(f"unknown platforms {unknown}")
        if self.has("knows-all-fields"):
            for one in rows:
                _exactly(**one)
        if self.has("leaves-the-future"):
            now = written(datetime.now(UTC))
            rows = [one for one in rows if one["updated_at"] <= now]
        if self.has("drops-the-future"):  # and remembers that it has seen them
            rows = [one for one in rows if self._is_new(database, one, also="updated_at")]
            now = written(datetime.now(UTC))
            rows = [one for one in rows if one["updated_at"] <= now]
        if self.has("drops-blocked"):
            rows = [one for one in rows if not one["blocked"]]
        if self.has("one-row-is-known") and len(rows) == 1:
            rows = []
        if self.has("the-largest-page-is-too-large") and len(rows) >= 1_000 + LIMIT:
            rows = rows[:999]
        if self.has("skips-known-content"):
            rows = [one for one in rows if self._is_new(database, one)]
        return rows

    def _is_new(self, database: sqlite3.Connection, one: Contact, also: str = "") -> bool:
        content = json.dumps([value for name, value in one.items() if name == also or not name.endswith("_at")])
        digest = hashlib.sha256(content.encode()).hexdigest()
        if database.execute("SELECT 1 FROM seen WHERE digest = ?", (digest,)).fetchone():
            return False
        database.execute("INSERT INTO seen VALUES (?)", (digest,))
        return True

    def _database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._folder / "copy.db", timeout=30, isolation_level=None)
        key = {"key-is-the-email": "email", "key-is-the-phone": "phone", "key-is-the-customer": "ai_customer_id"}
        primary = f", PRIMARY KEY ({key.get(self._flaw, 'id')})"
        if self.has("append", "insert-if-absent"):
            primary = ""
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"CREATE TABLE IF NOT EXISTS contacts ({', '.join(FIELDS)}{primary})")
        database.execute("CREATE TABLE IF NOT EXISTS state (cursor)")
        database.execute("CREATE TABLE IF NOT EXISTS seen (digest)")
        return database

    def _cursor(self, database: sqlite3.Connection) -> str | None:
        self._known = {one for (one,) in database.execute("SELECT id FROM contacts")}
        found = database.execute("SELECT max(cursor) FROM state").fetchone()[0]
        return found if found is None else str(found)

    def _save(self, database: sqlite3.Connection, rows: list[Contact], cursor: str | None) -> None:
        """Save *rows* and *cursor* in one step."""
        database.execute("BEGIN IMMEDIATE")
        if self.has("reads-everything"):  # all in one answer, so what it does not list is gone
            database.execute("DELETE FROM contacts")
        for one in rows:
            cells = [json.dumps(one[name]) if isinstance(one[name], dict) else one.get(name) for name in FIELDS]
            if self.has("insert-if-absent") and one["id"] in self._known:
                values = ", ".join(f"{name} = ?" for name in FIELDS)
                database.execute(f"UPDATE contacts SET {values} WHERE id = ?", [*cells, one["id"]])  # noqa: S608
                continue
            how = "INSERT" if self.has("append", "insert-if-absent") else "INSERT OR REPLACE"
            database.execute(f"{how} INTO contacts VALUES ({', '.join('?' * len(FIELDS))})", cells)
            if self.has("insert-if-absent"):
                self._known.add(one["id"])
        if cursor is not None:
            database.execute("INSERT INTO state VALUES (?)", (cursor,))
        database.execute("COMMIT")


def _exactly(  # noqa: PLR0913 - the fields of a contact
    *,
    id: str,  # noqa: A002
    name: str,
    phone: Any,
    email: Any,
    platform: str,
    last_message_at: Any,
    chat_status: str,
    created_at: str,
    updated_at: str,
    client_id: str,
    ai_customer_id: Any,
    default_stage_id: Any,
    blocked: bool,
    is_chat_read: bool,
    active_ticket_v2: Any,
) -> None:
    """A record type that knows fifteen fields."""


def _pause(after: str) -> float:
    if after.isdigit():
        return float(after)
    return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())


def poll(flaw: str) -> Callable[[str, str, Path], None]:
    """The poll of the client with *flaw*."""
    return lambda url, key, folder: Client(flaw, url, key, folder).poll()


def copy(folder: Path) -> list[Contact]:
    """The copy of any of them."""
    if not (folder / "copy.db").exists():
        return []
    with closing(sqlite3.connect(folder / "copy.db")) as database:
        return [dict(zip(FIELDS, row, strict=True)) for row in database.execute("SELECT * FROM contacts")]


if __name__ == "__main__":
    poll("" if sys.argv[1] == "right" else sys.argv[1])(
        os.environ["VAMBE_BASE_URL"], os.environ["VAMBE_API_KEY"], Path(sys.argv[2])
    )
