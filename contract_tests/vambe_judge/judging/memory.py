"""What a target must not do: let an answer depend on what was asked before."""

from collections.abc import Sequence

from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import RIGHT_KEY, Headers
from vambe_judge.judging.judge import Ask, Broken, Claim, NotShown, Relation, Shown, Trial, lost, vanished
from vambe_judge.judging.survey import CLOCK_SLACK, listed
from vambe_mock.contract.plural import plural


def other_words(query: str) -> str:
    """The same question with its parameters in another order."""
    return "&".join(reversed(query.split("&")))


def first_answer(trial: Trial) -> Claim:
    """The first list of the run has the contacts that were there before it, as later lists show them."""
    first = trial.judge.first
    if first is None or not first.is_list or first.at is None:
        return NotShown("a list as the first answer, with a Date header")
    later = {row.id: row for answer in trial.judge.lists() for row in answer.rows}
    before = first.at - CLOCK_SLACK
    older = sum(max(row.created_at or 0, row.updated_at or 0) < before for row in later.values())
    limit = int(first.query.rpartition("limit=")[2])
    if len(first.rows) < min(older, limit):
        came = f"{len(first.rows)}, although later lists have older ones"
        return Broken(f"the first {plural(min(older, limit), 'contact')}", came, first)
    return Shown(plural(len(first.rows), "contact")) if first.rows else NotShown("a contact")


def repeated(trial: Trial, query: str, window: int) -> Claim:
    """*query*, asked long ago and asked again, brings the same contacts.

    Where it does not, it is asked in other words and once more: contacts that are in every other answer and unchanged
    were neither made nor deleted in between. A full window has others each time, but it does not become empty.
    """
    trial.judge.ask(query)
    looks = [trial.judge.looks[query][0], trial.judge.ask_again(query)]
    if looks[0].ids != looks[1].ids:
        looks += [trial.judge.ask_again(other_words(query)), trial.judge.ask_again(query)]
    broken = next((look for look in looks if not look.is_list), None)
    if broken is not None:
        return Broken("200 with an array each time", broken.summary(), broken)
    if max(len(look.rows) for look in looks) >= window:
        if not any(look.rows for look in looks[1:]):
            return Broken(
                f"the {plural(len(looks[0].rows), 'contact')} again, or newer ones", "none, three times", looks[-1]
            )
        return Shown(f"{plural(window, 'contact')} again")  # which of more they are is not for certain
    claim = lost(looks) or _strangers(looks) or vanished(looks)
    return claim or (
        Shown(f"the same {plural(len(looks[0].rows), 'contact')}") if looks[0].rows else NotShown("a contact")
    )


def key_after_wrong_key(trial: Trial, query: str, wrong: Headers) -> Claim:
    """The right key is right after a wrong one, too; asked for if it once was refused, twice in turn."""
    get = trial.judge.client.get
    answers = [get(query, headers=headers) for headers in (wrong, RIGHT_KEY) * 2]
    refused = [answer for answer in answers[1::2] if not answer.is_list]
    if len(refused) == 2:
        return Broken("200 to the right key after a wrong one", refused[0].summary(), refused[0])
    return Shown("the right key after a wrong one")


def _strangers(looks: Sequence[Answer]) -> Broken | None:
    """Contacts that only one answer in the middle has."""
    for place, between in enumerate(looks[1:-1], 1):
        strange = set(between.ids) - {one for look in looks[:place] for one in look.ids}
        strange -= {one for look in looks[place + 1 :] for one in look.ids}
        if strange:
            return Broken(
                "the same list each time", f"{plural(len(strange), 'contact')} that no other answer has", between
            )
    return None


def alike(answers: Sequence[Answer]) -> Relation | None:
    """A contact's documented fields read the same in all answers; None if none seems to differ.

    What differs is asked for again, so that a contact that was updated in between is not taken for one that is read
    in two ways.
    """
    seen: dict[str, tuple[bytes, Answer]] = {}
    for answer in answers:
        for row in answer.rows:
            digest, other = seen.setdefault(row.id, (row.documented, answer))
            if digest != row.documented and other.query != answer.query:
                return _read_twice(other.query, answer.query)
    return None


def _read_twice(one: str, other: str) -> Relation:
    def relation(ask: Ask) -> Claim:
        first, second = listed(ask, one), listed(ask, other)
        digests = {row.id: row.documented for row in first.rows}
        unlike = sum(digests.get(row.id, row.documented) != row.documented for row in second.rows)
        if unlike:
            return Broken("each contact alike in all answers", f"{plural(unlike, 'contact')} read otherwise", second)
        return Shown("contacts read alike when asked for again")

    return relation


def spelt_alike(answers: Sequence[Answer]) -> Claim:
    """No id comes in small letters here and in capitals there."""
    capital = {one.lower(): one for answer in answers for row in answer.rows for one in row.written}
    if not capital:
        return Shown("no id has capitals")
    for answer in answers:
        for row in answer.rows:
            mine = {one.lower() for one in row.written}
            plain = {row.id, row.client, row.stage, row.default_stage, row.ticket} - mine
            if plain & capital.keys() or any(capital[one.lower()] != one for one in row.written):
                return Broken("each id in one spelling", "capitals in one place, small letters in another", answer)
    return Shown("each id in one spelling")


def tickets(answers: Sequence[Answer]) -> Claim:
    """No two contacts have one ticket."""
    owners: dict[str, str] = {}
    for answer in answers:
        for row in answer.rows:
            if row.ticket and owners.setdefault(row.ticket, row.id) != row.id:
                return Broken("a ticket of its own for each contact", "one ticket on two contacts", answer)
    return Shown(plural(len(owners), "ticket")) if len(owners) > 1 else NotShown("two tickets")
