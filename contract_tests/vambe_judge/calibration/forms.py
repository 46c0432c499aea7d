"""Experiments that ride on lists that are known already: other ways to write a request that should change nothing.

Each request carries as many forms as it has room for. If its list comes as it should, all of them are as usual; if not,
half of them are asked again, and so on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vambe_judge.asking.client import PATH
from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.asking.instants import EPOCH
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.moving import moved
from vambe_judge.calibration.population import Contact
from vambe_judge.calibration.refusals import without_target
from vambe_judge.calibration.state import MOST_MOVES, Measured, State, Step

UNKNOWN_NAME: Final = "zqunknown"
LIMIT: Final = 3
OFFSET: Final = 2
PAGINGS: Final[dict[str, Callable[[int, int], int]]] = {
    "rows": lambda offset, _: offset,
    "pages": lambda offset, limit: offset * limit,
    "pages-from-one": lambda offset, limit: max(offset - 1, 0) * limit,
}


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write one part of a request: ``slot`` is number, instant, path, extra or paging."""

    rule: str
    slot: str
    write: Callable[[str], str]


NUMBERS: Final = (
    Form("number-syntax.radix", "number", lambda text: f"0x{int(text):X}"),
    Form("number-syntax.exponent", "number", lambda text: f"{text}0e-1"),
    Form("number-syntax.around", "number", lambda text: f" {text}"),
    Form("number-syntax.plus", "number", lambda text: f"+{text}"),
    Form("number-syntax.bare_point", "number", lambda text: f"{text}."),
    Form("number-syntax.zeros", "number", lambda text: f"0{text}"),
    Form("number-syntax.point_zero", "number", lambda text: f"{text}.0"),
)
OF_THE_LIMIT: Final = ("number-syntax.radix", "number-syntax.exponent")
"""Forms in which an offset of 0 would tell nothing: read half, they are 0 as well."""

INSTANTS: Final = (
    Form("seconds-required", "instant", lambda text: f"{text[:16]}Z"),
    Form("timestamp-syntax.offsets", "instant", lambda text: f"{text[:-1]}+00:00"),
)
EXTRA: Final = (
    Form("unknown-parameters", "extra", lambda _: f"{UNKNOWN_NAME}=1"),
    Form("entity-type-alone", "extra", lambda _: "entity_type=ticket"),
)
PATHS: Final = (
    Form("path-forms.capitals", "path", lambda path: path.upper()),
    Form("path-forms.slash", "path", lambda path: f"{path}/"),
)
PAGING: Final = Form("paging", "paging", lambda text: text)
ALL: Final = (*NUMBERS, *INSTANTS, *EXTRA, *PATHS, PAGING)
REFUSED_VALUES: Final = {"seconds-required": True, "unknown-parameters": "refuse", "entity-type-alone": "refuse"}


def steps(state: State, *, idle: bool = False) -> list[Step]:
    """The carriers that could be next: while there is a doubt or paging is open, or when nothing else is to be asked.

    Until then the forms ride on the other lists.
    """
    if state.moves >= MOST_MOVES:
        return []
    if not (idle or state.suspects or any(form is PAGING for form in open_forms(state))):
        return []
    found = []
    for parameter in ("days", "updated_after", "created_after"):
        forms = _loaded(state, parameter)
        if forms:
            rules = tuple(dict.fromkeys(form.rule for form in forms))
            worth = 0.25 * len(forms) + 0.1 * any(form.slot == "instant" for form in forms) + bool(state.suspects)
            found.append(Step(f"forms beside {parameter}", rules, worth, _taker(state, parameter, forms)))
    return found


def ends(state: State, first: Reply) -> bool:
    """Whether *first*, of a suspiciously round length, is all there is: asked with forms of the request on the way."""
    size = len(first.contacts or ())
    if size <= LIMIT:
        return False
    free = [form for form in _fitting(ALL, "updated_after", 0) if form.rule != "path-forms.slash"]
    parts = {"updated_after": EPOCH, "limit": f"{LIMIT}", "offset": f"{size - 1}"}
    request = _written(parts, "updated_after", free, ())
    reply = state.try_to_ask(request, [form.rule for form in free])
    if reply is None or reply.ids != first.ids[-1:]:
        return False
    settle(state, [form for form in free if form is not PAGING])
    _page(state, ["rows"], reply)
    return True


def open_forms(state: State) -> list[Form]:
    """Those that are not decided yet."""
    return [form for form in ALL if f"form:{form.rule}" not in state.done]


def riders(state: State, parameters: Mapping[str, str]) -> list[Form]:
    """Forms that can ride on a list whose answer can be foretold; none while some are in doubt."""
    free = open_forms(state)
    if state.suspects:
        return []
    numbers = 2 if state.values.refuses_numbers else 0  # else a limit that is ignored would change no list
    room = {"number": numbers, "instant": 1, "extra": 2, "path": 1, "paging": 0}
    found: list[Form] = []
    for form in free:
        if form.slot == "number" and room["number"] == 1 and form.rule in OF_THE_LIMIT:
            continue
        if room[form.slot] > 0 and (form.slot != "instant" or _cursor(form, parameters)):
            room[form.slot] -= 1
            found.append(form)
    return found


