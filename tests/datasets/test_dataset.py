"""Data set documents: read, re-anchored, and refused with one line that helps."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from asgi import ask
from small_data import ANCHOR, AT_ANCHOR, DAY, LEADS, NEW, ORPHAN, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.datasets.loading import load
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

EVERYTHING = "created_after=0000-01-01T00:00:00Z"


def change(path: str, value: Any) -> dict[str, Any]:
    """A document of two contacts in which the field at *path* is *value*."""
    made: Any = document(contact(1, stage=NEW), contact(2))
    target, *names = made, *path.split(".")
    for name in names[:-1]:
        target = target[int(name)] if name.isdigit() else target[name]
    target[int(names[-1]) if names[-1].isdigit() else names[-1]] = value
    return dict(made)


BROKEN = [
    ("another format", change("format", "vambe-mock/9"), ["format", '"vambe-mock/9"', '"vambe-mock/1"']),
    ("no anchor", change("anchor", None), ["anchor", "null", "2026-01-01T00:00:00.000Z"]),
    ("an anchor that is no instant", change("anchor", "today"), ["anchor", '"today"']),
    ("an unknown header", change("contact", []), ["field contact", "not a field"]),
    ("a header field too many", change("anker", 1), ["field anker", "format, seed, anchor, client_id, pipelines"]),
    ("a stage field too many", change("pipelines.0.stages.0.x", 1), ["stages.0.x", "only id, name, description"]),
    ("a definition's field too many", change("custom_fields.0.x", 1), ["custom_fields.0.x", "only key, name, type"]),
    ("definitions that are none", change("custom_fields", None), ["custom_fields", "null", "a list of definitions"]),
    ("no entities", change("custom_fields.0.entities", []), ["entities", "[]", '["customer"]']),
    ("a pipeline twice", change("pipelines.1.id", LEADS.upper()), [LEADS.upper(), "twice"]),
    ("contacts that are no list", change("contacts", {}), ["contacts", "a list"]),
    ("a contact that is none", change("contacts.1", 7), ["contact 2", "7"]),
    (
        "an unknown platform",
        change("contacts.1.platform", "fax"),
        ["contact 2 (id 00000002-", "platform", '"fax"', "whatsapp"],
    ),
    ("an id that is no UUID", change("contacts.0.id", "x"), ["contact 1", "id", '"x"', "a UUID like"]),
    (
        "an instant without a zone",
        change("contacts.0.created_at", "2026-01-01"),
        ["created_at", '"2026-01-01"', "like"],
    ),
    ("null where none may be", change("contacts.0.updated_at", None), ["updated_at", "null"]),
    ("a word for a switch", change("contacts.0.blocked", "no"), ["blocked", '"no"', "true or false"]),
    ("a number for a switch", change("contacts.0.blocked", 1), ["blocked", "1", "true or false"]),
    ("letters in a phone", change("contacts.0.phone", "call me"), ["phone", "call me", "+569"]),
    ("a phone as a number", change("contacts.0.phone", 56912345678), ["phone", "56912345678"]),
    ("an e-mail without @", change("contacts.0.email", "ana"), ["email", "ana", "maria@example.com"]),
    ("a field too many", change("contacts.0.age", 7), ["contact 1", "age", "not a field"]),
    ("a ticket field too many", change("contacts.0.active_ticket_v2.x", 7), ["active_ticket_v2.x", "current_stage_id"]),
    ("another organisation", change("contacts.1.client_id", NEW), ["contact 2", "client_id", NEW]),
    ("an id twice", change("contacts.1.id", contact(1)["id"].upper()), ["contact 2", "contact 1 has the same id"]),
    ("an unknown custom field", change("contacts.0.custom_fields.customer", {"x": 1}), ["customer.x", "no such"]),
    (
        "a custom field elsewhere",
        change("contacts.0.custom_fields.customer", {"score": 1}),
        ["customer.score", "no such"],
    ),
    (
        "a word for a number",
        change("contacts.0.custom_fields.ticket", {"score": "1"}),
        ["ticket.score", '"1"', "a number"],
    ),
    (
        "true for a number",
        change("contacts.0.custom_fields.ticket", {"score": True}),
        ["ticket.score", "true", "a number"],
    ),
    ("a number for a text", change("contacts.0.custom_fields.customer", {"city": 1}), ["customer.city", "1", "a text"]),
    (
        "a word for a boolean",
        change("contacts.0.custom_fields.customer", {"vip": "yes"}),
        ["customer.vip", "true or false"],
    ),
    ("no option", change("contacts.0.custom_fields.customer", {"plan": "Tin"}), ["plan", '"Tin"', "one of Gold, gold"]),
    (
        "no date",
        change("contacts.0.custom_fields.customer", {"since": "2026-02-30"}),
        ["since", "2026-02-30", "a date"],
    ),
    (
        "values without a ticket",
        change("contacts.1.custom_fields.ticket", {"score": 1}),
        ["contact 2", "active_ticket_v2"],
    ),
    ("an unknown type", change("custom_fields.0.type", "colour"), ["type", '"colour"', "text, number"]),
    ("a definition twice", change("custom_fields.1.key", "plan"), ['"plan"', "defined twice for customer"]),
]


@pytest.mark.parametrize(("broken", "says"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken_documents_are_refused_in_one_line(tmp_path: Path, broken: dict[str, Any], says: list[str]) -> None:
    """The line names the file, the contact, the field, what is there and what is wanted (`whole-or-not-at-all`)."""
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        load(file)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{file}: ")
    for part in says:
        assert part in line
    with pytest.raises(DatasetError) as plain:
        from_document(broken)
    assert line == f"{file}: {plain.value}"


UNREADABLE = [
    ("nothing", b"", "nothing is in it"),
    ("cut off", b'{"format": "vambe-mock/1", "contacts": [', "not JSON"),
    ("a list", b"[]", "wanted"),
    ("binary", b"\xff\xfe\x00\x01", "not JSON"),
    ("a line of NUL", b"\x00" * 10, "not JSON"),
]


@pytest.mark.parametrize(("raw", "says"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_is_no_document_is_refused_in_one_line(tmp_path: Path, raw: bytes, says: str) -> None:
    """A file that is no JSON document says so (`whole-or-not-at-all`)."""
    file = tmp_path / "data.json"
    file.write_bytes(raw)
    with pytest.raises(DatasetError, match=says) as caught:
        load(file)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """A missing file, an empty folder or an unknown ending is one line (`whole-or-not-at-all`)."""
    for name in ("none.json", "none.ndjson", "none.csv.gz", "none.parquet", "none.sqlite", "none", "none/at/all.csv"):
        with pytest.raises(DatasetError, match=f"^{re.escape(str(tmp_path / name))}: no such file"):
            load(tmp_path / name)
    with pytest.raises(DatasetError, match=r"found no contacts; wanted one data set, such as dataset\.json beside"):
        load(tmp_path)
    (tmp_path / "contacts.ndjson").write_text("", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"dataset\.json: no such file"):
        load(tmp_path)
    (tmp_path / "data.xml").write_text("<a/>", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"data\.xml: unknown file type"):
        load(tmp_path / "data.xml")


def split(folder: Path, whole: dict[str, Any]) -> Path:
    """*whole* written as dataset.json beside contacts.ndjson."""
    header = {name: value for name, value in whole.items() if name != "contacts"}
    (folder / "dataset.json").write_text(json.dumps(header), encoding="utf-8")
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in whole["contacts"])
    (folder / "contacts.ndjson").write_text(lines, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["", "contacts.ndjson", "dataset.json"])
def test_a_folder_is_the_same_data_set(tmp_path: Path, name: str) -> None:
    """dataset.json beside contacts.ndjson answers as the one document does, whichever of them is named."""
    whole = document(contact(1, stage=NEW), contact(2, name="Ñandú"))
    settings = Settings(now=AT_ANCHOR, quiet=True)
    parts = create_app(load(split(tmp_path, whole) / name), settings)
    assert ask(parts, EVERYTHING).body == ask(create_app(from_document(whole), settings), EVERYTHING).body


def test_what_editors_leave_behind_is_no_fault(tmp_path: Path) -> None:
    """A byte order mark at the start and empty lines are passed over."""
    folder = split(tmp_path, document(contact(1), contact(2)))
    for name in ("dataset.json", "contacts.ndjson"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + "\n\n", encoding="utf-8-sig" if name == "dataset.json" else "utf-8")
    app = create_app(load(folder), Settings(now=AT_ANCHOR, quiet=True))
    assert len(json.loads(ask(app, EVERYTHING).body)) == 2


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """In a folder, the faulty contact is named by its line (`whole-or-not-at-all`)."""
    whole = document(contact(1), contact(2, platform="fax"))
    with pytest.raises(DatasetError, match=r'contact 2 \(id 00000002-.*field platform: "fax"; wanted one of'):
        load(split(tmp_path, whole)).columns(0)
    (tmp_path / "contacts.ndjson").write_text('{"id": \n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"contacts\.ndjson: line 1: not JSON"):
        load(tmp_path).columns(0)


def test_re_anchored_on_load_all_instants_move_together() -> None:
    """Frozen ten days later, every instant is ten days later, so recent stays recent (`re-anchored-on-load`)."""
    whole = document(contact(1, created_at="2026-01-01T00:00:00.000Z", last_message_at=None), contact(2))
    app = create_app(from_document(whole), Settings(now=AT_ANCHOR + 10 * DAY, quiet=True))
    first, second = json.loads(ask(app, EVERYTHING).body)
    assert (first["created_at"], first["updated_at"]) == ("2026-01-11T00:00:00.000Z", "2026-03-11T12:00:00.000Z")
    assert first["last_message_at"] is None
    assert [one["id"] for one in json.loads(ask(app, "days=1").body)] == [second["id"]]


def test_keep_timestamps_leaves_instants_as_written() -> None:
    """With --keep-timestamps the data grows old as the clock runs (`keep-timestamps`)."""
    settings = Settings(now=AT_ANCHOR + 10 * DAY, keep_timestamps=True, quiet=True)
    app = create_app(from_document(document(contact(1))), settings)
    assert json.loads(ask(app, "days=11").body)[0]["last_message_at"] == ANCHOR
    assert ask(app, "days=9").body == b"[]"


def test_custom_field_dates_do_not_move() -> None:
    """A custom field's date is a day in a calendar, not an instant, and stays (`calendar-dates-stay`)."""
    whole = document(contact(1, custom_fields={"customer": {"since": "2026-01-31"}, "ticket": {}}))
    app = create_app(from_document(whole), Settings(now=AT_ANCHOR + 10 * DAY, quiet=True))
    assert len(json.loads(ask(app, "days=1&custom_field_key=since&custom_field_value=2026-01-31").body)) == 1


