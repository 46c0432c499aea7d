"""Experiments whose requests are wrong on purpose: values, rules between parameters, keys, paths."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from vambe_judge.asking.client import KEY, PATH, RIGHT_KEY, Headers
from vambe_judge.asking.instants import EPOCH
from vambe_judge.calibration import refusals, sheets, usual
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.bodies import filled, general, in_json
from vambe_judge.calibration.forms import measure
from vambe_judge.calibration.lists import Question
from vambe_judge.calibration.moving import moved
from vambe_judge.calibration.population import BY_FILTER, read
from vambe_judge.calibration.refusals import Kind, Told, without_target
from vambe_judge.calibration.sheets import SHEETS, Sheet, Wrong
from vambe_judge.calibration.state import Measured, State, Step
from vambe_judge.judging.custom_fields import NOT_TEXT
from vambe_mock.contract.plural import plural

NOT_THERE: Final = "/api/public/no-such-thing-here"
PIPELINES: Final = "/api/public/pipeline"
WRONG_KEY: Final[Headers] = (("x-api-key", "no-such-key"),)
TWICE: Final[Headers] = (("x-api-key", KEY), ("x-api-key", KEY))
SMALL: Final = {"days": "1", "limit": "1"}
NO_KEY, NO_VALUE = "zq-no-such-field", "zq-no-such-value"
NO_FILTER: Final = {"limit": "5"}
UNKNOWN: Final = "7c9e6679-7425-10de-944b-e07fc1f90ae7"

Kinds = Mapping[str, tuple[dict[str, str], dict[str, str]]]
KINDS: Final[Kinds] = {
    "no-time-filter": ({**NO_FILTER, "custom_field_key": NO_KEY}, {}),
    "no-custom-value": ({**SMALL, "custom_field_key": NO_KEY}, {"key": NO_KEY}),
    "unknown-custom-field": (
        {**SMALL, "custom_field_key": NO_KEY, "custom_field_value": NO_VALUE},
        {"key": NO_KEY, "value": NO_VALUE},
    ),
    "no-custom-key": ({**SMALL, "custom_field_value": NO_VALUE}, {"value": NO_VALUE}),
}
"""The request of each kind of refusal by a rule, and what its placeholders stand for.

