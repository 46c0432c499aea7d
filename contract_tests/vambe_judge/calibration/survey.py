"""The survey: the widest list by each time filter, which shows the data that everything else is chosen from."""

from typing import Final

from vambe_judge.asking.instants import EPOCH
from vambe_judge.asking.instants import read as read_instant
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.calibration import forms
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.lists import Lists, Question
from vambe_judge.calibration.population import BY_FILTER, EVERYTHING, NAMES, Contact, Name, Population
from vambe_judge.calibration.state import Measured, State
from vambe_judge.judging.judge import cannot_be_judged

BASES: Final = {"updated_after": EPOCH, "created_after": EPOCH, "days": "365"}
ROUND: Final = frozenset((5, 10, 15, 20, 25, 30, 40, 50, 100, 150, 200, 250, 300, 500))
MOST_PAGES: Final = 3
DECIDES: Final = ("the data", "order", "order-ties", "limit-cap", "default-limit")


def survey(state: State) -> None:
    """Ask for the lists. Raises JudgeError for a target that cannot be asked at all."""
    first = state.base["updated_after"] = _first(state)
    updated = list(first.contacts or ())
    if len(updated) in ROUND and len(updated) < state.window and not forms.ends(state, first):
        updated += _beyond_cap(state, first)
    whole = len(first.contacts or ()) < state.window and (not state.cap or len(updated) % state.cap != 0)
    if len(updated) == state.window and not state.cap:
        after = {"updated_after": EPOCH, "limit": "1", "offset": f"{state.window}"}
        rest = state.try_to_ask(Request.of(after), DECIDES)
        whole = rest is not None and rest.contacts == ()
    complete: dict[Name, int] = dict.fromkeys(NAMES, EVERYTHING)
    known = {one.id: one for one in updated}
    if not whole:
        days = _ask(state, {"days": "365", "limit": f"{state.window}"})
        if days is not None and days.contacts is not None:
            state.base["days"] = days
            known |= {one.id: one for one in days.contacts}
        complete = _newest(state, known, days)
    created = _created(state, len(known), whole=whole)
    if created is not None and created.contacts is not None:
        state.base["created_after"] = created
        if whole:
            known |= {one.id: one for one in created.contacts}
    newest = state.asker.replies[-1]
    population = Population.of(known.values(), complete, state.clock(newest), frozen=state.options.now is not None)
    state.lists = Lists(population, state.pipelines)
    state.values.now = state.now
    printed = set().union(*state.asker.shapes.forms.values()) if state.asker.shapes.forms else set()
    state.coarse = bool(printed) and not any("." in form for form in printed)
    _read(state, whole=whole)


def _first(state: State) -> Reply:
    base = state.asker.client.base_url
    try:
        first = state.ask(Request.of({"updated_after": EPOCH, "limit": f"{state.window}"}), DECIDES)
        problem = cannot_be_judged(first.answer, state.asker.client.key_variable)
        if problem:
            raise JudgeError(f"{base} {problem}; nothing could be calibrated")
        for smaller in (100, 10):
            if not first.is_list and smaller < state.window:
                said = f"a refusal that tells the most that limit may be; {state.window} is refused"
                state.open["limit-range"] = said
                state.window = smaller
                first = state.ask(Request.of({"updated_after": EPOCH, "limit": f"{smaller}"}), DECIDES)
    except Unanswered as error:
        raise JudgeError(f"{base}: {error}; nothing could be calibrated") from None
    if not first.is_list:
        raise JudgeError(
            f"{base} answers updated_after={EPOCH} with {first.answer.summary()}; wanted a list; "
            "nothing could be calibrated"
        )
    return first


def _created(state: State, count: int, *, whole: bool) -> Reply | None:
    """The list by ``created_after``: without a limit where all contacts are known, so that a default limit shows."""
    wide = {"created_after": EPOCH, "limit": f"{state.window}"}
    if not whole or count > state.window:
        return _ask(state, wide)
    free = _ask(state, {"created_after": EPOCH})
    if free is None or free.contacts is None or len(free.contacts) >= count:
        state.without_limit = free if free is not None and free.is_list else None
        return free
    if state.cap == len(free.contacts):
        return free
    created = _ask(state, wide)
    if created is not None and created.ids[: len(free.ids)] == free.ids and len(created.ids) > len(free.ids):
        state.default_limit, state.without_limit = len(free.ids), free
    return created


def _ask(state: State, parameters: dict[str, str]) -> Reply | None:
    reply = state.try_to_ask(Request.of(parameters), DECIDES)
    if reply is None or reply.is_list:
        return reply
    name = next(iter(parameters))
    state.open["order"] = f"a list for {name}={parameters[name]}, which is answered with {reply.answer.summary()}"
    return reply


def _beyond_cap(state: State, first: Reply) -> list[Contact]:
    """What comes after a list that is shorter than it was asked for; a number of its own kind if it was capped."""
    found: list[Contact] = []
    size = len(first.contacts or ())
    for page in range(1, MOST_PAGES + 1):
        reply = state.try_to_ask(
            Request.of({"updated_after": EPOCH, "limit": f"{state.window}", "offset": f"{page * size}"}), DECIDES
        )
        if reply is None or not reply.contacts:
            break
        state.cap = size
        found += reply.contacts
        if len(reply.contacts) < size:
            break
    if state.cap:
        state.window = state.cap
    return found


def _newest(state: State, known: dict[str, Contact], days: Reply | None) -> dict[Name, int]:
    """Of a large account: the newest contacts, and from which instant on all are known."""
    complete: dict[Name, int] = dict.fromkeys(NAMES, 2**62)
    listed = list(days.contacts or ()) if days is not None else []
    if listed:
        last = min((at for one in listed if (at := one.last_message_at) is not None), default=2**62)
        complete["last_message_at"] = last if len(listed) >= state.window else EVERYTHING
    for parameter in ("updated_after", "created_after"):
        name = BY_FILTER[parameter]
        instants = sorted(at for one in known.values() if (at := one.at(name)) is not None)
        for share in (4, 16, 64):
            if len(instants) < share or state.asker.left < 25:
                break
            since = instants[-(len(instants) // share) - 1]
            text = Question(updated_after=since).parameters()["updated_after"]
            reply = _ask(state, {parameter: text, "limit": f"{state.window}"})
            if reply is not None and reply.contacts is not None and len(reply.contacts) < state.window:
                known |= {one.id: one for one in reply.contacts}
                complete[name] = since
                break
    return complete


def _read(state: State, *, whole: bool) -> None:
    """What the lists themselves say: default limit, order, ties, and who is left out."""
    for parameter in BASES:
        reply = state.base.get(parameter)
        if reply is None:
            continue
        state.see_order(parameter, reply)
        value = 365.0 if parameter == "days" else read_instant(EPOCH)
        question = Question(**{parameter: value, "limit": state.window})  # type: ignore[arg-type]
        reading = state.lists.membership(question)
        if whole and state.knowledge.learn(reading, reply):
            for rule in reading.rules:
                state.learnt.setdefault(rule, []).append((question, reply))
    if whole and any(one.blocked for one in state.population.contacts):
        state.usual["blocked-are-listed"] = "a blocked contact was listed"
    elif whole and state.options.blocked:
        said = "no contact that came is blocked, though the account has some (--about)"
        state.measured["blocked-are-listed"] = Measured(False, [state.base["updated_after"]], said)