def test_instants_that_cannot_be_written_are_refused() -> None:
    """A move that would leave the years 0000 to 9999 is one line (`whole-or-not-at-all`)."""
    dataset = from_document(document(contact(1, updated_at="9999-12-31T00:00:00Z")))
    with pytest.raises(DatasetError, match=r"^contact 1 .*years 0000 to 9999.*--keep-timestamps"):
        create_app(dataset, Settings(now=AT_ANCHOR + 10 * DAY, quiet=True))


def test_the_document_in_the_docs_is_one() -> None:
    """The example in docs/data-sets.md can be served as it stands."""
    text = (Path(__file__).parents[2] / "docs" / "data-sets.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    app = create_app(from_document(json.loads(example)), Settings(now=AT_ANCHOR, quiet=True))
    query = "days=7&custom_field_key=plan&custom_field_value=Gold&pipeline_id=a0000000-0000-4000-8000-000000000001"
    assert [one["name"] for one in json.loads(ask(app, query).body)] == ["Maria Rodriguez"]


def test_a_stage_in_no_pipeline_is_noted() -> None:
    """Such a stage is served, and the organisation can tell of it (`stage-without-pipeline`)."""
    app = create_app(from_document(document(contact(1, stage=ORPHAN), contact(2, stage=NEW))), Settings(quiet=True))
    assert [stage for one in app.organisations for stage in one.stray_stages()] == [ORPHAN]
