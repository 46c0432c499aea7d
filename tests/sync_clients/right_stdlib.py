"""Keep a copy of the contacts that loses nothing: one poll, Python's standard library only.

Usage: right_stdlib.py FOLDER. The copy is the table contacts of FOLDER/copy.db; VAMBE_BASE_URL and VAMBE_API_KEY say
where it comes from.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

LIMIT = 100
OVERLAP = timedelta(minutes=10)
TRIES = 4
BEGINNING = "1970-01-01T00:00:00.000Z"
FIELDS = (
    *("id", "name", "phone", "email", "platform", "last_message_at", "chat_status", "created_at", "updated_at"),
    *("client_id", "ai_customer_id", "default_stage_id", "blocked", "is_chat_read", "active_ticket_v2"),
)


def earlier(instant: str, by: timedelta) -> str:
    """An instant as the API writes it, earlier by a timedelta."""
    read = datetime.fromisoformat(instant) - by
    return read.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pause(after: str | None, attempt: int) -> float:
    """Seconds to wait before the next try: what Retry-After says, in seconds or as a date."""
    if not after:
        return 0.1 * (1 << attempt)
    if after.isdigit():
        return float(after)
    until: datetime = parsedate_to_datetime(after)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def page(query: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of contacts. Only a whole JSON list is an answer; anything else is asked for again, and then raised."""
    url = f"{os.environ['VAMBE_BASE_URL']}/api/public/contacts?{urlencode(query)}"
    request = Request(url, headers={"x-api-key": os.environ["VAMBE_API_KEY"]})
    for attempt in range(TRIES):
        after = None
        try:
            with urlopen(request, timeout=10) as response:
                contacts = json.load(response)
            if isinstance(contacts, list):
                return contacts
            failure: Exception = ValueError("the answer is no list")
        except HTTPError as error:
            failure, after = error, error.headers.get("Retry-After")
            if error.code in (400, 401, 404):
                break  # asking again would not help
        except (HTTPException, OSError, ValueError) as error:  # the length, the connection, the JSON
            failure = error
        if attempt < TRIES - 1:
            time.sleep(pause(after, attempt))
    raise failure


def changed_since(cursor: str) -> Iterator[dict[str, Any]]:
    """Every contact that changed after the cursor; one that changes meanwhile may come twice."""
    offset = 0
    while True:
        contacts = page({"updated_after": cursor, "limit": LIMIT, "offset": offset})
        yield from contacts
        if len(contacts) < LIMIT:
            return
        # The next page begins a millisecond before the last row, so that ties are read again and none is missed.
        following = earlier(contacts[-1]["updated_at"], timedelta(milliseconds=1))
        if following > cursor:
            cursor, offset = following, 0
        else:
            offset += LIMIT  # a whole page of one instant: on within it


def main() -> None:
    database = sqlite3.connect(Path(sys.argv[1]) / "copy.db", timeout=30, isolation_level=None)
    database.execute(f"CREATE TABLE IF NOT EXISTS contacts ({', '.join(FIELDS)}, PRIMARY KEY (id))")
    # The newest row is the cursor, so that rows and cursor are saved in one step: whoever dies before it loses nothing.
    newest = database.execute("SELECT max(updated_at) FROM contacts").fetchone()[0]
    since = BEGINNING if newest is None else earlier(newest, OVERLAP)
    rows = [[as_cell(contact.get(name)) for name in FIELDS] for contact in changed_since(since)]
    database.execute("BEGIN IMMEDIATE")
    # An upsert by id, which never puts an older version over a newer one that another poll has stored meanwhile.
    database.executemany(
        f"INSERT INTO contacts VALUES ({', '.join('?' * len(FIELDS))}) ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in FIELDS)
        + " WHERE excluded.updated_at >= contacts.updated_at",
        rows,
    )
    database.execute("COMMIT")
    database.close()


def as_cell(value: Any) -> Any:
    """Objects as JSON text."""
    return json.dumps(value) if isinstance(value, dict) else value


main()
