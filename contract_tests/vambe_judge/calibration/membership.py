"""Experiments on which contacts are listed, and in which order: chosen anew after each answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Final

from vambe_judge.asking.instants import EPOCH
from vambe_judge.calibration import forms, lists
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.knowledge import Reading
from vambe_judge.calibration.lists import (
    CASE,
    EXCLUSIVE,
    FRACTION,
    PIPELINE,
    PRECISION,
    SEVERAL,
    STAGE,
    TICKETLESS,
    TOGETHER,
    WINDOW,
    Question,
)
from vambe_judge.calibration.moving import moved
from vambe_judge.calibration.population import BY_FILTER, EVERYTHING
from vambe_judge.calibration.state import MOST_MOVES, USUAL_ORDERS, State, Step
from vambe_mock.contract.plural import plural

LEAST: Final = 0.004
"""Bits below which a request is not worth sending."""

ORDER_WORTH: Final = 1.0
"""What the order of a combination of filters is worth, as long as it is not known."""

TIES_WORTH: Final = 0.3
"""What ties are worth, as long as no list of that order has shown any."""

FEW: Final = 8
"""Alternatives of the window that are weighed together with those of other filters."""

MIXED: Final = "mixed"
MOST_MIXED: Final = 3
"""How many values of a combination of filters are weighed beside a stage or a pipeline too."""

MOST_OFFERS: Final = 10
MOST_WEIGHED: Final = 1_000
ENOUGH: Final = 12
"""How many values of a combination of filters are weighed by bits, which of how many, and how many contacts will do."""

_START: Final = 0


def steps(state: State) -> list[Step]:
    """The requests for lists that could be next."""
    if not state.population.contacts or state.moves >= MOST_MOVES:
        return []
    return [*_lists(state), *_without_limit(state)]


def _lists(state: State) -> list[Step]:
    found = _steps(state, _windows(state)) if WINDOW not in state.shelved else []
    if found and len(state.knowledge.left[WINDOW]) <= FEW:  # several filters at once may settle these as well
        found += _steps(state, _several(state))
    if not found:
        for rule in (WINDOW, FRACTION):
            state.shelve(rule)
            state.shelved.setdefault(rule, state.knowledge.left[rule])
        found = _steps(state, _several(state)) or _steps(state, _cursors(state))
    return [*found, *_steps(state, _places(state))]


def _without_limit(state: State) -> list[Step]:
    """Of an account that is too large to be asked for without a limit: the newest, just enough of them."""
    settled = state.without_limit is not None or state.default_limit or "without limit" in state.done
    if settled or state.population.is_whole() or state.window <= lists.MOST_USUAL:
        return []
    newest = state.population.instants("updated_at")[-lists.MOST_USUAL - 2 :: -10]
    for at in newest:
        question = Question(updated_after=at)
        expected = state.lists.expected(question, state.knowledge.guess())
        if expected is not None and lists.MOST_USUAL < expected[0].bit_count() <= state.window // 2:
            return [Step("without a limit", ("default-limit",), 0.5, _limitless(state, question, expected[0]))]
    return []


def far_steps(state: State) -> list[Step]:
    """Of an account that is too large to be known as a whole: pages further and further on, until one has ties."""
    if state.population.is_whole() or state.tie_replies or state.coarse or state.moves >= MOST_MOVES:
        return []
    for combination in ("updated_after", "created_after"):
        sorting = state.order_of(combination)
        pages = sum(one.startswith(f"far:{combination}:") for one in state.done)
        if sorting is not None and not sorting.startswith("id ") and f"end:{combination}" not in state.done:
            return [Step("further on", ("order-ties",), TIES_WORTH, _far(state, combination, state.window << pages))]
    return []


def tied_steps(state: State) -> list[Step]:
    """A list with ties once more: whether equal instants come in the same order each time; if not, the others too."""
    asked = [one for one in BY_FILTER if f"tied:{one}" in state.done]
    if state.coarse or state.moves >= MOST_MOVES or (asked and not any(map(state.unstable, state.tie_replies))):
        return []
    found: dict[str, int] = {}
    for combination in BY_FILTER:
        sorting, reply = state.order_of(combination), state.base.get(combination)
        name = lists.sorting_key(sorting)[0] if sorting else "id"
        settled = name not in state.tie_replies or state.unstable(name) or combination in asked
        if reply is not None and not settled:
            found[combination] = sum(map(len, lists.runs_of(reply.contacts or (), name)))  # type: ignore[arg-type]
    best = max(found, key=lambda one: found[one], default="")
    return [Step("ties again", ("order-ties",), TIES_WORTH, _tied(state, best))] if found.get(best) else []


def _tied(state: State, combination: str) -> Callable[[], None]:
    def take() -> None:
        state.done.add(f"tied:{combination}")
        reply = state.try_to_ask(state.base[combination].request, ("order-ties",), "again")
        if reply is not None and reply.contacts and not moved(state, reply):
            state.see_order(combination, reply)

    return take


def _far(state: State, combination: str, offset: int) -> Callable[[], None]:
    def take() -> None:
        state.done.add(f"far:{combination}:{offset}")
        parameters = {combination: EPOCH, "limit": f"{state.window}", "offset": f"{offset}"}
        reply = state.try_to_ask(Request.of(parameters), ("order-ties",))
        if reply is None or not reply.contacts:
            state.done.add(f"end:{combination}")
        elif not moved(state, reply):
            state.see_order(combination, reply)

    return take


def _limitless(state: State, question: Question, due: int) -> Callable[[], None]:
    def take() -> None:
        state.done.add("without limit")
        reply = state.try_to_ask(Request.of(question.parameters()), ("default-limit",))
        if reply is None or not reply.is_list or moved(state, reply):
            return
        whole = state.in_order(state.population.among(due), question.combination)
        if len(reply.ids) > lists.MOST_USUAL:
            state.without_limit = reply
        elif reply.ids and whole is not None and reply.ids == [one.id for one in whole[: len(reply.ids)]]:
            state.default_limit, state.without_limit = len(reply.ids), reply

    return take


def _windows(state: State) -> Iterable[Question]:
    days = "days:whole" not in state.done
    if days and (state.knowledge.is_open(WINDOW) or state.knowledge.is_open(TICKETLESS)):
        whole = lists.days_for(state.lists, state.knowledge.left[WINDOW], 12)
        for count in [*whole, *lists.edge_days(state.population)]:
            yield Question(days=count)
    if state.knowledge.is_open(FRACTION):
        for count in lists.fractions_for(state.population):
            yield Question(days=count)


def _cursors(state: State) -> Iterable[Question]:
    if state.coarse:
        return
    for parameter, rule in EXCLUSIVE.items():
        if not (state.knowledge.is_open(rule) or state.knowledge.is_open(PRECISION)):
            continue
        for at in lists.cursors_for(state.population, BY_FILTER[parameter]):
            yield Question(**{parameter: at})  # type: ignore[arg-type]
            yield Question(**{parameter: at - 1}, finer=True)  # type: ignore[arg-type]
            yield Question(**{parameter: at}, finer=True)  # type: ignore[arg-type]


def _several(state: State) -> Iterable[Question]:  # noqa: C901 - one filter after the other
    """Several time filters at once, at values at which each of them matters."""
    population = state.population
    whole, windows = population.is_whole(), state.knowledge.is_open(WINDOW)
    days = [1.0, 30.0, 180.0, *lists.days_for(state.lists, state.knowledge.left[WINDOW], 4)] if population.now else []
    cursors = {
        name: lists.cursors_for(population, BY_FILTER[name], 12) if not state.coarse else [] for name in EXCLUSIVE
    }
    for name, several in cursors.items():
        instants = population.instants(BY_FILTER[name])
        if instants:
            several.append(instants[0] - 1)
    for combination in SEVERAL:
        if not state.knowledge.is_open(TOGETHER[combination]) and _order_is_known(state, combination):
            continue
        names = combination.split("+")
        choices = [days if name == "days" else cursors[name] for name in names]
        every = list(product(*choices))
        if len(every) > MOST_OFFERS:
            every = _most_telling(state, names, every)
        mixed = 0
        for values in every:
            question = Question(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type]
            if whole or all(
                name == "days" or getattr(question, name) >= population.complete[BY_FILTER[name]] for name in names
            ):
                ways = [question]
                if windows and mixed >= MOST_MIXED:
                    break
                if state.knowledge.is_open(PRECISION) and not windows:
                    before = {name: getattr(question, name) - 1 for name in names if name != "days"}
                    ways += [replace(question, finer=True), replace(question, finer=True, **before)]
                for way in ways:
                    yield way
                    if whole and mixed < MOST_MIXED and MIXED not in state.done:
                        yield from _with_place(state, way)
                mixed += 1


def _with_place(state: State, question: Question) -> Iterable[Question]:
    """The question beside a stage or a pipeline, those of most contacts."""
    capitals = (True, False) if state.knowledge.is_open(CASE) else (False,)
    if state.knowledge.is_open(STAGE):
        counts = Counter(one.stage for one in state.population.contacts if one.stage)
        for stage, _ in counts.most_common(1):
            yield from (replace(question, stage=stage, capitals=way) for way in capitals)
    if state.knowledge.is_open(PIPELINE):
        yield from (replace(question, pipeline=pipeline) for pipeline in list(state.pipelines)[:1])


def _most_telling(state: State, names: Sequence[str], every: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Of *every* combination of values some in which each filter and the edge of each cursor matters."""
    if len(every) > MOST_WEIGHED:
        every = Random(len(every)).sample(every, MOST_WEIGHED)  # noqa: S311 - a choice, always the same
    guess = state.knowledge.guess()
    masks: dict[tuple[str, float], tuple[int, int]] = {}
    for name, value in {pair for values in every for pair in zip(names, values, strict=True)}:
        one = Question(**{name: value})  # type: ignore[arg-type]
        passing = state.lists.filtered(name, one, guess)
        edge = state.lists.filtered(name, one, {**guess, EXCLUSIVE[name]: False}) if name in EXCLUSIVE else passing
        masks[name, value] = passing, edge & ~passing
    scores = []
    for values in every:
        several = [masks[pair] for pair in zip(names, values, strict=True)]
        score = 0.0
        for place, (passing, edge) in enumerate(several):
            others = state.population.everyone
            for other, (theirs, _) in enumerate(several):
                others &= theirs if other != place else others
            score += bool(others & ~passing) + 2 * bool(others & edge)
        listed = state.population.everyone
        for passing, _ in several:
            listed &= passing
        score += min(listed.bit_count(), ENOUGH) / ENOUGH
        scores.append((-score, values))
    return [values for _, values in sorted(scores)[:MOST_OFFERS]]


