"""Changes against the naive reference: random changes, clock moves, resets and questions; answers equal, always."""

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import reference
from asgi import Reply, ask, control
from effort import times
from random_data import CUSTOM_FIELDS, NOW, PIPELINES, STAGES, contacts, documents, instants, valid_queries, wire
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings
from vambe_mock.store import orders, state
from vambe_mock.store import wire as wire_module
from vambe_mock.store.columns import Columns
from vambe_mock.store.ids import WireIds

AT_NOW = round(NOW.timestamp() * 1000)
EVERYTHING = "created_after=0001-01-01T00:00:00Z"
NUMBERS = st.integers(0, 40)

CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Bea", "Ñandú"]),
    "phone": st.sampled_from([None, "+56912345678"]),
    "last_message_at": st.none() | instants,
    "created_at": instants,
    "updated_at": instants,
    "default_stage_id": st.none() | st.sampled_from(STAGES),
    "blocked": st.booleans(),
    "chat_status": st.sampled_from(["CLOSED", "ATTENDED", "UNATTENDED"]),
    "active_ticket_v2": st.none()
    | st.fixed_dictionaries(
        {"id": st.just("cccccccc-1111-4111-8111-111111111111"), "current_stage_id": st.none() | st.sampled_from(STAGES)}
    ),
}


def with_ids_in_wire(columns: Columns) -> Columns:
    """*columns* as those of a large file are, whose ids are in the JSON alone."""
    assert isinstance(columns.wire, wire_module.WireBuffer)
    return replace(columns, ids=WireIds.of(columns.wire))


