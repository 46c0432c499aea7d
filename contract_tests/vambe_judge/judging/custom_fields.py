"""Relations about custom fields. Responses never contain their values, so key and value come from the user.

The value is never written anywhere: ``Client.secrets`` has it.
"""

import re
from typing import Final
from urllib.parse import quote

from vambe_judge.asking.options import ENTITIES, CustomField
from vambe_judge.judging.judge import Ask, Broken, Claim, NoList, NotShown, Relation, Shown
from vambe_judge.judging.stages import standing
from vambe_judge.judging.survey import TIME_FILTERS, Field, Survey, listed
from vambe_mock.contract.plural import plural

ABSURD: Final = "-no-such-value-7f3a"
NOT_TEXT: Final = re.compile(r"[\d.,:TZ+-]+|true|false", re.IGNORECASE)
REFUSED: Final = 400


def pair(asked: CustomField, *, entity: str | None = None) -> str:
    """The custom field as it is sent."""
    kind = f"&entity_type={entity}" if entity else ""
    return f"custom_field_key={quote(asked.key, safe='')}&custom_field_value={quote(asked.value, safe='')}{kind}"


def question(asked: CustomField, *, entity: str | None = None, value: str | None = None, field: Field) -> str:
    """The widest question that names the custom field."""
    text = quote(asked.value if value is None else value, safe="")
    kind = f"&entity_type={entity}" if entity else ""
    return f"{TIME_FILTERS[field]}&custom_field_key={quote(asked.key, safe='')}&custom_field_value={text}{kind}"


def narrows(window: int, asked: CustomField, *, entity: str | None = None) -> Relation:
    """Some contacts have the value, and those who are found stand in the widest list, in its order.

    Where nobody is found, it may be that the last one with the value was deleted while the target was read.
    """
    ever: set[str] = set()

    def relation(ask: Ask) -> Claim:
        rows = [row.id for row in Survey(ask, window).rows("updated_at")]
        ever.update(rows)
        answer = listed(ask, f"{question(asked, entity=entity, field='updated_at')}&limit={window}")
        if not rows:
            return NotShown("a contact")
        if not answer.rows:
            if len(rows) >= window:
                return NotShown("a contact with that value among those asked for")
            if ever.difference(rows):
                return NotShown("data that rests while it is read: contacts were deleted")
            return Broken("some contacts, since the option says that they have it", "nobody", answer)
        found = set(answer.ids)
        if len(rows) < window and answer.ids != [one for one in rows if one in found]:
            return Broken("contacts of the wider list, in its order", "others, or another order", answer)
        if len(rows) < window and len(found) == len(rows):
            return NotShown("a contact without that value")
        return Shown(f"{len(found)} of {plural(len(rows), 'contact')}")

    return relation


