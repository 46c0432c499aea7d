"""The hazards: one list, each with its slug, its grade, why it happens, what it does, and what survives it.

docs/sync.md has a section for each. A hazard's script depends on the client: the size of its pages, and how many
requests its first poll takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final, Literal

from vambe_mock.contract import instants
from vambe_mock.sync.scripts import At, Do, Poll, Script, add, change, delete, fault

if TYPE_CHECKING:
    from collections.abc import Callable

Grade = Literal["every", "overlap", "blind"]
GRADES: Final = {
    "every": "every client must survive it",
    "overlap": "survived only with an overlap",
    "blind": "cannot be seen through this API",
}

LARGEST: Final = 1_000
"""The largest page that the API gives."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What the quiet run showed of a client: its ``limit`` (None: it sends none), the requests of its first poll.

    ``contacts`` is how many a hazard has. ``days`` is the window that it asks for, None without one. ``seed`` draws
    which contacts are disturbed. ``seconds`` is what its slowest poll took.
    """

    contacts: int = 350
    limit: int | None = 100
    requests: int = 4
    days: float | None = None
    seed: int = 8262
    seconds: float = 0.1

    @property
    def page(self) -> int:
        """The contacts of its first page."""
        return min(self.limit or self.contacts, self.contacts)

    @property
    def second(self) -> int:
        """The request that a failure hits: the second, or the only one."""
        return min(2, self.requests)


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard. ``needs`` is what the client must do so that it can happen: send a second page, send ``days``.

    ``script`` makes it; ``calm`` is the same without the disturbance, which every client that works at all survives.
    """

    slug: str
    grade: Grade
    why: str
    survive: str
    script: Callable[[Habits], Script]
    needs: Literal["", "pages", "limit", "days", "process"] = ""
    slow: bool = False

    def calm(self, habits: Habits) -> Script:
        """The script without its disturbance: the same contacts, polls and plain changes at other times."""
        usual = self.script(habits)
        steps = tuple(Poll() for step in usual.steps if isinstance(step, Poll))
        return Script(habits.contacts, steps)


def _simple(*steps: Poll | Do, **more: Any) -> Callable[[Habits], Script]:
    return lambda habits: Script(habits.contacts, steps, **more)


def _first_page(habits: Habits) -> dict[str, int]:
    """A contact that the first page lists, whatever its order."""
    return {"place": Random(habits.seed).randint(1, max(1, habits.page - 1))}  # noqa: S311 - a choice, no secret


def _quiet(habits: Habits) -> Script:
    new = habits.contacts + 1
    return Script(habits.contacts, (Poll(), Poll(), Do((change(5, name="Changed"),)), Poll(), Do((add(new),)), Poll()))


def _tied(first: int, last: int) -> dict[int, dict[str, Any]]:
    """Contacts *first* to *last* have the instants of the first."""
    same = {name: {"as": first, "of": name} for name in ("created_at", "updated_at", "last_message_at")}
    return dict.fromkeys(range(first + 1, last + 1), same)


def _tie_across_pages(habits: Habits) -> Script:
    edge = max(2, habits.page)
    return Script(habits.contacts, (Poll(),), fields=_tied(edge - 1, min(edge + 2, habits.contacts)))


def _bulk_tie(habits: Habits) -> Script:
    more = habits.page + habits.page // 2
    first = max(1, min(10, habits.contacts - more))
    return Script(habits.contacts, (Poll(),), fields=_tied(first, min(habits.contacts, first + more)))


def _bulk_tie_largest(_: Habits) -> Script:
    return Script(LARGEST + 21, (Poll(),), fields=_tied(10, 10 + LARGEST))


def _moved(habits: Habits) -> Script:
    return Script(habits.contacts, (Poll((At(1, (change(_first_page(habits), name="Moved"),)),)),))


def _deleted(habits: Habits) -> Script:
    return Script(habits.contacts, (Poll((At(1, (delete(_first_page(habits)),)),)),))


def _new(habits: Habits) -> Script:
    new = habits.contacts + 1
    return Script(habits.contacts, (Poll((At(1, (add(new),)), At(habits.requests, (add(new + 1),)))),))


