"""Keep a copy of the contacts that loses nothing: one poll, with httpx. The copy is FOLDER/contacts.ndjson.

Usage: right_httpx.py FOLDER. VAMBE_BASE_URL and VAMBE_API_KEY say where the contacts come from.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

LIMIT = 100
OVERLAP = timedelta(minutes=10)
TRIES = 4
BEGINNING = "1970-01-01T00:00:00.000Z"


def earlier(instant: str, by: timedelta) -> str:
    """An instant as the API writes it, earlier by a timedelta."""
    return (datetime.fromisoformat(instant) - by).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pause(after: str | None, attempt: int) -> float:
    """Seconds to wait before the next try: what Retry-After says, in seconds or as a date."""
    if not after:
        return 0.1 * (1 << attempt)
    if after.isdigit():
        return float(after)
    until: datetime = parsedate_to_datetime(after)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def page(client: httpx.Client, query: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of contacts. Only a whole JSON list is an answer; anything else is asked for again, and then raised."""
    for attempt in range(TRIES):
        after = None
        try:
            response = client.get("/api/public/contacts", params=query)
            after = response.headers.get("retry-after")
            contacts = response.raise_for_status().json()
            if isinstance(contacts, list):
                return contacts
            failure: Exception = ValueError("the answer is no list")
        except httpx.HTTPStatusError as error:
            failure = error
            if error.response.status_code in (400, 401, 404):
                break  # asking again would not help
        except (httpx.HTTPError, ValueError) as error:  # the connection, the length, the JSON
            failure = error
        if attempt < TRIES - 1:
            time.sleep(pause(after, attempt))
    raise failure


def changed_since(client: httpx.Client, cursor: str) -> Iterator[dict[str, Any]]:
    """Every contact that changed after the cursor; one that changes meanwhile may come twice."""
    offset = 0
    while True:
        contacts = page(client, {"updated_after": cursor, "limit": LIMIT, "offset": offset})
        yield from contacts
        if len(contacts) < LIMIT:
            return
        following = earlier(contacts[-1]["updated_at"], timedelta(milliseconds=1))
        if following > cursor:
            cursor, offset = following, 0
        else:
            offset += LIMIT  # a whole page of one instant: on within it


def main() -> None:
    file = Path(sys.argv[1]) / "contacts.ndjson"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    copy = {contact["id"]: contact for contact in map(json.loads, lines)}
    # The newest row is the cursor, so that rows and cursor are saved in one step.
    newest = max((contact["updated_at"] for contact in copy.values()), default=None)
    headers = {"x-api-key": os.environ["VAMBE_API_KEY"]}
    with httpx.Client(base_url=os.environ["VAMBE_BASE_URL"], headers=headers, timeout=10) as client:
        for contact in changed_since(client, BEGINNING if newest is None else earlier(newest, OVERLAP)):
            copy[contact["id"]] = contact
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text("".join(json.dumps(contact) + "\n" for contact in copy.values()), encoding="utf-8")
    unfinished.replace(file)  # all of it or nothing, whoever is killed


main()