That without a time filter breaks another rule too, so that it tells which is judged first.
"""
CUSTOM_KINDS: Final = ("unknown-custom-field", "custom-field-entity", "custom-field-value")
PAIR_KINDS: Final = ("no-custom-key", "no-custom-value")
UNKNOWN_FIELD: Final = "unknown-custom-field"

RULES_OF_KINDS: Final = {
    "no-time-filter": "time-filter-required",
    "no-custom-value": "custom-field-pair",
    "no-custom-key": "custom-field-pair",
    "unknown-custom-field": "custom-field-known",
    "unknown-stage": "unknown-stage-or-pipeline.stage",
    "unknown-pipeline": "unknown-stage-or-pipeline.pipeline",
}


def steps(state: State) -> list[Step]:
    """What could be asked wrongly next."""
    return [*_sheets(state), *_bounds(state), *_kinds(state), *_keys(state), *_places(state), *_unknown(state)]


def _step(state: State, name: str, decides: tuple[str, ...], worth: float, take: Callable[[], None]) -> list[Step]:
    def once() -> None:
        state.done.add(name)
        take()

    return [] if name in state.done else [Step(name, decides, worth, once)]


# Values


def _sheets(state: State) -> list[Step]:
    refused = state.values.refused()
    asked = {sheet.name for sheet, _ in state.values.asked}
    if refused and not state.values.tells_all:
        return _alone(state)
    found = _rule_first(state)
    taken = {
        one.taken.partition(".")[0] for sheet, reply in state.values.asked for one in state.values.untold(sheet, reply)
    }
    more = [sheet for sheet, slugs in sheets.MORE_SHEETS.items() if taken & slugs]
    for sheet in (*SHEETS, *more):
        if sheet.name not in asked:
            rules = ("invalid-parameters", "issue-texts", *sorted({one.taken.partition(".")[0] for one in sheet.wrong}))
            found += _step(state, sheet.name, rules, 0.3 * len(sheet.wrong), _sheet_taker(state, sheet))
    return found or _taken_values(state)


def _rule_first(state: State) -> list[Step]:
    """Where wrong values beside a broken rule were refused as the rule is alone: the values are asked without it."""
    rule = next((one.reply for one in state.kinds if one.name == "no-custom-value"), None)
    for sheet, reply in state.values.asked if rule is not None else ():
        if sheet.fine and rule is not None and reply.text and reply.text == rule.text:
            state.measured["rules-first"] = Measured(True, [reply], "a broken rule was told before wrong values")
            alone = replace(sheet, name=f"{sheet.name}: without it", fine=())
            return _step(state, alone.name, ("issue-texts",), 2.0, _sheet_taker(state, alone))
    return []


def _sheet_taker(state: State, sheet: Sheet) -> Callable[[], None]:
    def take() -> None:
        rules = tuple(dict.fromkeys(("invalid-parameters", *(one.taken.partition(".")[0] for one in sheet.wrong))))
        reply = state.try_to_ask(Request.of(sheet.parameters), rules, sheet.name)
        if reply is not None:
            state.values.asked.append((sheet, reply))

    return take


def _alone(state: State) -> list[Step]:
    """Of a server that tells one fault, or none by name: each fault alone."""
    found: list[Step] = []
    for fault in sheets.FAULTS:
        names = sheets.parameters_of(fault)
        wanted = names[:1]
        if not state.values.tells_none and fault in ("below", "bad-id", "bad-instant", "not-a-number"):
            wanted = names[:2]
        for number, name in enumerate(wanted):
            sheet = sheets.alone(fault, name)
            if sheet is not None:
                found += _step(
                    state,
                    sheet.name,
                    ("issue-texts", "invalid-parameters"),
                    1.0 - 0.5 * number,
                    _sheet_taker(state, sheet),
                )
    if state.values.tells_none and len(state.values.refused()) > 3:
        return []
    return found


def _taken_values(state: State) -> list[Step]:
    """Values that were expected to be refused, and were not: what the server makes of them."""
    found: list[Step] = []
    _all_repeated_alike(state)
    for sheet, reply in state.values.asked:
        for one in state.values.untold(sheet, reply):
            name = f"taken:{one.taken}:{one.parameter}"
            if one.taken.startswith("repeated-parameter.") and _is_settled(state, one):
                continue
            if one.taken.startswith("empty-values.custom_field") and not state.done >= _OF_THE_PAIR:
                continue  # their refusals tell what becomes of it
            if one.taken and name not in state.done:
                found += _step(state, name, (one.taken.partition(".")[0],), 1.5, _taken_taker(state, one))
    return found


def _bounds(state: State) -> list[Step]:
    """Ends of ranges that a refusal tells, and that are not the usual ones: a value between the two shows it."""
    found: list[Step] = []
    for sheet, reply in state.values.refused():
        for one in state.values.told(sheet, reply):
            bound = state.values.other_bound(one)
            if bound is not None:
                name = f"bound:{one.fault}:{one.wrong.parameter}"
                found += _step(state, name, (f"{one.wrong.parameter}-range",), 1.4, _bound_taker(state, one, bound))
    return found


def _bound_taker(state: State, one: Told, bound: int) -> Callable[[], None]:
    def take() -> None:
        parameter, is_most = one.wrong.parameter, one.fault == "above"
        usual_end = (sheets.MOST if is_most else sheets.LEAST)[parameter]
        wider = bound > usual_end if is_most else bound < usual_end
        value = bound if wider else bound + (1 if is_most else -1)
        slug, key = f"{parameter}-range", "most" if is_most else "least"
        # Behind a cursor that nothing follows, so that no list is long.
        pairs = {_base(parameter): sheets.NEVER, parameter: f"{value}"}
        reply = state.try_to_ask(Request.of(pairs), (slug,), f"{parameter}={value}")
        if reply is None:
            return
        if reply.is_list == wider and (wider or 400 <= reply.status < 500):
            state.values.bounds[parameter, one.fault] = bound
            said = f"{parameter}={value} is {'taken' if wider else 'refused'}, and {bound} is told as the {key}"
            measure(state, slug, key, bound, reply, said)
        else:
            state.beyond[slug] = f"{bound} is told as the {key}, and {parameter}={value} is answered otherwise"

    return take


_OF_THE_PAIR: Final = {"kind:no-custom-value", "kind:unknown-custom-field"}
TELLING: Final = ("limit", "days", "offset", "created_after", "updated_after")
"""The parameters that tell by a list which of two values counted."""


def _is_settled(state: State, one: Wrong) -> bool:
    """Whether a repeated parameter need not be asked: all are alike, or no list could tell."""
    rule = state.measured.get("repeated-parameter")
    return (rule is not None and isinstance(rule.value, str)) or one.parameter not in TELLING


def _all_repeated_alike(state: State) -> None:
    """Where no repeated parameter is refused and two of them go one way, all do."""
    rule = state.measured.get("repeated-parameter")
    if rule is None or isinstance(rule.value, str) or len(rule.value) < 2 or len(set(rule.value.values())) != 1:
        return
    twice = [
        (sheet, reply, one)
        for sheet, reply in state.values.asked
        for one in sheet.wrong
        if one.taken.startswith("repeated-parameter.")
    ]
    if all(one in state.values.untold(sheet, reply) for sheet, reply, one in twice):
        state.beyond.pop("repeated-parameter", None)
        rule.value = next(iter(rule.value.values()))
        rule.evidence = "no repeated parameter is refused, and of two that were asked that value counted"


def _taken_taker(state: State, one: Wrong) -> Callable[[], None]:
    return lambda: _take_value(state, one)


def _take_value(state: State, one: Wrong) -> None:
    """Ask with one wrong value that was not refused among others, and see what it does."""
    slug, _, key = one.taken.partition(".")
    parameter = one.parameter
    base = _base(parameter)
    pairs: list[tuple[str, str]] = [(base, EPOCH)]
    texts = _telling(state, one)
    pairs += [(parameter, text) for text in texts]
    if parameter != "limit":
        pairs.append(("limit", f"{state.window}"))
    if parameter in ("custom_field_key", "custom_field_value"):
        other = "custom_field_value" if parameter == "custom_field_key" else "custom_field_key"
        pairs.append((other, NO_VALUE if other == "custom_field_value" else NO_KEY))
    reply = state.try_to_ask(Request.of(pairs), (slug,), f"{parameter} taken")
    if reply is None or moved(state, reply):
        return
    if not reply.is_list:
        if parameter.startswith("custom_field") and slug == "empty-values":
            _empty_text(state, parameter, reply)
        else:
            state.beyond[slug] = f"a value of {parameter} is refused alone, but not beside other wrong ones"
        return
    value = _meaning(state, one, texts, reply)
    if value is None:
        state.beyond.setdefault(slug, f"{one.parameter} with a wrong value brings a list that no alternative foretells")
    elif value == _USUAL:
        pass
    elif key:
        slug_key = parameter if slug in ("malformed-values", "empty-values", "repeated-parameter") else key
        measure(state, slug, slug_key, value, reply, f"{parameter} so written is taken, not refused")
    else:
        state.measured[slug] = Measured(value, [reply], f"{parameter} so written is taken, not refused")


def _empty_text(state: State, parameter: str, reply: Reply) -> None:
    """An empty text of a pair is refused by a rule: by that of the pair, if it counts as not sent."""
    slug, half = "empty-values", "no-custom-key" if parameter == "custom_field_key" else "no-custom-value"
    pair, unknown = _reply_of(state, half) or _reply_of(state, "no-custom-value"), _reply_of(state, UNKNOWN_FIELD)
    is_pair = pair is not None and _is_worded_alike(pair, reply)
    is_unknown = unknown is not None and _is_worded_alike(unknown, reply)
    if is_pair and is_unknown:
        state.open[slug] = f"refusals that tell a missing {parameter} from an unknown field"
    elif is_pair:
        measure(state, slug, parameter, "absent", reply, f"an empty {parameter} counts as not sent")
    elif is_unknown:
        measure(state, slug, parameter, "accept", reply, f"an empty {parameter} is a text like any other")
    else:
        state.beyond[slug] = f"an empty {parameter} is refused alone, but not told beside other wrong values"


def _is_worded_alike(first: Reply, second: Reply) -> bool:
    """Whether two refusals say the same, but for the texts of their requests."""
    said = []
    for one in (first, second):
        text = without_target(one)
        for value in (value for name, value in one.request.parameters if name.startswith("custom_field_") and value):
            text = text.replace(in_json(value), "")
        said.append((one.status, general(text, one, None)))
    return said[0] == said[1]


def _base(parameter: str) -> str:
    """The time filter beside which a value of *parameter* is asked."""
    return "created_after" if parameter == "updated_after" else "updated_after"


_USUAL: Final = "\x00usual"


def _telling(state: State, one: Wrong) -> tuple[str, ...]:
    """Texts of that kind whose meanings differ on the data at hand."""
    slug = one.taken.partition(".")[0]
    if slug == "repeated-parameter":
        return {
            "days": ("1", "365"),
            "limit": ("2", "3"),
            "offset": ("1", "2"),
            "created_after": (_middle(state, "created_after"), sheets.NEVER),
            "updated_after": (_middle(state, "updated_after"), sheets.NEVER),
        }.get(one.parameter, one.texts)
    if slug == "limit-offset-whole":
        return ("2.6",)
    if slug == "number-syntax" and one.parameter == "days":
        return ("1zq7",) if one.taken.endswith("rest") else one.texts
    return one.texts


def _middle(state: State, parameter: str) -> str:
    """A cursor that half of the contacts follow; the first of all where there are few."""
    instants = state.population.instants(BY_FILTER[parameter])
    middle = instants[len(instants) // 2 - 1] if len(instants) > 1 else None
    return EPOCH if middle is None else Question(**{parameter: middle}).parameters()[parameter]  # type: ignore[arg-type]


def _meaning(  # noqa: C901, PLR0912 - one rule after the other
    state: State, one: Wrong, texts: tuple[str, ...], reply: Reply
) -> Any:
    """The value of the rule that explains the list; None if none does."""
    slug, _, key = one.taken.partition(".")
    parameter, came = one.parameter, reply.ids
    base = _base(parameter)
    whole = [contact.id for contact in state.base[base].contacts or ()] if base in state.base else []
    ignored = came == whole
    if slug in ("limit-range", "offset-range", "days-range"):
        return _range(state, one, came, whole)
    if slug == "repeated-parameter":
        meanings = {
            name: _by(state, parameter, text, whole) for name, text in zip(("first", "last"), texts, strict=True)
        }
        meanings["ignore"] = whole
        if parameter == "updated_after":  # which of two orders such a list has is another question
            meanings, came = {name: sorted(due or ()) for name, due in meanings.items()}, sorted(came)
        fitting = [name for name, due in meanings.items() if due == came]
        return fitting[0] if len(fitting) == 1 else None
    if slug == "limit-offset-whole":
        due = {"down": 2, "up": 3} if parameter == "limit" else {}
        if parameter == "limit":
            if came == whole[: due["down"]]:
                return "down"
            return _up_or_nearest(state, whole) if came == whole[: due["up"]] else None
        before = state.measured.get(slug)
        up = before.value if before is not None and before.value != "down" else "up"
        starts = {"down": whole[2:], up: whole[3:]}
        return next((name for name, rest in starts.items() if rest == came), None)
    if slug in ("malformed-values", "empty-values"):
        if not came and whole:
            return "empty" if slug == "malformed-values" else "accept"
        return ("ignore" if slug == "malformed-values" else "absent") if ignored else None
    if slug == "timestamp-syntax":
        at = "2024-01-15T00:00:00Z" if key == "date_alone" else "2024-01-15T10:00:00Z"
        at = "2024-01-15T09:00:00Z" if key == "colon" else at
        due_list = _after(state, parameter, at)
        taken = {"zone": "utc", "colon": "optional"}.get(key, True)
        return taken if due_list is not None and set(due_list) == set(came) else None
    if slug == "uuid-syntax":
        malformed = state.measured.get("malformed-values")
        if malformed is not None and parameter in malformed.value:
            return _USUAL  # it is answered as a malformed id is
        return "any-version" if not came else None
    if slug == "number-syntax":
        if key == "rest":
            return "ignore" if came == _by(state, "days", "1", whole) else None
        return "absent" if ignored else _USUAL if _is_zero(state, parameter, came, whole) else None
    return None


def _is_zero(state: State, parameter: str, came: list[str], whole: list[str]) -> bool:
    """Whether a list is that of the number 0, which its range takes or moves to its end."""
    value = state.measured[f"{parameter}-range"].value if f"{parameter}-range" in state.measured else {}
    least = value.get("least", sheets.LEAST[parameter])
    due = _by(state, parameter, f"{least if value.get('beyond') == 'clamp' else 0}", whole)
    return set(came) == set(due or ())


def _up_or_nearest(state: State, whole: list[str]) -> str | None:
    """What is made of 2.4, where 2.6 is 3."""
    request = Request.of({"updated_after": EPOCH, "limit": "2.4"})
    reply = state.try_to_ask(request, ("limit-offset-whole",), "limit=2.4")
    if reply is None or not reply.is_list or len(whole) < 3:
        return None
    return {3: "up", 2: "nearest"}.get(len(reply.ids))


def _after(state: State, parameter: str, text: str) -> list[str] | None:
    at = read(text)
    if at is None or not state.population.is_whole():
        return None
    name = BY_FILTER[parameter]
    return [one.id for one in state.population.contacts if (one.at(name) or -1) > at]


def _by(state: State, parameter: str, text: str, whole: list[str]) -> list[str] | None:
    """The list of the base question with that value of the parameter."""
    if parameter == "limit":
        return whole[: int(text)]
    if parameter == "offset":
        return whole[int(text) :]
    if parameter in ("created_after", "updated_after"):
        due = set(_after(state, parameter, text) or ())
        return [one for one in whole if one in due]
    if parameter == "days" and state.now is not None:
        since = state.now - int(text) * 86_400_000
        kept = {one.id for one in state.population.contacts if (one.last_message_at or 0) >= since}
        return [one for one in whole if one in kept]
    return None


def _range(state: State, one: Wrong, came: list[str], whole: list[str]) -> Any:
    """The value of a range's key where a value beyond it was taken."""
    slug, _, key = one.taken.partition(".")
    if one.parameter == "limit" and key == "least" and came == whole[:1]:
        return _clamped(state, slug)
    if one.parameter == "offset" and key == "least" and came == whole:
        return _clamped(state, slug)
    if one.parameter == "limit" and key == "most" and came == whole:
        return _clamped(state, slug)
    if one.parameter == "days":
        days = "1" if key == "least" else "365"
        if set(came) == set(_by(state, "days", days, whole) or ()):
            return _clamped(state, slug)
    return None