class Changes(RuleBasedStateMachine):
    """A server and the naive model of it, both changed alike."""

    @initialize(
        document=documents(),
        one_by_one=st.sampled_from([0, 2, 64]),
        most_changed=st.sampled_from([0, 3, 1_024]),
        many=st.sampled_from([0, 50_000]),
        step=st.sampled_from([2, 64]),
    )
    def start(self, document: dict[str, Any], one_by_one: int, most_changed: int, many: int, step: int) -> None:
        """Begin with a random data set, its clock frozen, and another organisation that nobody touches."""
        state.ONE_BY_ONE = one_by_one  # type: ignore[misc]
        state.MOST_CHANGED, state.SHARE_CHANGED = most_changed, 1  # type: ignore[misc]
        wire_module.MANY = state.INDEXED = many  # type: ignore[misc]
        orders.STEP = step  # type: ignore[misc]
        self.begun = copy.deepcopy(document)
        self.model = copy.deepcopy(document)
        self.now = NOW
        self.kept: tuple[dict[str, Any], datetime] | None = None
        dataset = from_document(document)
        if not many and all(one["id"].islower() for one in document["contacts"]):
            columns = dataset.columns
            dataset.columns = lambda shift: with_ids_in_wire(columns(shift))  # type: ignore[method-assign]
        self.app = create_app(dataset, Settings(now=AT_NOW, quiet=True))
        made = control(self.app, "POST", "/organisations", {})
        self.other = json.loads(made.body)["key"]

    def control(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """A change through the admin API, which must end with *status*."""
        reply = control(self.app, method, path, body)
        assert reply.status == status, reply.body
        return json.loads(reply.body)

    def found(self, identity: str) -> dict[str, Any] | None:
        """The model's contact with that id."""
        return next((one for one in self.model["contacts"] if one["id"] == identity), None)

    def pick(self, number: int) -> dict[str, Any]:
        """One of the model's contacts."""
        chosen: dict[str, Any] = self.model["contacts"][number % len(self.model["contacts"])]
        return chosen

    @property
    def some(self) -> bool:
        """Whether there are contacts."""
        return bool(self.model["contacts"])

    @rule(data=st.data(), numbers=st.lists(NUMBERS, min_size=1, max_size=5, unique=True))
    def create(self, data: st.DataObject, numbers: list[int]) -> None:
        """New contacts, all or none; an id that is taken is refused."""
        made = [data.draw(contacts(number)) for number in numbers]
        for one in made:
            self._fit(one)
        taken = any(self.found(one["id"]) for one in made)
        self.control("POST", "/contacts", made, status=409 if taken else 201)
        if not taken:
            self.model["contacts"] += made

    @precondition(lambda self: self.some)
    @rule(data=st.data(), numbers=st.sets(NUMBERS, min_size=1, max_size=4))
    def change(self, data: st.DataObject, numbers: set[int]) -> None:
        """Some fields of some contacts."""
        chosen = {one["id"]: one for one in map(self.pick, sorted(numbers))}
        said = [
            {"id": identity, **data.draw(st.fixed_dictionaries({}, optional=CHANGES))} for identity in sorted(chosen)
        ]
        self.control("PATCH", "/contacts", said)
        for change in said:
            self._apply(chosen[change["id"]], change)

    @precondition(lambda self: self.some)
    @rule(number=NUMBERS, value=st.sampled_from(["a b", "1", None]))
    def change_value(self, number: int, value: str | None) -> None:
        """A custom-field value comes, changes or goes."""
        one = self.pick(number)
        if "note" not in [field["key"] for field in self.model["custom_fields"]]:
            return
        self.control("PATCH", f"/contacts/{one['id']}", {"custom_fields": {"customer": {"note": value}}})
        values = one["custom_fields"]["customer"]
        values.pop("note", None)
        if value is not None:
            values["note"] = value
        one["updated_at"] = wire(self.now)

    @precondition(lambda self: self.some)
    @rule(number=NUMBERS, outbound=st.booleans(), at=st.none() | instants)
    def message(self, number: int, outbound: bool, at: str | None) -> None:
        """A message, now or at some instant."""
        one = self.pick(number)
        body: dict[str, Any] = {"direction": "outbound" if outbound else "inbound", **({"at": at} if at else {})}
        self.control("POST", f"/contacts/{one['id']}/messages", body, status=201)
        one["last_message_at"] = max(filter(None, [one["last_message_at"], at or wire(self.now)]))
        one["is_chat_read"] = outbound
        if outbound:
            one["chat_status"] = "ATTENDED"
        elif one["chat_status"] == "CLOSED":
            one["chat_status"] = "UNATTENDED"
        one["updated_at"] = wire(self.now)

    @precondition(lambda self: self.some)
    @rule(number=NUMBERS, stage=st.none() | st.sampled_from(STAGES[:3]))
    def ticket(self, number: int, stage: str | None) -> None:
        """A ticket is opened, or moved where there is one."""
        one = self.pick(number)
        known = [each["id"] for pipeline in self.model["pipelines"] for each in pipeline["stages"]]
        had = one["active_ticket_v2"]
        method, good = ("PATCH", 200) if had else ("POST", 201)
        fits = stage is None or stage in known
        answer = self.control(
            method, f"/contacts/{one['id']}/ticket", {"stage_id": stage}, status=good if fits else 422
        )
        if fits:
            identity = had["id"] if had else answer["active_ticket_v2"]["id"]
            one["active_ticket_v2"] = {"id": identity, "current_stage_id": stage}
            one["updated_at"] = wire(self.now)

    @precondition(lambda self: self.some)
    @rule(number=NUMBERS)
    def close_ticket(self, number: int) -> None:
        """A ticket is closed, and with it go its values."""
        one = self.pick(number)
        had = one["active_ticket_v2"]
        self.control("DELETE", f"/contacts/{one['id']}/ticket", status=200 if had else 409)
        if had:
            self._apply(one, {"active_ticket_v2": None})

    @precondition(lambda self: self.some)
    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        """A contact goes."""
        one = self.pick(number)
        self.control("DELETE", f"/contacts/{one['id']}")
        self.model["contacts"].remove(one)
        assert control(self.app, "GET", f"/contacts/{one['id']}").status == 404

    @rule()
    def delete_all(self) -> None:
        """All contacts go."""
        assert self.control("DELETE", "/contacts?all=true") == {"deleted": len(self.model["contacts"])}
        self.model["contacts"].clear()

    @rule(days=st.sampled_from([-1, 0.5, 1, 30]), milliseconds=st.sampled_from([-1, 0, 1]))
    def advance(self, days: float, milliseconds: int) -> None:
        """The clock moves."""
        self.control("POST", "/clock/advance", {"days": days, "milliseconds": milliseconds})
        self.now += timedelta(days=days, milliseconds=milliseconds)

    @rule(stages=st.permutations(STAGES))
    def pipelines(self, stages: list[str]) -> None:
        """The stages belong to other pipelines."""
        pipelines = [
            {"id": PIPELINES[0], "name": "A", "description": None, "stages": [{"id": stages[0]}]},
            {"id": PIPELINES[1], "name": "B", "description": None, "stages": [{"id": stages[1]}, {"id": stages[2]}]},
        ]
        self.control("PUT", "/pipelines", pipelines)
        self.model["pipelines"] = pipelines

    @rule(key=st.sampled_from(["plan", "score", "since"]), there=st.booleans())
    def definitions(self, key: str, there: bool) -> None:
        """A definition goes, unless a contact has a value of it, or comes again."""
        fields = [field for field in CUSTOM_FIELDS if field["key"] == key] if there else []
        used = any(
            key in one["custom_fields"][entity] for one in self.model["contacts"] for entity in ("customer", "ticket")
        )
        self.control("PUT", f"/custom-fields/{key}", fields, status=409 if used and not there else 200)
        if there or not used:
            others = [field for field in self.model["custom_fields"] if field["key"] != key]
            self.model["custom_fields"] = others + fields

    @rule()
    def reset(self) -> None:
        """Everything is as at the start."""
        self.control("POST", "/reset")
        self.model, self.now = copy.deepcopy(self.begun), NOW

    @rule()
    def keep(self) -> None:
        """A snapshot is taken."""
        self.control("PUT", "/snapshots/kept")
        self.kept = copy.deepcopy(self.model), self.now

    @precondition(lambda self: self.kept is not None)
    @rule()
    def back(self) -> None:
        """The snapshot is what is there again."""
        assert self.kept is not None
        self.control("POST", "/snapshots/kept/restore")
        self.model, self.now = copy.deepcopy(self.kept[0]), self.kept[1]

    @rule()
    def out_and_in(self) -> None:
        """The exported document is the model's, and putting it back changes nothing."""
        exported = self.control("GET", "/dataset")
        by_id = {one["id"]: one for one in exported["contacts"]}
        assert by_id == {one["id"]: one for one in self.model["contacts"]}
        self.control("PUT", "/dataset", exported)

    @rule(asked=st.lists(valid_queries(), min_size=1, max_size=3))
    def question(self, asked: list[tuple[str, dict[str, Any]]]) -> None:
        """Every answer is the reference's, byte for byte."""
        known = {field["key"] for field in self.model["custom_fields"]}
        for sent, meaning in asked:
            if meaning.get("custom_field_key", "note") in known:
                self._must_equal(ask(self.app, sent), self.model, self.now, meaning)

    @invariant()
    def all_orders_hold(self) -> None:
        """After each step, everything in each of the three orders is the reference's."""
        if not hasattr(self, "app"):
            return
        since = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
        for sent, meaning in (
            (EVERYTHING, {"created_after": since}),
            (EVERYTHING.replace("created", "updated"), {"updated_after": since}),
            ("days=365", {"days": 365}),
        ):
            self._must_equal(ask(self.app, sent), self.model, self.now, meaning)

    @invariant()
    def known_questions_are_asked_again(self) -> None:
        """After each step, the same filters: what a store remembers of its last answer must not outlive a change."""
        if not hasattr(self, "app"):
            return
        since = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
        asked: list[tuple[str, dict[str, Any]]] = [
            (f"{EVERYTHING}&stage_id={STAGES[0]}", {"created_after": since, "stage_id": STAGES[0]}),
            (f"days=365&pipeline_id={PIPELINES[0]}", {"days": 365, "pipeline_id": PIPELINES[0]}),
        ]
        if "note" in [field["key"] for field in self.model["custom_fields"]]:
            note = {"custom_field_key": "note", "custom_field_value": "a b"}
            sent = "&custom_field_key=note&custom_field_value=a+b"
            asked.append((EVERYTHING.replace("created", "updated") + sent, {"updated_after": since, **note}))
        for sent, meaning in asked:
            self._must_equal(ask(self.app, sent), self.model, self.now, meaning)

    @invariant()
    def nothing_leaks(self) -> None:
        """The other organisation is as it began."""
        if hasattr(self, "app"):
            reply = ask(self.app, "days=365", headers=((b"x-api-key", self.other.encode()),))
            self._must_equal(reply, self.begun, NOW, {"days": 365})

    def _must_equal(self, reply: Reply, model: dict[str, Any], now: datetime, meaning: dict[str, Any]) -> None:
        assert (reply.status, reply.body) == (200, reference.answer(model, now, meaning))

    def _fit(self, one: dict[str, Any]) -> None:
        """Leave only values of fields that are defined now."""
        for entity, values in one["custom_fields"].items():
            defined = {field["key"] for field in self.model["custom_fields"] if entity in field["entities"]}
            for key in set(values) - defined:
                del values[key]

    def _apply(self, one: dict[str, Any], change: dict[str, Any]) -> None:
        had = one["active_ticket_v2"]
        one.update({"updated_at": wire(self.now), **change})
        has = one["active_ticket_v2"]
        if has is None or (had is not None and has["id"] != had["id"]):
            one["custom_fields"]["ticket"] = {}


LOOK: Final = settings(max_examples=times(8), stateful_step_count=30)


def test_after_any_changes_the_answers_are_the_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random changes, clock moves, resets and questions: bytes equal after each (`changes-at-once`, `reset`)."""
    for name in ("ONE_BY_ONE", "MOST_CHANGED", "SHARE_CHANGED", "INDEXED"):
        monkeypatch.setattr(state, name, getattr(state, name))  # the machine sets it; this puts it back
    monkeypatch.setattr(wire_module, "MANY", wire_module.MANY)
    monkeypatch.setattr(orders, "STEP", orders.STEP)
    run_state_machine_as_test(Changes, settings=LOOK)