def _late(habits: Habits) -> Script:
    late = [change(4 + place, name="Late", updated_at={"as": 3, "minus": by}) for place, by in enumerate(LATE)]
    return Script(habits.contacts, (Poll(), Do((change(3, name="In time"),)), Poll(), Do(tuple(late))))


LATE: Final = (100, 2_000, 60_000)
"""By how many milliseconds the late rows are older than the newest that the client has."""


def _on_second(*faults: dict[str, Any]) -> Callable[[Habits], Script]:
    return lambda habits: Script(habits.contacts, (Poll((At(habits.second, faults, "before"),)),))


_CHANGE: Final = Do((change(3, name="Changed"),))
_HTML: Final = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def _behind(habits: Habits) -> Script:
    """A row that is still in the future when a poll is over, and in the past soon after."""
    ahead = {"ahead": 1_000 + 100 * min(round(20 * habits.seconds), 200)}
    return Script(habits.contacts, (Poll(), Do((change(3, name="Changed", updated_at=ahead),)), Poll()))


def _killed(habits: Habits) -> Script:
    return Script(habits.contacts, (Poll(kill=habits.second),))


def _two(habits: Habits) -> Script:
    slow = {"effect": {"kind": "delay", "seconds": 0.03}}
    return Script(habits.contacts, (Poll(faults=(slow,), twice=True), _CHANGE, Poll(faults=(slow,), twice=True)))


def _leaves(habits: Habits) -> Script:
    edge = {"ago": round((habits.days or 30) * instants.DAY) - instants.HOUR}
    fields = {1: {"last_message_at": edge, "updated_at": edge, "created_at": edge}}
    later = Do(({"do": "clock", "hours": 2}, change(3, name="Changed")))
    return Script(habits.contacts, (Poll(), later, Poll()), fields=fields, clock=-2 * instants.HOUR)


def _with(**fields: dict[str, Any]) -> Callable[[Habits], Script]:
    """The first contacts have other fields: ``c2={"phone": None}``."""
    others = {int(name[1:]): values for name, values in fields.items()}
    return lambda habits: Script(habits.contacts, (Poll(), _CHANGE, Poll()), fields=others)


def _drifting(**drift: Any) -> Callable[[Habits], Script]:
    return lambda habits: Script(habits.contacts, (Poll(), _CHANGE, Poll()), settings={"drift": drift})


def _counted(count: Callable[[Habits], int]) -> Callable[[Habits], Script]:
    return lambda habits: Script(count(habits), (Poll(),))