def _clamped(state: State, slug: str) -> str:
    before = state.measured.get(slug)
    value = dict(before.value) if before else {}
    value["beyond"] = "clamp"
    state.measured[slug] = Measured(
        value,
        [*(before.replies if before else []), state.asker.replies[-1]],
        "a value beyond the range counts as its nearer end",
    )
    return _USUAL


# Rules between parameters


def _kinds(state: State) -> list[Step]:
    found: list[Step] = []
    for kind, (parameters, values) in KINDS.items():
        if kind == "no-custom-key" and _twin_is_usual(state):
            continue
        if kind == "no-time-filter" and not {"kind:no-custom-value", "kind:unknown-custom-field"} <= state.done:
            continue
        found += _step(
            state,
            f"kind:{kind}",
            (RULES_OF_KINDS[kind], "refused-by-rule"),
            1.2,
            _kind_taker(state, kind, parameters, values),
        )
    for field in state.fields:
        entity = "ticket" if field.entity == "customer" else "customer"
        text = {"custom_field_key": field.key, "custom_field_value": field.value, "entity_type": entity}
        if not any(other.key == field.key and other.entity == entity for other in state.fields):
            found += _step(
                state,
                f"kind:custom-field-entity:{field.key}",
                ("custom-field-compatible", "refused-by-rule"),
                1.0,
                _kind_taker(
                    state,
                    "custom-field-entity",
                    {**SMALL, **text},
                    {"key": field.key, "value": field.value, "entity": entity},
                ),
            )
        if NOT_TEXT.fullmatch(field.value):
            text = {"custom_field_key": field.key, "custom_field_value": NO_VALUE}
            found += _step(
                state,
                f"kind:custom-field-value:{field.key}",
                ("custom-field-compatible", "refused-by-rule"),
                1.0,
                _kind_taker(state, "custom-field-value", {**SMALL, **text}, {"key": field.key, "value": NO_VALUE}),
            )
    return found