def by_days(window: int, asked: CustomField) -> Relation:
    """With ``days``, those are found whom the field finds and whose last message is in the window."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        rows = survey.rows("last_message_at")
        found = set(listed(ask, f"{question(asked, field='updated_at')}&limit={window}").ids)
        answer = listed(ask, f"{question(asked, field='last_message_at')}&limit={window}")
        if len(found) >= window or len(rows) >= window:
            return NotShown(f"fewer than {plural(window, 'contact')}, or --large")
        due = [row.id for row in rows if row.id in found]
        if answer.ids != due:
            return Broken(
                f"the {plural(len(due), 'contact')} that have the value",
                plural(len(answer.rows), "contact"),
                answer,
            )
        return Shown(f"{len(due)} of {len(rows)}") if len(due) < len(rows) else NotShown("a contact without that value")

    return relation


def absurd_value(window: int, asked: CustomField) -> Relation:
    """A value that no contact has returns an empty list, or is refused as incompatible."""

    def relation(ask: Ask) -> Claim:
        answer = ask(f"{question(asked, value=asked.value + ABSURD, field='updated_at')}&limit=5")
        if answer.status == REFUSED:
            return Shown("refused: the field's type cannot read it")
        if not answer.is_list:
            raise NoList(answer)
        if answer.rows:
            return Broken("nobody with a value that nobody has", plural(len(answer.rows), "contact"), answer)
        return Shown("nobody") if Survey(ask, window).rows("updated_at") else NotShown("a contact")

    return relation


def part_of_value(window: int, asked: CustomField) -> Relation:
    """No contact is returned both for a value and for that value without its last character."""

    def relation(ask: Ask) -> Claim:
        if len(asked.value) < 2 or NOT_TEXT.fullmatch(asked.value):
            return NotShown("a text of two characters or more as the value")
        whole = listed(ask, f"{question(asked, entity=asked.entity, field='updated_at')}&limit={window}")
        part = ask(f"{question(asked, entity=asked.entity, value=asked.value[:-1], field='updated_at')}&limit={window}")
        if part.status == REFUSED:
            return Shown("refused")
        if not part.is_list:
            raise NoList(part)
        both = set(whole.ids) & set(part.ids)
        if both:
            return Broken("whole values only", f"{plural(len(both), 'contact')} by a part of theirs", part)
        return Shown("whole values only") if whole.rows else NotShown("a contact with that value")

    return relation


def other_case(window: int, asked: CustomField) -> Relation:
    """No contact is returned both for a text and for the same text in swapped case."""

    def relation(ask: Ask) -> Claim:
        swapped = asked.value.swapcase()
        if swapped == asked.value or NOT_TEXT.fullmatch(asked.value):
            return NotShown("a text with letters as the value")
        whole = listed(ask, f"{question(asked, entity=asked.entity, field='updated_at')}&limit={window}")
        other = ask(f"{question(asked, entity=asked.entity, value=swapped, field='updated_at')}&limit={window}")
        both = set(whole.ids) & set(other.ids)
        if both:
            return Broken("capitals matter", f"{plural(len(both), 'contact')} by other letters", other)
        return Shown("capitals matter") if whole.rows else NotShown("a contact with that value")

    return relation


def blank(window: int, asked: CustomField, *, before: bool = False) -> Relation:
    """No contact is returned both for a text and for the same text with a blank behind it, or *before* it."""

    def relation(ask: Ask) -> Claim:
        if NOT_TEXT.fullmatch(asked.value):
            return NotShown("a text with letters as the value")
        value = f" {asked.value}" if before else f"{asked.value} "
        whole = listed(ask, f"{question(asked, entity=asked.entity, field='updated_at')}&limit={window}")
        other = ask(f"{question(asked, entity=asked.entity, value=value, field='updated_at')}&limit={window}")
        both = set(whole.ids) & set(other.ids)
        if both:
            return Broken("blanks count", f"{plural(len(both), 'contact')} by a value with one blank more", other)
        return Shown("blanks count") if whole.rows else NotShown("a contact with that value")

    return relation


def entities_join(window: int, asked: CustomField) -> Relation:
    """Without ``entity_type`` those are found whom ``customer`` or ``ticket`` finds; with it, the option's own are."""

    def relation(ask: Ask) -> Claim:
        both = listed(ask, f"{question(asked, field='updated_at')}&limit={window}")
        parts = {one: ask(f"{question(asked, entity=one, field='updated_at')}&limit={window}") for one in ENTITIES}
        own = parts[asked.entity]
        if not own.is_list:
            raise NoList(own)
        if not own.rows and both.rows:
            return Broken(f"some contacts by entity_type={asked.entity}, as the option says", "nobody", own)
        joined = {one for part in parts.values() for one in part.ids}
        if joined != set(both.ids) and len(both.rows) < window:
            came = f"{plural(len(both.rows), 'contact')}, and {len(joined)} by the two"
            return Broken("those whom customer or ticket finds", came, both)
        ticketless = sum(row.ticket is None for row in parts["ticket"].rows)
        if ticketless:
            same = parts["ticket"].ids == both.ids == parts["customer"].ids
            came = f"{plural(ticketless, 'contact')} without an active ticket"
            return Broken("active tickets that have the value", came, parts["ticket"], None if same else "assumed")
        if all(part.ids == both.ids for part in parts.values()) and both.rows:
            return NotShown("a contact that has the value on one of customer and ticket only")
        return Shown(plural(len(both.rows), "contact")) if both.rows else NotShown("a contact with that value")

    return relation


def apart(window: int, asked: CustomField, other: CustomField) -> Relation:
    """Two values of one key on one entity have no contact in common."""

    def relation(ask: Ask) -> Claim:
        lists = [
            listed(ask, f"{question(one, entity=one.entity, field='updated_at')}&limit={window}")
            for one in (asked, other)
        ]
        both = set(lists[0].ids) & set(lists[1].ids)
        if both:
            return Broken("no contact with two values of one field", plural(len(both), "contact"), lists[1])
        return Shown() if all(one.rows for one in lists) else NotShown("contacts with both values")

    return relation


def page_of_field(window: int, asked: CustomField) -> Relation:
    """``offset`` and ``limit`` apply after the custom field."""

    def relation(ask: Ask) -> Claim:
        rows = Survey(ask, window).rows("updated_at")
        query = question(asked, field="updated_at")
        found = listed(ask, f"{query}&limit={window}").ids
        telling = [place for place in range(1, min(len(found), len(rows))) if rows[place].id != found[place]]
        if not telling:
            return NotShown("two contacts with that value, behind one without")
        answer = listed(ask, f"{query}&offset={telling[0]}&limit=1")
        if answer.ids != found[telling[0] : telling[0] + 1]:
            return Broken(f"contact {telling[0] + 1} of those with the value", answer.summary(), answer)
        return Shown(f"contact {telling[0] + 1} of those with the value")

    return relation


def with_stage(window: int, asked: CustomField, *, own: bool = False) -> Relation:
    """A custom field beside ``stage_id``: both must hold; *own* as in ``stages.standing``."""

    def relation(ask: Ask) -> Claim:
        query = question(asked, field="updated_at")
        found = listed(ask, f"{query}&limit={window}")
        stages = sorted({row.stage for row in found.rows if row.stage})
        if not stages:
            return NotShown("a contact with that value and a ticket at a stage")
        answer = listed(ask, f"{query}&stage_id={stages[0]}&limit={window}")
        at = standing(ask, window, stages[0], own=own)
        due = [row.id for row in found.rows if at(row)]
        if answer.ids != due and len(found.rows) < window:
            return Broken(
                f"the {plural(len(due), 'contact')} that both filters find",
                plural(len(answer.rows), "contact"),
                answer,
            )
        return (
            Shown(plural(len(due), "contact")) if len(due) < len(found.rows) else NotShown("contacts at other stages")
        )

    return relation