def _cursor(form: Form, parameters: Mapping[str, str]) -> str:
    """The cursor that can be written in *form*; empty if there is none. Seconds can be left out where they are 0."""
    fitting = (
        name
        for name in ("updated_after", "created_after")
        if parameters.get(name) == EPOCH or (name in parameters and form.rule != "seconds-required")
    )
    return next(fitting, "")


def ridden(parameters: Mapping[str, str], forms: Sequence[Form]) -> Request:
    """The request with those parameters in those forms: a number's in the limit, and in an offset of 0."""
    parts, path = dict(parameters), PATH
    for form in forms:
        if form.slot == "number":
            name = _number(form, forms)
            parts[name] = form.write(parts.get(name, "0"))
        elif form.slot == "instant":
            name = _cursor(form, parameters)
            parts[name] = form.write(parts[name])
        elif form.slot == "extra":
            name, _, text = form.write("").partition("=")
            parts[name] = text
        else:
            path = form.write(path)
    return Request.of(parts, path=path)


def settle(state: State, forms: Sequence[Form]) -> None:
    """All of *forms* changed nothing."""
    for form in forms:
        state.done.add(f"form:{form.rule}")
        state.usual[form.rule] = "it changed nothing"


def doubt(state: State, forms: Sequence[Form]) -> None:
    """One of *forms* is to blame for an answer that was not as foretold."""
    state.suspects = [form.rule for form in forms]


def _number(form: Form, forms: Sequence[Form]) -> str:
    """The parameter in which a rider writes a number."""
    return "limit" if form is next(one for one in forms if one.slot == "number") else "offset"


def accused(forms: Sequence[Form], parameters: Mapping[str, str], reply: Reply) -> list[Form]:
    """Those of *forms* that rode on a request with *parameters* and that *reply* may blame; none if it names others."""
    if reply.is_list:
        return list(forms)
    if reply.status in (301, 302, 307, 308, 404, 405):
        return [form for form in forms if form.slot == "path"] or list(forms)
    told = frozenset(name for name in (UNKNOWN_NAME, *PARAMETERS) if name in without_target(reply))
    named_alone: list[Form] = []
    for form in forms:
        names = {form.write("").partition("=")[0]} if form.slot == "extra" else set[str]()
        if form.slot == "number":
            names = {_number(form, forms)}
        elif form.slot == "instant":
            names = {_cursor(form, parameters)}
        if names & told:
            named_alone.append(form)
    return named_alone if told else list(forms)


def culprit(state: State, forms: Sequence[Form], reply: Reply) -> bool:
    """Whether the answer itself tells which of *forms* it refuses; then that is noted."""
    unknown = next((form for form in forms if form.rule == "unknown-parameters"), None)
    if unknown is None or reply.is_list or UNKNOWN_NAME not in reply.text.replace(reply.request.target, ""):
        return False
    departed(state, unknown, reply)
    return True


