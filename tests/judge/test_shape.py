"""The shape of an account: what is measured is what was made, and tells of nobody."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from commands import refused, vambe
from vambe_judge import shape, shaping
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_mock.contract import instants
from vambe_mock.datasets import dataset
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe.knob_files import shape_of
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.recipe.plan import Plan
from vambe_mock.generator.recipe.profile_shape import knobs_of
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

ANCHOR = 1_767_225_600_000
KEY = "Key-7f3a-Zq"
OWN = {
    "edge_cases": "none",
    "platforms": {"whatsapp": 3, "instagram": 1, "webchat": 1},
    "chat_statuses": {"ATTENDED": 1, "CLOSED": 1},
    "recency": {"1": 0.3, "30": 0.3, "90": 0.2, "older": 0.2},
    "tickets": 0.3,
    "null_email": 0.7,
    "null_phone_elsewhere": 0.2,
    "read": 0.4,
    "blocked": 0.15,
    "ties": 0.3,
    "shared_customers": 0.6,
    "never_messaged": 0.1,
    "second_names": 0.6,
}


def document(knobs: dict[str, Any], count: int) -> dict[str, Any]:
    """A generated set as one document, without custom fields, which take time."""
    plan = Plan.of(3, count, ANCHOR, Shape.of(knobs | {"custom_fields": 0}))
    return {**plan.header(), "contacts": rows.rows(plan, 0, count)}


def asked(made: dict[str, Any], **options: Any) -> tuple[shape.Pages, Client]:
    """The pages of a mock with that document, and the client that asked for them."""
    return asked_of(application(made), **options)


def application(made: dict[str, Any]) -> Application:
    """A mock with that document."""
    settings = Settings(api_key=(KEY,), quiet=True, now=ANCHOR, keep_timestamps=True).checked()
    return create_app(dataset.from_document(made), settings)


def asked_of(app: Application, **options: Any) -> tuple[shape.Pages, Client]:
    """The pages of a running mock, and the client that asked for them."""
    with closing(Client("http://127.0.0.1", KEY, Limits(), transport=AsgiTransport(app))) as client:
        return shaping.ask(client, now=ANCHOR, **options), client


def distance(one: Any, other: Any) -> float:
    """The largest difference between two entries of a table."""
    if isinstance(one, dict) or isinstance(other, dict):
        names = {*one, *other}
        return max(abs(float(one.get(name, 0) - other.get(name, 0))) for name in names)
    return abs(float(one) - float(other))


@pytest.mark.parametrize(("count", "window", "near"), [(900, 1000, 0.011), (2500, 100, 0.08)])
def test_what_was_measured_is_what_is_there(count: int, window: int, near: float) -> None:
    """Where every contact was seen, the shares are exact; else 16 requests of 100 contacts come close."""
    made = document(OWN, count)
    table, client = shape.shape((found := asked(made, window=window))[0]), found[1]
    assert len(client.sent) <= 16
    assert {one.method for one in client.sent} == {"GET"}
    there = made["contacts"]
    for name, having in {
        "tickets": [one["active_ticket_v2"] for one in there],
        "null_email": [one["email"] is None for one in there],
        "never_messaged": [one["last_message_at"] is None for one in there],
        "blocked": [one["blocked"] for one in there],
    }.items():
        assert table[name] == pytest.approx(sum(map(bool, having)) / count, abs=near), name
    for name, field in (("platforms", "platform"), ("chat_statuses", "chat_status")):
        shares = {value: number / count for value, number in Counter(one[field] for one in there).items()}
        assert distance(table[name], shares) <= near
    ages = [ANCHOR - instants.parse(one["last_message_at"]) for one in there if one["last_message_at"]]
    edges = {"1": (0, 1), "30": (7, 30), "90": (30, 90), "older": (365, 9999)}
    recency = {
        name: sum(low * instants.DAY < age <= high * instants.DAY for age in ages) / len(ages)
        for name, (low, high) in edges.items()
    }
    assert distance(table["recency"], recency) <= near
    assert table["contacts"] == pytest.approx(count, rel=0.05)
    assert ("contacts_per_customer" in table) == (window > count)


def test_what_was_measured_is_generated_again() -> None:
    """Contacts to a shape, to knobs, to contacts, to a shape: the shares agree (`measured-shape`)."""
    table = shape.shape(asked(document(OWN, 900), window=1000)[0])
    again = shape.shape(asked(document(knobs_of(table), 900), window=1000)[0])
    kept = {*table} - {"contacts", "sampled", "rows_per_day", "name_letters", "name_words"}
    assert {name for name in kept if distance(table[name], again[name]) > 0.06} == set()
    assert again["name_words"] == pytest.approx(table["name_words"], abs=0.2)
    assert again["name_letters"] == pytest.approx(table["name_letters"], abs=2)
    assert again["rows_per_day"]["last_message"] == pytest.approx(table["rows_per_day"]["last_message"], rel=0.2)


@pytest.mark.parametrize("count", [0, 1, 9, 12, 30])
def test_small_accounts_tell_of_no_class_of_fewer_than_ten(count: int) -> None:
    """Fewer than ten contacts have no shape; of twelve, all classes are together."""
    table = shape.shape(asked(document(OWN, count))[0])
    assert (table == {}) == (count < 10)
    for name in ("platforms", "chat_statuses"):
        for share in (share for key, share in table.get(name, {}).items() if key != "other"):
            assert share * count >= 9.5
    if count == 12:
        assert table["platforms"] == {"other": 1.0}
        assert "tickets" not in table
        assert knobs_of(table)["edge_cases"] == "none"


def test_one_in_two_hundred_is_nobody() -> None:
    """Fewer than ten of many count as none, and all but fewer than ten as all."""
    seen = [shape.seen(one) for one in document({"edge_cases": "none", "blocked": 0}, 300)["contacts"]]
    contacts = [one for one in seen if one]
    some = [_with(one, blocked=place < 9, read=place > 9) for place, one in enumerate(contacts)]
    pages = shape.Pages(ANCHOR)
    pages.all.add(shape.Page(0, tuple(some)))
    pages.recent.add(shape.Page(0, tuple(one for one in some if one.message is not None)))
    table = shape.shape(pages)
    assert (table["blocked"], table["read"]) == (0.0, 1.0)
    ten = [_with(one, blocked=place < 10) for place, one in enumerate(contacts)]
    pages.all.pages, pages.recent.pages = [shape.Page(0, tuple(ten))], []
    assert shape.shape(pages)["blocked"] > 0


def _with(one: shape.Seen, **changed: Any) -> shape.Seen:
    return shape.Seen(**{name: changed.get(name, getattr(one, name)) for name in shape.Seen.__slots__})


def test_nothing_personal_is_in_a_shape() -> None:
    """Neither what is kept of the contacts nor the table has a name, a number, an address, an id or an instant."""
    made = document(OWN, 120)
    for number, one in enumerate(made["contacts"]):
        one |= {"name": f"MARK {number}", "phone": "+1999000", "email": "mark@mark.mark"}
    seen = [shape.seen(one | {"chat_status": "mark said hello", "platform": "MARK"}) for one in made["contacts"]]
    pages = asked(made)[0]
    told = "\n".join(shape.lines(shape.shape(pages)))
    kept = repr([seen, [*pages.all.seen()]])
    for one in made["contacts"]:
        for text in (one["id"], one["ai_customer_id"] or "-" * 9, one["created_at"], one["updated_at"]):
            assert text not in told
            assert text not in kept
    assert "mark" not in (told + kept).lower()
    assert not re.search(r"\d{5}", told)


def test_the_table_is_toml_that_generate_reads(tmp_path: Path) -> None:
    """The lines are a table of the dialect, whose other tables do not matter to `generate --profile`."""
    table = shape.shape(asked(document(OWN, 400))[0])
    lines = shape.lines(table)
    assert tomllib.loads("\n".join(lines)) == {"shape": table}
    dialect = tmp_path / "vambe.toml"
    more = ['format = "x"', "[dialect]", "on = 2026-01-01", "[rules.days-range]", 'value = "x"', *lines, "[beyond]"]
    dialect.write_text("\n".join([*more, "[[open]]", 'slug = "x"']))
    done = vambe("generate", tmp_path / "set.json", "--profile", dialect, "--contacts", 300, "--quiet")
    assert (done.code, done.err) == (0, "")
    made = json.loads((tmp_path / "set.json").read_text())["contacts"]
    assert {one["platform"] for one in made} == {"whatsapp", "instagram", "webchat"}
    assert shape_of(dialect, ["tickets=1", "platforms.sms=9"]).tickets == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[shape]\nticket = 0.5", "[shape] has 'ticket'; did you mean tickets?"),
        ("[shape]\ntickets = 'x'", "[shape] has tickets = {'tickets': 'x'}; wanted numbers"),
        ("[shape]\nplatforms = 3", "[shape] has platforms = 3; wanted numbers of 0 or more"),
        ("shape = 3", "[shape] is no table of shares; wanted one of vambe-mock calibrate --shape"),
        ("tickets = 1\n[shape]\ntickets = 0.5", "tickets beside [shape]; wanted --set tickets=VALUE instead"),
        ("[dialect]\nx = 1", "no [shape] in it; wanted a file of vambe-mock calibrate --shape"),
        ("[shape]\ntickets = 2", "knob tickets is 2; wanted: a share from 0 to 1"),
    ],
)
def test_a_shape_that_cannot_be_used_is_told(text: str, told: str, tmp_path: Path) -> None:
    """One line and exit code 2."""
    (tmp_path / "vambe.toml").write_text(text)
    assert told in refused("generate", tmp_path / "x.json", "--profile", tmp_path / "vambe.toml")


def test_other_classes_are_passed_over() -> None:
    """A platform or status that the generator does not know is as `other`: the rest is larger in proportion."""
    knobs = knobs_of({"platforms": {"email": 0.5, "sms": 0.3, "other": 0.2}, "chat_statuses": {"WAITING": 1.0}})
    assert knobs == {"edge_cases": "none", "platforms": {"sms": 0.3}}
    assert Shape.of(knobs).platforms == {"sms": 0.3}
    with pytest.raises(GeneratorError):
        knobs_of({"platforms": {"sms": -1}})


def answering(reply: Callable[[int], httpx.Response]) -> Client:
    """A client whose requests get *reply* by their number."""
    count = 0

    def handle(_: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return reply(count)

    return Client("http://127.0.0.1:1", KEY, Limits(patience=0), transport=httpx.MockTransport(handle))


def page(status: int, body: object) -> httpx.Response:
    """A JSON answer as a stream, as a network gives it."""
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


def test_the_first_page_must_come_and_others_may_fail() -> None:
    """A target that cannot be asked is an error; one that fails later is told of by what it gave."""
    contacts = document(OWN, 150)["contacts"]
    with pytest.raises(JudgeError, match="the answer is 401 with an object"):
        shaping.ask(answering(lambda _: page(401, {"message": "no"})))
    with pytest.raises(Unanswered):
        shaping.ask(answering(lambda _: page(429, {})))
    client = answering(lambda number: page(200, contacts[:100]) if number == 1 else page(500, {}))
    assert shape.shape(shaping.ask(client, now=ANCHOR))["sampled"] == 100


def test_the_plan_is_what_is_asked_for() -> None:
    """Never more requests than the budget, and the plan's are those of an account of that size."""
    app = application(document(OWN, 700))
    for most in (1, 6):
        planned = shaping.plan(most=most)
        sent = [one.target.partition("?")[2] for one in asked_of(app, most=most)[1].sent]
        assert len(planned) == len(sent) == most
        assert {one.partition("&limit=100")[0] for one in sent} <= {shaping.RECENT, shaping.ALL}
        assert planned[:2] == sent[:2]