def _order_is_known(state: State, combination: str) -> bool:
    return f"order:{combination}" in state.done or len(state.orders[combination]) <= 1


def _places(state: State) -> Iterable[Question]:
    """Stages and pipelines, in capitals."""
    population = state.population
    whole = population.is_whole()
    since = None if whole else population.complete["updated_at"]
    if not whole and (since is None or since in (EVERYTHING, 2**62)):
        return
    at = _START if since is None else since
    own = {one.stage for one in population.contacts if one.stage}
    default = {one.default_stage for one in population.contacts if one.default_stage}
    if state.knowledge.is_open(STAGE) or state.knowledge.is_open(CASE):
        for stage in sorted(own | default, key=lambda one: (one not in own or one not in default, one))[:16]:
            for capitals in (True, False):
                yield Question(updated_after=at, stage=stage, capitals=capitals)
    if state.knowledge.is_open(PIPELINE):
        for pipeline in state.pipelines:
            for capitals in (True, False):
                yield Question(updated_after=at, pipeline=pipeline, capitals=capitals)


def _steps(state: State, questions: Iterable[Question]) -> list[Step]:
    found = []
    for question in questions:
        if question.offset == 0 and f"asked:{question}" in state.done:
            continue
        reading = _reading(state, question)
        worth = state.knowledge.worth([reading])
        decides = state.knowledge.splits([reading]) if worth > LEAST else []
        order = _order_worth(state, question, reading) + _ties_worth(state, question, reading)
        if order:
            decides.append("order")
            worth += order
        if worth > LEAST and decides:
            found.append(
                Step(f"{question.combination}", tuple(decides), worth, _taker(state, question, reading, decides))
            )
    return found