def _twin_is_usual(state: State) -> bool:
    """Whether the pair's other half can be taken for granted: this one is refused in the usual words, for both."""
    twin = next((one for one in state.kinds if one.name == "no-custom-value"), None)
    return twin is not None and in_json(usual.MESSAGES["no-custom-value"]) in twin.reply.text


def _kind_taker(state: State, kind: str, parameters: dict[str, str], values: dict[str, str]) -> Callable[[], None]:
    def take() -> None:
        rule = RULES_OF_KINDS.get(kind, "custom-field-compatible")
        reply = state.try_to_ask(Request.of(parameters), (rule, "refused-by-rule"), kind)
        if reply is None or moved(state, reply):
            return
        if kind == "no-time-filter":
            reply = _without_filter_alone(state, reply)
            if reply is None:
                return
        if reply.is_list:
            _not_refused(state, kind, reply)
        elif 400 <= reply.status < 500:
            state.kinds.append(Kind(kind, reply, _with_type(kind, values, reply)))
        else:
            state.beyond[rule.partition(".")[0]] = f"{kind} is answered with {reply.answer.summary()}"

    return take


def _without_filter_alone(state: State, both: Reply) -> Reply | None:
    """The answer to a query that lacks nothing but a time filter.

    *both* is that to one which has half of a pair as well: if it is told of that, the pair is judged first.
    """
    if both.is_list or usual.MESSAGES["no-time-filter"] in both.text:
        return both
    alone = state.try_to_ask(Request.of(NO_FILTER), ("time-filter-required", "refused-by-rule"), "no-time-filter")
    if alone is None or moved(state, alone):
        return None
    if _says_the_same(state, both, alone) or not 400 <= both.status < 500:
        return alone
    pair = _reply_of(state, "no-custom-value")
    if pair is None or not _says_the_same(state, both, pair):
        state.beyond["refused-by-rule"] = "a query that breaks two rules is told what neither is told alone"
    elif not alone.is_list:
        first = [*PAIR_KINDS, *_custom_first(state)]
        said = "of a query without a time filter and with half of a pair the pair is told"
        state.measured["refused-by-rule"] = Measured({"first": first}, [both, alone], said)
    return alone