def _loaded(state: State, parameter: str) -> list[Form]:
    """The forms that a request with *parameter* could carry next."""
    if parameter not in state.base or not state.base[parameter].is_list:
        return []
    if state.suspects:
        doubtful = [form for form in open_forms(state) if form.rule in state.suspects]
        return _fitting(doubtful[: (len(doubtful) + 1) // 2], parameter)
    room = 3 if parameter == "days" else 2
    return _fitting(open_forms(state), parameter, room)


def _fitting(forms: Sequence[Form], parameter: str, numbers: int = 3) -> list[Form]:
    """Of *forms* those that fit beside one another."""
    found: list[Form] = []
    left = {"number": numbers, "instant": 0 if parameter == "days" else 1, "extra": 2, "path": 2, "paging": 1}
    for form in forms:
        if left[form.slot] > 0:
            left[form.slot] -= 1
            found.append(form)
    return found


def _request(parameter: str, forms: Sequence[Form]) -> Request:
    value = "365" if parameter == "days" else EPOCH
    parts = {parameter: value, "limit": f"{LIMIT}", "offset": f"{OFFSET}"}
    slots = ["limit", "offset", *(["days"] if parameter == "days" else [])]
    return _written(parts, parameter, forms, slots)


def _written(parts: dict[str, str], parameter: str, forms: Sequence[Form], slots: Sequence[str]) -> Request:
    """The request with *parts*, in *forms*: the numbers in *slots*, one after the other."""
    numbers = [one for one in forms if one.slot == "number"]
    for form, name in zip(numbers, slots, strict=False):
        parts[name] = form.write(parts[name])
    for form in (one for one in forms if one.slot == "instant"):
        parts[parameter] = form.write(parts[parameter])
    pairs = list(parts.items())
    for form in (one for one in forms if one.slot == "extra"):
        name, _, text = form.write("").partition("=")
        pairs.append((name, text))
    path = PATH
    for form in (one for one in forms if one.slot == "path"):
        path = form.write(path)
    return Request.of(pairs, path=path)


def _taker(state: State, parameter: str, forms: Sequence[Form]) -> Callable[[], None]:
    def take() -> None:
        request = _request(parameter, forms)
        rules = [form.rule for form in forms]
        reply = state.try_to_ask(request, rules)
        if reply is None:
            state.done.update(f"form:{rule}" for rule in rules)
            return
        if moved(state, reply):
            return
        _learn(state, parameter, forms, reply)

    return take


def _learn(state: State, parameter: str, forms: Sequence[Form], reply: Reply) -> None:
    fitting = _pagings(state, parameter, reply)
    if reply.is_list and fitting:
        for form in forms:
            if form is PAGING:
                _page(state, fitting, reply)
                continue
            settle(state, [form])
        state.suspects = [rule for rule in state.suspects if f"form:{rule}" not in state.done]
        return
    if culprit(state, forms, reply):
        return
    alone = [form for form in forms if form is not PAGING]
    named = reply.named if not reply.is_list else frozenset()
    if not reply.is_list and reply.status != 404 and named:
        suspects = [form for form in alone if _names(form, forms, parameter) & named]
        alone = suspects or alone
    if not reply.is_list and reply.status in (301, 302, 307, 308, 404, 405):
        alone = [form for form in alone if form.slot == "path"] or alone
    if len(alone) == 1:
        departed(state, alone[0], reply)
    elif not alone:
        state.done.add(f"form:{PAGING.rule}")
        state.beyond["paging"] = "offset=2&limit=3 brings other contacts than rows 3 to 5, and than any page"
    else:
        doubt(state, alone)


def _names(form: Form, forms: Sequence[Form], parameter: str) -> frozenset[str]:
    """The parameters of a request that a form is written in."""
    if form.slot == "instant":
        return frozenset((parameter,))
    if form.slot == "extra":
        return frozenset((UNKNOWN_NAME,)) if "unknown" in form.rule else frozenset(("entity_type",))
    if form.slot == "number":
        slots = ["limit", "offset", *(["days"] if parameter == "days" else [])]
        return frozenset((slots[[one for one in forms if one.slot == "number"].index(form)],))
    return frozenset()


def _pagings(state: State, parameter: str, reply: Reply) -> list[str]:
    """The ways of paging that bring such a list."""
    base = list(state.base[parameter].contacts or ())
    found = []
    for name, start in PAGINGS.items():
        first = start(OFFSET, LIMIT)
        due = base[first : first + LIMIT]
        if _alike(due, list(reply.contacts or ()), parameter):
            found.append(name)
    return found


def _alike(due: Sequence[Contact], came: Sequence[Contact], parameter: str) -> bool:
    if [one.id for one in due] == [one.id for one in came]:
        return True
    field = {"days": "last_message_at", "created_after": "created_at", "updated_after": "updated_at"}[parameter]
    return len(due) == len(came) and [getattr(one, field) for one in due] == [getattr(one, field) for one in came]


def _page(state: State, fitting: Sequence[str], reply: Reply) -> None:
    state.done.add(f"form:{PAGING.rule}")
    if "rows" in fitting:
        if len(fitting) == 1:
            state.usual["paging"] = "offset=2&limit=3 brought the third to fifth contact"
        else:
            state.open["paging"] = "more than three contacts"
    elif len(fitting) == 1:
        state.measured["paging"] = Measured(
            fitting[0], [reply], "offset=2&limit=3 brought the contacts of a page, not those after the first two"
        )
    else:
        state.open["paging"] = "ten contacts"


def departed(state: State, form: Form, reply: Reply) -> None:
    """One form is the reason why a request was answered otherwise."""
    state.done.add(f"form:{form.rule}")
    state.suspects = []
    slug, _, key = form.rule.partition(".")
    if form.slot == "path":
        allowed = (404,) if key == "capitals" else (404, 301, 302, 307, 308)
        if reply.status in allowed:
            _measure(
                state, slug, key, f"{reply.status}", reply, f"the path in that form is answered with {reply.status}"
            )
        else:
            state.beyond[slug] = f"the path in another form is answered with {reply.answer.summary()}"
    elif reply.is_list or reply.status not in (400, 422):
        state.beyond[slug] = (
            f"{form.rule}: a request so written is answered with {reply.answer.summary()}, not as usual"
        )
    elif key:
        _measure(state, slug, key, False, reply, f"{key.replace('_', ' ')} is refused")
    else:
        state.measured[slug] = Measured(REFUSED_VALUES[slug], [reply], f"refused with {reply.status}")


def _measure(  # noqa: PLR0913, PLR0917 - each is a part of what was measured
    state: State, slug: str, key: str, value: object, reply: Reply, evidence: str
) -> None:
    """Set one key of a rule's table."""
    before = state.measured.get(slug)
    state.measured[slug] = Measured(
        {**(before.value if before else {}), key: value},
        [*(before.replies if before else []), reply],
        f"{before.evidence}; {evidence}" if before else evidence,
    )


measure = _measure