_READINGS: dict[tuple[int, Question], Reading] = {}


def _reading(state: State, question: Question) -> Reading:
    key = (id(state.lists), question)
    if key not in _READINGS:
        if len(_READINGS) > 20_000:
            _READINGS.clear()
        _READINGS[key] = state.lists.membership(question)
    return _READINGS[key]


def _order_worth(state: State, question: Question, reading: Reading) -> float:
    """What the order of the answer tells."""
    combination = question.combination
    if _order_is_known(state, combination):
        return 0.0
    guess = {rule: state.knowledge.likeliest(rule) for rule in reading.rules}
    expected = state.lists.expected(question, guess)
    if expected is None or expected[0].bit_count() < 2:
        return 0.0
    contacts = state.population.among(expected[0])
    due = state.in_order(contacts, combination)
    left = state.orders[combination]
    if due is None:  # not the usual one: what would tell those apart that are left
        due = lists.arranged(contacts, min(left))
    told = sum(not lists.is_sorted(due, one) for one in left)
    return ORDER_WORTH * (told / max(len(lists.SORTINGS) - 1, 1)) ** 2


def _ties_worth(state: State, question: Question, reading: Reading) -> float:
    """What the answer tells of ties that no list has shown yet."""
    sorting = state.order_of(question.combination)
    name = lists.sorting_key(sorting)[0] if sorting else "id"
    if name == "id" or name in state.tie_replies or state.coarse:
        return 0.0
    guess = {rule: state.knowledge.likeliest(rule) for rule in reading.rules}
    expected = state.lists.expected(question, guess)
    if expected is None:
        return 0.0
    due = lists.arranged(state.population.among(expected[0]), str(sorting))
    return TIES_WORTH if any(lists.runs_of(due, name)) else 0.0  # type: ignore[arg-type]