def _custom_first(state: State) -> tuple[str, ...]:
    """The kinds of refusals of a custom field, if an unknown one is told before a missing time filter."""
    parameters = {**NO_FILTER, "custom_field_key": NO_KEY, "custom_field_value": NO_VALUE}
    both = state.try_to_ask(Request.of(parameters), ("refused-by-rule",), "no time filter, unknown field")
    known = _reply_of(state, "unknown-custom-field")
    return CUSTOM_KINDS if both is not None and known is not None and _says_the_same(state, both, known) else ()


def _reply_of(state: State, kind: str) -> Reply | None:
    return next((one.reply for one in state.kinds if one.name == kind), None)


def _says_the_same(state: State, first: Reply, second: Reply) -> bool:
    return first.status == second.status and general(first.text, first, state.now) == general(
        second.text, second, state.now
    )


def _with_type(kind: str, values: dict[str, str], reply: Reply) -> dict[str, str]:
    """Of a value that does not fit, the field's type: which the refusal names, if it does."""
    if kind != "custom-field-value":
        return values
    for word in ("number", "boolean", "date"):
        message = in_json(filled(usual.MESSAGES[kind], {**values, "type": word}))
        if message in reply.text or f" {word}" in reply.text:
            return {**values, "type": word}
    return values


def _not_refused(state: State, kind: str, reply: Reply) -> None:
    """A query that is usually refused by a rule was answered with a list."""
    slug = RULES_OF_KINDS.get(kind, "custom-field-compatible").partition(".")[0]
    small = set(_last(state, 1))
    if kind == "no-time-filter":
        _without_filter(state, reply)
    elif slug == "custom-field-pair":
        state.measured[slug] = Measured("ignore", [reply], "one of the two without the other is ignored")
    elif not reply.contacts:
        if not small:
            state.open[slug] = "a contact with a message of the last day"
        elif slug == "custom-field-known":
            state.measured[slug] = Measured("empty", [reply], "an unknown key is answered with an empty list")
        elif kind != "custom-field-entity":
            measure(state, slug, kind.rpartition("-")[2], "empty", reply, "it is answered with an empty list")
    elif slug == "custom-field-known":
        state.measured[slug] = Measured("ignore", [reply], "a pair with an unknown key is ignored")
    elif kind != "custom-field-entity":
        measure(state, slug, kind.rpartition("-")[2], "ignore", reply, "the pair is ignored")