HAZARDS: Final = (
    Hazard(
        "quiet",
        "every",
        "A first poll, then one without news, one with a change, and one with a new contact.",
        "Read every page in the first poll, and upsert by id whatever later polls list.",
        _quiet,
    ),
    Hazard(
        "tie-after-poll",
        "overlap",
        "A contact changes in the same millisecond as the last one listed, as in a bulk edit or an import.",
        "Start again a little before the newest timestamp (an overlap), and upsert by id.",
        lambda habits: Script(
            habits.contacts,
            (
                Poll(),
                Do((change(3, name="First"),)),
                Poll(),
                Do((change(4, name="Second", updated_at={"as": 3}),)),
            ),
        ),
    ),
    Hazard(
        "tie-across-pages",
        "every",
        "Contacts with the same timestamp are split over two pages.",
        "If pages start at the last row's timestamp, start a millisecond earlier, and skip rows you have.",
        _tie_across_pages,
        needs="pages",
    ),
    Hazard(
        "bulk-tie",
        "every",
        "More contacts share a timestamp than fit on a page, as after an import or a bulk edit.",
        "If a whole page has one timestamp, continue with offset within it.",
        _bulk_tie,
        needs="pages",
    ),
    Hazard(
        "bulk-tie-largest",
        "every",
        "More contacts share a timestamp than fit on the largest page.",
        "If a whole page has one timestamp, continue with offset within it; a larger limit does not help.",
        _bulk_tie_largest,
        needs="pages",
    ),
    Hazard(
        "moved-between-pages",
        "every",
        "A listed contact changes before the next page is requested, and moves to the end of the list.",
        "Start each page at the last row's timestamp instead of an offset, or reread what changed meanwhile.",
        _moved,
        needs="pages",
    ),
    Hazard(
        "deleted-between-pages",
        "every",
        "A listed contact is deleted before the next page is requested, so all later ones move up.",
        "Start each page at the last row's timestamp, not at an offset. A full read now and then finds ghosts.",
        _deleted,
        needs="pages",
    ),
    Hazard(
        "new-between-pages",
        "every",
        "A contact is added between two pages, and another right after the last page.",
        "Take the next cursor from the rows listed, never from the clock at the end of the poll.",
        _new,
    ),
    Hazard(
        "late-row",
        "overlap",
        "A change appears later than its timestamp says: long transactions, replicas, several servers.",
        "Start again some minutes before the newest timestamp (an overlap), and upsert by id.",
        _late,
    ),
    Hazard(
        "finer-instants",
        "every",
        "The vendor stores timestamps more finely than it prints them, so the newest contact is listed again.",
        "Upsert by id, and end a poll at a page with nothing new, not only at an empty one.",
        _simple(Poll(), _CHANGE, Poll(), settings={"finer_instants": True}),
    ),
    Hazard(
        "clock-ahead",
        "every",
        "The client's clock is five seconds ahead of the server's.",
        "Take cursors from the rows listed, not from the client's clock.",
        _simple(Poll(), _CHANGE, Poll(), clock=-5_000),
    ),
    Hazard(
        "clock-behind",
        "every",
        "The client's clock is behind the server's, so a row seems to come from the future.",
        "Accept rows from the future, and take cursors from the rows.",
        _behind,
    ),
    Hazard(
        "failure-500",
        "every",
        "One request fails with 500.",
        "Retry the request, or fail the poll without moving the cursor.",
        _on_second(fault("status", status=500)),
    ),
    Hazard(
        "failure-502-html",
        "every",
        "A proxy answers 502 with an HTML page.",
        "Check the status before the body; retry the request, or fail the poll.",
        _on_second(
            fault("status", status=502),
            fault("other_body", text=_HTML),
            fault("content_type", value="text/html; charset=utf-8"),
        ),
    ),
    Hazard(
        "rate-limited",
        "every",
        "429 with Retry-After in seconds, then once more with a date.",
        "Wait as long as Retry-After says (it may be a date), then retry the request.",
        lambda habits: Script(
            habits.contacts,
            (
                Poll((At(habits.second, (fault("status", status=429, retry_after=1),), "before"),)),
                _CHANGE,
                Poll((At(1, (fault("status", status=429, retry_after=1, retry_after_as_date=True),), "before"),)),
            ),
        ),
        slow=True,
    ),
    Hazard(
        "connection-reset",
        "every",
        "The connection is reset instead of an answer.",
        "Retry the request, or fail the poll without moving the cursor.",
        _on_second(fault("connection_reset")),
    ),
    Hazard(
        "cut-body",
        "every",
        "The connection ends in the middle of the body.",
        "Accept a body only if it has its full Content-Length; retry the request, or fail the poll.",
        _on_second(fault("truncated_body")),
    ),
    Hazard(
        "half-json",
        "every",
        "Half of the JSON text, with a Content-Length that matches it.",
        "Accept a body only if it is complete JSON; retry the request, or fail the poll.",
        _on_second(fault("malformed_json")),
    ),
    Hazard(
        "empty-body",
        "every",
        "200 with an empty body.",
        "Only [] is the end of the list; an empty body is a failure.",
        _on_second(fault("empty_body")),
    ),
    Hazard(
        "null-body",
        "every",
        "200 with null.",
        "Only [] is the end of the list; anything but a list is a failure.",
        _on_second(fault("other_body", text="null")),
    ),
    Hazard(
        "object-body",
        "every",
        "200 with an object, as APIs send that use envelopes, or errors with status 200.",
        "Anything but a list is a failure.",
        _on_second(fault("other_body", text='{"data":[],"message":"Service temporarily unavailable"}')),
    ),
    Hazard(
        "stall",
        "every",
        "Nothing arrives for five seconds, then the connection closes.",
        "Set a timeout; retry the request, or fail the poll without moving the cursor.",
        _on_second(fault("stall", seconds=5)),
        slow=True,
    ),
    Hazard(
        "outage",
        "every",
        "After a change, every request of a whole poll gets 503.",
        "Move the cursor only after storing the rows.",
        _simple(Poll(), _CHANGE, Poll(faults=({"effect": {"kind": "status", "status": 503}},))),
        slow=True,
    ),
    Hazard(
        "killed",
        "every",
        "The client is killed (SIGKILL) while it waits for its second page.",
        "Save the cursor after the rows, and write both atomically.",
        _killed,
        needs="process",
    ),
    Hazard(
        "two-polls",
        "every",
        "A timer starts the next poll while a slow one still runs.",
        "Take a lock, or make two writers harmless: upsert by id, and never move the cursor back.",
        _two,
    ),
    Hazard(
        "leaves-window",
        "every",
        "Time passes, and a contact drops out of the window of days=N.",
        "Remove what the window no longer lists, or sync all contacts with a cursor.",
        _leaves,
        needs="days",
    ),
    Hazard(
        "null-fields",
        "every",
        "Phone, e-mail, customer, default stage, ticket, its stage and last message may be null.",
        "Allow null in every field that the OpenAPI document declares nullable.",
        _with(
            c2={"phone": None},
            c3={"email": None},
            c4={"active_ticket_v2": None},
            c5={"default_stage_id": None, "ai_customer_id": None},
            c6={"last_message_at": None},
            c7={"active_ticket_v2": {"id": "00000007-0000-4000-a000-000000000000", "current_stage_id": None}},
        ),
    ),
    Hazard(
        "unknown-values",
        "every",
        'An undocumented platform and status: the vendor\'s own list of statuses ends with "etc.".',
        "Store the text as it is; do not drop the contact.",
        _drifting(set={"platform": "telegram", "chat_status": "SNOOZED"}, contacts=(2, 3)),
    ),
    Hazard(
        "unknown-field",
        "every",
        "The vendor adds fields.",
        "Ignore unknown fields.",
        _drifting(set={"labels": ["vip"], "assigned_agent_id": None}),
    ),
    Hazard(
        "same-email",
        "every",
        "Two contacts have the same e-mail address: one person on two channels.",
        "Only the id tells contacts apart.",
        _with(c2={"email": "shared@example.com"}, c3={"email": "shared@example.com"}),
    ),
    Hazard(
        "same-phone",
        "every",
        "Two contacts have the same phone number: one person on two channels.",
        "Only the id tells contacts apart.",
        _with(c2={"phone": "+99912345678"}, c3={"phone": "+99912345678"}),
    ),
    Hazard(
        "same-customer",
        "every",
        "Two contacts belong to the same customer, one for each channel.",
        "Only the id tells contacts apart; ai_customer_id repeats.",
        _with(
            c2={"ai_customer_id": "5c0ffee0-0000-4000-9000-000000000000"},
            c3={"ai_customer_id": "5c0ffee0-0000-4000-9000-000000000000"},
        ),
    ),
    Hazard(
        "blocked",
        "every",
        "One contact is blocked from the start, another later; both stay listed.",
        "Keep blocked contacts like any others.",
        lambda habits: Script(
            habits.contacts,
            (Poll(), Do((change(3, blocked=True),)), Poll()),
            fields={2: {"blocked": True}},
        ),
    ),
    Hazard(
        "changed-back",
        "every",
        "A contact changes and later changes back; then only its timestamp differs.",
        "Store every version listed, including its timestamps.",
        _simple(
            Poll(),
            Do((change(3, name="For a while"),)),
            Poll(),
            Do((change(3, name="Contact 3"),)),
            Poll(),
        ),
    ),
    Hazard(
        "empty-account",
        "every",
        "There are no contacts yet.",
        "Accept [] as an empty list, and leave the cursor where it was.",
        lambda _: Script(0, (Poll(), Do((add(1),)), Poll())),
    ),
    Hazard(
        "one-contact",
        "every",
        "There is a single contact.",
        "Nothing special.",
        _counted(lambda _: 1),
    ),
    Hazard(
        "exact-page",
        "every",
        "The contacts fill two pages exactly.",
        "After a full page, request the next one; an empty page is the end.",
        _counted(lambda habits: 2 * habits.page),
        needs="limit",
    ),
    Hazard(
        "largest-page",
        "every",
        "There are as many contacts as the largest page holds.",
        "After a full page, request the next one; an empty page is the end.",
        _counted(lambda _: LARGEST),
    ),
)

BY_SLUG: Final = {hazard.slug: hazard for hazard in HAZARDS}