def _taker(state: State, question: Question, reading: Reading, decides: Sequence[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def take() -> None:
        take_list(state, question, reading, decides)

    return take


def asked(state: State, question: Question) -> Question:
    """*question* as it is sent: with a limit that it should not reach."""
    return replace(question, limit=state.window)


def take_list(state: State, question: Question, reading: Reading, decides: Sequence[str]) -> None:
    """Ask, and learn what the answer says."""
    state.done.add(f"asked:{question}")
    sent = asked(state, question)
    riding = forms.riders(state, sent.parameters())
    reply = state.try_to_ask(forms.ridden(sent.parameters(), riding), decides)
    reading = state.lists.membership(sent)
    while reply is not None and riding and not _as_foretold(state, reading, reply):
        accused = forms.accused(riding, sent.parameters(), reply)
        if not accused:
            riding = []
            break
        if len(accused) == 1:
            forms.departed(state, accused[0], reply)
            riding.remove(accused[0])
        else:
            forms.doubt(state, accused)
            riding = []
        reply = state.try_to_ask(forms.ridden(sent.parameters(), riding), decides)
    if reply is None:
        return
    forms.settle(state, riding)
    if not learn(state, sent, reading, reply):
        _contradicted(state, question, reading, reply, decides)
    if reply.is_list:
        before = set(state.orders[question.combination])
        state.see_order(question.combination, reply)
        came = reply.contacts or ()
        if (
            lists.tells_order(came, USUAL_ORDERS[question.combination])
            or len(before) > len(state.orders[question.combination]) == 1
        ):
            state.done.add(f"order:{question.combination}")


def _as_foretold(state: State, reading: Reading, reply: Reply) -> bool:
    """Whether a list came that some combination foretells which is left."""
    return reply.is_list and any(
        reading.agrees(dict(zip(reading.rules, values, strict=True)), reply) is not False
        for values in state.knowledge.combinations(reading.rules)
    )


def learn(state: State, question: Question, reading: Reading, reply: Reply) -> bool:
    """Rule out what *reply* rules out; False where it is what no alternative foretells."""
    if moved(state, reply):
        return True
    fine = state.knowledge.learn(reading, reply)
    if fine:
        for rule in reading.rules:
            state.learnt.setdefault(rule, []).append((question, reply))
    return fine


def _contradicted(state: State, question: Question, reading: Reading, reply: Reply, decides: Sequence[str]) -> None:
    """An answer that no known alternative foretells: it is asked for again, and then told in words."""
    if question.filters != ("updated_after",) and (question.stage or question.pipeline):
        state.done.add(MIXED)  # each is asked for alone, then
        return
    again = state.try_to_ask(reply.request, decides, "again")
    sent = asked(state, question)
    if again is not None and not again.same_as(reply) and learn(state, sent, reading, again):
        state.moves += 1
        return
    blamed = blame(question)
    slug = blamed.partition(".")[0]
    if again is None or not again.same_as(reply):
        state.moves += 1
        state.fickle |= again is not None and again.is_list != reply.is_list
        state.open[slug] = "answers that stay the same: one request was answered in two ways"
    else:
        state.astray |= question.days is not None and reply.is_list
        came = plural(len(reply.contacts or ()), "contact") if reply.is_list else reply.answer.summary()
        state.beyond.setdefault(
            slug, f"{said(question)} is answered with {came}, as none of the known alternatives foretells"
        )
    for rule in reading.rules:
        if state.knowledge.is_open(rule) and rule in decides:
            state.shelve(rule)
    state.shelved.setdefault(blamed, ())


def blame(question: Question) -> str:
    """The rule that a question is mostly about."""
    if question.pipeline:
        return PIPELINE
    if question.stage:
        return STAGE
    if len(question.filters) > 1:
        return TOGETHER[question.combination]
    if question.days is not None:
        return FRACTION if question.days % 1 else WINDOW
    return EXCLUSIVE[question.filters[0]]


PLACEHOLDERS: Final = {
    "created_after": "INSTANT",
    "updated_after": "INSTANT",
    "stage_id": "STAGE",
    "pipeline_id": "PIPELINE",
    "custom_field_value": "VALUE",
    "custom_field_key": "KEY",
}


def said(question: Question) -> str:
    """The question with placeholders for what is of the account."""
    return "&".join(
        f"{name}={EPOCH if value == EPOCH else PLACEHOLDERS.get(name, value)}"
        for name, value in question.parameters().items()
    )