def _last(state: State, days: int) -> list[str]:
    if state.now is None:
        return []
    since = state.now - days * 86_400_000
    return [one.id for one in state.population.contacts if (one.last_message_at or 0) > since + 60_000]


def _without_filter(state: State, reply: Reply) -> None:
    """A query without a time filter brings all contacts, or those of some days."""
    came = reply.contacts or ()
    everyone = list(state.population.contacts)
    if not state.population.is_whole() or state.now is None:
        state.open["time-filter-required"] = "an account of fewer contacts"
        return
    wide = state.try_to_ask(Request.of({"limit": f"{state.window}"}), ("time-filter-required", "order"))
    if wide is None or not wide.is_list:
        return
    ids = {one.id for one in wide.contacts or ()}
    state.see_order("none", wide)
    if ids == {one.id for one in everyone}:
        state.measured["time-filter-required"] = Measured(
            "all", [reply, wide], "without a time filter all contacts came"
        )
        return
    oldest = min((one.last_message_at or 0 for one in wide.contacts or ()), default=0)
    out = [at for one in everyone if (at := one.last_message_at) is not None and one.id not in ids]
    newest_out = max(out, default=0)
    day = 86_400_000
    least, most = -(-(state.now - oldest) // day), (state.now - newest_out) // day
    common = [days for days in (30, 7, 1, 90, 365, 14, 60, 180, 15, 10) if least <= days <= most]
    if (common and newest_out < oldest) or least == most:
        days = common[0] if common else least
        state.measured["time-filter-required"] = Measured(
            int(days), [reply, wide], f"without a time filter the contacts of {plural(days, 'day')} came"
        )
        if least != most:
            state.open["time-filter-required"] = f"messages of each day: {least} to {plural(most, 'day')} fit as well"
    else:
        state.beyond["time-filter-required"] = (
            f"a query without a time filter brings {plural(len(came), 'contact')} or more"
        )


def _unknown(state: State) -> list[Step]:
    found: list[Step] = []
    for name in ("stage", "pipeline"):
        found += _step(
            state,
            f"kind:unknown-{name}",
            ("unknown-stage-or-pipeline",),
            0.9,
            _unknown_taker(state, name),
        )
    return found


def _unknown_taker(state: State, name: str) -> Callable[[], None]:
    def take() -> None:
        request = Request.of({"updated_after": EPOCH, f"{name}_id": UNKNOWN, "limit": "3"})
        slug = "unknown-stage-or-pipeline"
        reply = state.try_to_ask(request, (slug,), f"unknown {name}")
        if reply is None or moved(state, reply):
            return
        first = list(state.base["updated_after"].contacts or ())[:3]
        if not reply.is_list:
            if 400 <= reply.status < 500:
                state.kinds.append(Kind(f"unknown-{name}", reply, {"id": UNKNOWN}))
                measure(state, slug, name, "refuse", reply, f"a {name} that nothing has is refused with {reply.status}")
            else:
                state.beyond[slug] = f"an unknown {name} is answered with {reply.answer.summary()}"
        elif not reply.contacts:
            if first:
                state.usual[f"{slug}.{name}"] = "it found nothing"
            else:
                state.open[slug] = "a contact"
        elif reply.ids == [one.id for one in first]:
            measure(state, slug, name, "ignore", reply, f"a {name} that nothing has is ignored")
        else:
            state.beyond[slug] = f"an unknown {name} brings {plural(len(reply.contacts), 'contact')}"

    return take


# Keys and paths


def _keys(state: State) -> list[Step]:
    found = [
        *_step(state, "no key", ("unauthorized",), 1.1, _key_taker(state, "no-key", (), SMALL)),
        *_step(
            state,
            "wrong key",
            ("unauthorized", "401-before-400"),
            1.6,
            _key_taker(state, "wrong-key", WRONG_KEY, {"days": "-7"}),
        ),
    ]
    if len(state.keys) > 1 and _keys_differ(state):
        found += _step(state, "key twice", ("unauthorized",), 0.7, _key_taker(state, "repeated-key", TWICE, SMALL))
    if "wrong key" in state.done and "values-first" in state.done:
        found += _step(
            state,
            "wrong key, no filter",
            ("401-before-400", "unauthorized"),
            1.2,
            lambda: _second_key(state),
        )
    if "query-first" in state.done:
        found += _step(
            state, "wrong key alone", ("unauthorized",), 1.0, _key_taker(state, "wrong-key", WRONG_KEY, SMALL)
        )
    return found


def _keys_differ(state: State) -> bool:
    """Whether refusals of keys have a body each; else the key twice is refused as both are."""
    found = refusals.of_kinds("unauthorized", state.keys, usual.UNAUTHORIZED, 401, state.now)
    return "kinds" in found.rules.get("unauthorized", {})


def _key_taker(state: State, kind: str, headers: Headers, parameters: dict[str, str]) -> Callable[[], None]:
    def take() -> None:
        reply = state.try_to_ask(Request.of(parameters, headers=headers), ("unauthorized",), kind)
        if reply is None:
            return
        if kind == "wrong-key" and "days" in parameters and parameters["days"] == "-7":
            same = any(reply.text == other.text or reply.named for _, other in state.values.refused()) or reply.named
            if not reply.is_list and same and reply.status not in (401, 403):
                state.done.add("values-first")
                state.measured["401-before-400"] = Measured(
                    "values", [reply], "a wrong value was told before a wrong key"
                )
                return
            state.usual["401-before-400"] = "a wrong key was told before a wrong value"
        if reply.is_list:
            state.beyond["api-key-required"] = f"{kind}: answered with a list"
        elif kind == "wrong-key" and _echoes(reply, state):
            state.beyond["unauthorized.wrong-key"] = "its text has a part of the key that was sent"
        elif 400 <= reply.status < 500:
            state.keys.append(Kind(kind, reply))
        else:
            state.beyond["unauthorized"] = f"{kind} is answered with {reply.answer.summary()}"

    return take


def _echoes(reply: Reply, state: State) -> bool:
    """Whether a refusal has the start or the end of the wrong key, where that without a key has neither."""
    other = next((one.reply.text for one in state.keys if one.name == "no-key"), "")
    key = WRONG_KEY[0][1]
    return any(part in reply.text and part not in other for part in (key[:4], key[-4:]))


def _second_key(state: State) -> None:
    rule = _reply_of(state, "no-time-filter")
    parameters = NO_FILTER if rule is None else dict(rule.request.parameters)
    reply = state.try_to_ask(Request.of(parameters, headers=WRONG_KEY), ("401-before-400",), "no time filter")
    if reply is None or reply.is_list:
        return
    as_rule = rule is not None and rule.status == reply.status and rule.text == reply.text
    if as_rule:
        state.measured["401-before-400"].value = "query"
        state.measured["401-before-400"].replies.append(reply)
        state.measured["401-before-400"].evidence = "a wrong value and a missing filter were told before a wrong key"
        state.done.add("query-first")
    else:
        state.keys.append(Kind("wrong-key", reply))


def _places(state: State) -> list[Step]:
    found: list[Step] = []
    if not state.options.pipelines:
        found += _step(
            state, "pipelines", ("pipeline-of-active-ticket", "not-found"), 2.0, lambda: _ask_pipelines(state)
        )
    found += _step(state, "unknown path without a key", ("404-before-401", "not-found"), 1.1, lambda: _place(state, ()))
    if not state.places and "unknown path without a key" in state.done:
        found += _step(state, "unknown path", ("not-found",), 1.0, lambda: _place(state, RIGHT_KEY))
    return found


def _ask_pipelines(state: State) -> None:
    reply = state.try_to_ask(
        Request.of({}, path=PIPELINES), ("pipeline-of-active-ticket", "not-found"), "the list of pipelines"
    )
    if reply is None:
        return
    if reply.answer.pipelines:
        state.pipelines.update(reply.answer.pipelines)
    elif reply.status == 404:
        state.places.append(reply)


def _place(state: State, headers: Headers) -> None:
    request = Request.of({"days": "1"}, path=NOT_THERE, headers=headers)
    reply = state.try_to_ask(request, ("404-before-401", "not-found"), "an unknown path")
    if reply is None or reply.is_list:
        return
    if headers or reply.status == 404:
        state.places.append(reply)
        if not headers:
            state.usual["404-before-401"] = "an unknown path without a key was 404"
    elif reply.status in (401, 403):
        state.measured["404-before-401"] = Measured("401", [reply], f"an unknown path without a key is {reply.status}")
    else:
        state.beyond["404-before-401"] = f"an unknown path without a key is answered with {reply.answer.summary()}"


__all__ = ["PATH", "steps"]
