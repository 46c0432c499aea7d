"""Experiments on custom fields: possible only where the user describes a field and a value that some contacts have."""

from collections.abc import Callable
from typing import Final

from vambe_judge.asking.instants import EPOCH
from vambe_judge.asking.options import CustomField
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.forms import measure
from vambe_judge.calibration.moving import moved
from vambe_judge.calibration.state import Measured, State, Step
from vambe_judge.judging.custom_fields import NOT_TEXT

MATCH: Final = "custom-field-match"
DEFAULT: Final = "entity-type-default"
COMPATIBLE: Final = "custom-field-compatible"
NEEDED: Final = "a value of a custom field that some contacts have: --custom-field ENTITY.KEY=VALUE"
NOT_TEXT_NEEDED: Final = "a custom field that holds no text, such as a number: --custom-field ENTITY.KEY=VALUE"


def steps(state: State) -> list[Step]:
    """The requests about custom fields that could be next."""
    if not state.fields:
        for slug in (MATCH, DEFAULT, COMPATIBLE):
            state.open.setdefault(slug, NEEDED)
        return []
    if not any(NOT_TEXT.fullmatch(one.value) for one in state.fields):
        state.open.setdefault(COMPATIBLE, NOT_TEXT_NEEDED)
    found: list[Step] = []
    field = next((one for one in state.fields if not NOT_TEXT.fullmatch(one.value)), state.fields[0])
    for entity in ("", "customer", "ticket"):
        found += _step(state, f"custom:{entity}", (DEFAULT, MATCH), 0.8, _asks(state, field, entity))
    if not NOT_TEXT.fullmatch(field.value) and _known(state, field.entity):
        value = field.value
        written = {
            "capitals": value.swapcase(),
            "blanks": f" {value} ",
            "start": value[:-1],
            "part": value[1:-1] if len(value) > 2 else "",
        }
        for name, text in written.items():
            if text and text != value and not (name == "part" and "custom:start" in state.done and not _part(state)):
                found += _step(state, f"custom:{name}", (MATCH,), 0.7, _written(state, field, name, text))
    return found


def _part(state: State) -> bool:
    return "custom:text" in state.done


def _known(state: State, entity: str) -> bool:
    return bool(state.base.get(f"custom:{entity}") and state.base[f"custom:{entity}"].contacts)


def _step(state: State, name: str, decides: tuple[str, ...], worth: float, take: Callable[[], None]) -> list[Step]:
    def once() -> None:
        state.done.add(name)
        take()

    return [] if name in state.done else [Step(name, decides, worth, once)]


def _ask(state: State, field: CustomField, value: str, entity: str, decides: tuple[str, ...]) -> Reply | None:
    pairs = {
        "updated_after": EPOCH,
        "custom_field_key": field.key,
        "custom_field_value": value,
        **({"entity_type": entity} if entity else {}),
        "limit": f"{state.window}",
    }
    return state.try_to_ask(Request.of(pairs), decides)


def _asks(state: State, field: CustomField, entity: str) -> Callable[[], None]:
    def take() -> None:
        reply = _ask(state, field, field.value, entity, (DEFAULT,))
        if reply is None or moved(state, reply):
            return
        state.base[f"custom:{entity}"] = reply
        _default(state)

    return take


def _default(state: State) -> None:
    """Compare the lists without and with ``entity_type``, once all three are there."""
    replies = [state.base.get(f"custom:{entity}") for entity in ("", "customer", "ticket")]
    if any(one is None for one in replies):
        return
    both, customer, ticket = (set(one.ids) if one is not None and one.is_list else set() for one in replies)
    fitting = [
        name for name, due in (("both", customer | ticket), ("ticket", ticket), ("customer", customer)) if both == due
    ]
    shown = replies[0]
    if "both" in fitting:
        if len(fitting) == 1:
            state.usual[DEFAULT] = "without entity_type both were looked at"
        else:
            state.open[DEFAULT] = "a contact that has the value on its ticket, and one that has it as a customer"
    elif len(fitting) == 1 and shown is not None:
        state.measured[DEFAULT] = Measured(fitting[0], [shown], f"without entity_type those of {fitting[0]} came")
    else:
        state.beyond[DEFAULT] = "without entity_type other contacts come than with either"


def _written(state: State, field: CustomField, name: str, text: str) -> Callable[[], None]:
    def take() -> None:
        reply = _ask(state, field, text, field.entity, (MATCH,))
        if reply is None or moved(state, reply):
            return
        due = set(state.base[f"custom:{field.entity}"].ids)
        if not reply.is_list:
            state.beyond[MATCH] = f"a value so written is answered with {reply.answer.summary()}"
        elif due & set(reply.ids):
            if not due <= set(reply.ids):
                state.beyond[MATCH] = "a value so written brings some of its contacts, and not all"
            elif name in ("start", "part"):
                state.done.add("custom:text")
                measure(state, MATCH, "text", name, reply, f"a {name} of the value finds it")
            else:
                value = "same" if name == "capitals" else "trimmed"
                measure(state, MATCH, name, value, reply, f"{name} do not matter")
        else:
            state.usual[f"{MATCH}.{name}"] = "it found nothing"

    return take
