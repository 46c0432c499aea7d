"""What each effect of a fault does to the plan of a request; tests/server/test_faults.py shows it over connections."""

from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from vambe_mock.organisations.faults import Effect, Fault, FaultPlan, FaultRule, Slot

EFFECTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "rate_limit", "per_second": 0.001},
    {"kind": "redirect", "location": "/elsewhere"},
    {"kind": "wrong_pages", "how": "same_page"},
    {"kind": "delay", "seconds": 1},
    {"kind": "stall"},
    {"kind": "slow_body", "bytes_per_second": 1},
    {"kind": "connection_reset"},
    {"kind": "truncated_body"},
    {"kind": "malformed_json"},
    {"kind": "empty_body"},
    {"kind": "other_body", "text": "<html>"},
    {"kind": "content_type"},
]
REQUEST = {"raw_path": b"/api/public/contacts", "query_string": b"", "headers": []}


def faults(*effects: dict[str, Any]) -> list[Fault]:
    """The faults of *effects*, numbered from 1."""
    return [Fault.of(number, FaultRule.model_validate({"effect": effect})) for number, effect in enumerate(effects, 1)]


def test_the_effects_tried_here_are_all_there_are() -> None:
    """A new effect is tried here too."""
    kinds = [get_args(effect.model_fields["kind"].annotation)[0] for effect in get_args(get_args(Effect)[0])]
    assert [effect["kind"] for effect in EFFECTS] == kinds


@pytest.mark.parametrize("effect", EFFECTS, ids=[effect["kind"] for effect in EFFECTS])
def test_an_effect_fills_its_slot_and_no_other(effect: dict[str, Any]) -> None:
    """The slot of the effect is filled, or the delay grows, and everything else is as before (`faults-on-demand`)."""
    (fault,) = faults(effect)
    fault.tokens = 0
    plan = FaultPlan.of([fault], REQUEST)
    slot = fault.rule.effect.slot or "delay"
    assert slot in {field.name for field in fields(FaultPlan)}
    assert getattr(plan, slot) not in (None, 0.0)
    assert replace(plan, applied=(), **{slot: getattr(FaultPlan(), slot)}) == FaultPlan()
    assert plan.applied == (1,)


def test_a_pattern_is_translated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the fault is made, not for each request (`admin-bounds`)."""
    rule = FaultRule.model_validate({"match": {"path": "*/c?"}, "effect": {"kind": "stall"}})
    fault = Fault.of(1, rule)
    monkeypatch.setattr("vambe_mock.organisations.conditions.translate", None)
    monkeypatch.setattr("re.compile", None)
    paths = (b"/x/c1", b"/x/c12", b"/x/C1", b"/x/c1\n")
    assert [fault.meets({**REQUEST, "raw_path": path}) for path in paths] == [True, False, False, False]


@pytest.mark.parametrize("slot", get_args(Slot))
def test_the_first_fault_of_a_slot_wins(slot: str) -> None:
    """Another of the same slot does not meet the request, while delays add up (`faults-on-demand`)."""
    same = [effect for effect in EFFECTS if faults(effect)[0].rule.effect.slot == slot]
    delay = {"kind": "delay", "seconds": 1}
    made = faults(delay, same[0], *same, delay)
    plan = FaultPlan.of(made, REQUEST)
    assert plan.applied == (1, 2, len(made))
    assert plan.delay == 2
    assert [fault.matched for fault in made] == [1, 1, *(0 for _ in same), 1]
