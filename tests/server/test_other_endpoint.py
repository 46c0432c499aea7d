"""How a dialect answers: refusals, headers, forms of the path, contacts; and how a server gets its dialect."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from asgi import KEY, ask, control
from dialects import speaking, toml
from servers import StartServer, client
from small_data import AT_ANCHOR, LEADS, NEW, contact, document
from vambe_mock import VambeMock
from vambe_mock.cli.serve import settings_from
from vambe_mock.contract.vocabulary import FIELDS
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings
from vambe_mock.store import spoken

PATH = b"/api/public/contacts"
WRONG = ((b"x-api-key", b"wrong"),)
DATA = from_document(document(contact(1, stage=NEW), *(contact(number) for number in range(2, 40))))


def app(rules: dict[str, Any], **options: Any) -> Application:
    """An application that serves forty contacts by *rules*."""
    return speaking(rules, DATA, AT_ANCHOR, **options)


def contacts(rules: dict[str, Any], query: str = "days=1") -> list[dict[str, Any]]:
    """What is listed by *rules*."""
    found: list[dict[str, Any]] = json.loads(ask(app(rules), query).body)
    return found


@pytest.mark.parametrize(
    ("rules", "query", "count"),
    [
        ({"time-filter-required": "all"}, "limit=20", 20),
        ({"malformed-values": {"days": "empty"}}, "days=x", 0),
        ({"malformed-values": {"updated_after": "empty"}}, "updated_after=x&limit=5", 0),
    ],
)
def test_one_rule_alone_searches_without_a_time_filter(rules: dict[str, Any], query: str, count: int) -> None:
    """A query that is left without a time filter is answered, also where no other rule changes the search."""
    assert len(contacts(rules, query)) == count


def test_of_a_large_set_nothing_is_kept_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered alike, and takes no memory for each contact that was sent (`dialect-costs-nothing`)."""
    rules = {"extra-fields": {"notes": "string"}}
    for most, kept in ((len(DATA), True), (len(DATA) - 1, False)):
        monkeypatch.setattr(spoken, "MOST_SPOKEN", most)
        server = app(rules)
        first, again = (ask(server, "days=1").body for _ in range(2))
        assert first == again
        assert b'"notes"' in first
        assert [one.keeps for one in server.organisations.first.store.made.values()] == [kept]


# The key and the path


def test_the_query_is_judged_before_the_key_where_the_dialect_has_it() -> None:
    """A wrong value, or a broken rule, is told before a wrong key; what needs the organisation's data never is."""
    told = {}
    for first in ("key", "values", "query"):
        spoken = app({"401-before-400": first})
        asked = ["days=0", "limit=1", "days=1&custom_field_key=x&custom_field_value=1", "days=1"]
        told[first] = [ask(spoken, query, headers=WRONG).status for query in asked]
    assert told == {"key": [401] * 4, "values": [400, 401, 401, 401], "query": [400, 400, 401, 401]}


def test_a_key_is_refused_in_the_dialects_words() -> None:
    """Status and body for all refusals of a key, and others for some of them."""
    kinds = {"no-key": '{"why":"none"}', "repeated-key": {"status": 400}}
    spoken = app({"unauthorized": {"status": 403, "body": '{"why":"{{message}}"}', "kinds": kinds}})
    missing, wrong, repeated = (ask(spoken, "days=1", headers=keys) for keys in ((), WRONG, KEY * 2))
    assert (missing.status, missing.body) == (403, b'{"why":"none"}')
    assert (wrong.status, wrong.body) == (403, b'{"why":"Invalid API key"}')
    assert (repeated.status, repeated.body) == (400, b'{"why":"Invalid API key"}')


def test_an_empty_body_is_one() -> None:
    """A refusal without a body is spoken so, not in our own words."""
    spoken = app({slug: {"body": ""} for slug in ("invalid-parameters", "refused-by-rule", "unauthorized")})
    assert [ask(spoken, query).body for query in ("days=0", "limit=1")] == [b"", b""]
    assert ask(spoken, "days=1", headers=WRONG).body == b""


def test_an_unknown_path_is_answered_as_the_dialect_has_it() -> None:
    """In the words of a template, as JSON or HTML, and after the key where it comes first."""
    page = {"body": "<pre>Cannot {{method}} {{target}}</pre>", "content_type": "text/html; charset=utf-8"}
    spoken = app({"not-found": page, "404-before-401": "401"})
    reply = ask(spoken, "a='b'", path=b"/x", headers=KEY)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert reply.body == b"<pre>Cannot GET /x?a=&#x27;b&#x27;</pre>"
    assert ask(spoken, path=b"/x", headers=()).status == 401
    assert ask(spoken, path=b"/livez", headers=()).status == 200
    assert ask(spoken, path=PATH, method="POST", headers=WRONG).status == 401


def test_other_forms_of_the_path() -> None:
    """Capitals and a slash at the end are answered alike, not found, or redirected with their query."""
    spoken = app({"path-forms": {"capitals": "404", "slash": "308"}})
    assert ask(spoken, "days=1", path=PATH.upper()).status == 404
    redirect = ask(spoken, "days=1", path=PATH + b"/")
    assert (redirect.status, redirect.headers["location"]) == (308, "/api/public/contacts?days=1")
    assert ask(app({"path-forms": {"slash": "404"}}), "days=1", path=PATH + b"/").status == 404
    assert ask(app({"path-forms": {"slash": "404"}}), "days=1", path=PATH.upper()).status == 200


# Headers


def test_headers_are_the_dialects() -> None:
    """Its headers are on every answer, those of a status on its answers, and its content type on JSON."""
    headers = {"X-Powered-By": "Express", "content-type": "application/json", "401": {"www-authenticate": "Key"}}
    spoken = app({"response-headers": headers}, mock_headers=False)
    good, bad, nowhere = ask(spoken, "days=1"), ask(spoken, headers=WRONG), ask(spoken, path=b"/x")
    length = str(len(good.body))
    assert good.headers == {"content-type": "application/json", "content-length": length, "x-powered-by": "Express"}
    assert bad.headers["www-authenticate"] == "Key"
    assert {bad.headers["x-powered-by"], nowhere.headers["x-powered-by"]} == {"Express"}
    assert nowhere.headers["content-type"] == "application/json"


def test_numbers_in_headers_count_down() -> None:
    """What is left in the window goes down with each request of a key, and starts anew with the next window."""
    headers = {"x-left": "{{remaining}}", "x-reset": "{{reset}}", "x-at": "{{reset-at}}"}
    rules = {"response-headers": headers, "rate-limit-numbers": {"limit": 2, "seconds": 10}}
    spoken = app(rules)
    seen = [ask(spoken, query).headers for query in ("days=1", "days=0", "days=1")]
    assert [one["x-left"] for one in seen] == ["1", "0", "0"]
    assert seen[0]["x-reset"] == "10"
    assert seen[0]["x-at"] == str(AT_ANCHOR // 1000 + 10)
    assert ask(spoken, "days=1", headers=WRONG).headers["x-left"] == "1"
    assert control(spoken, "POST", "/clock/advance", {"seconds": 10}).status == 200
    assert ask(spoken, "days=1").headers["x-left"] == "1"


def test_an_etag_is_as_express_makes_it() -> None:
    """The length of the body and a digest, as of the known example (`response-headers`)."""
    reply = ask(app({"response-headers": {"etag": "{{etag}}"}}), "days=1&offset=1000")
    assert (reply.body, reply.headers["etag"]) == (b"[]", 'W/"2-l9Fw4VUO7kr8CvBlt4zaMCqXZ0w"')


# Refusals


def test_a_refusal_can_name_the_request() -> None:
    """Path, instant and a new UUID stand in a body where its template has them, escaped for JSON."""
    body = '{"at":"{{now}}","path":"{{path}}","target":"{{target}}","id":"{{uuid}}"}'
    spoken = app({"refused-by-rule": {"status": 422, "body": body}})
    first, second = (json.loads(ask(spoken, 'x="\\').body) for _ in range(2))
    assert first["at"] == "2026-03-01T12:00:00.000Z"
    assert (first["path"], first["target"]) == ("/api/public/contacts", '/api/public/contacts?x="\\')
    assert first["id"] != second["id"]


# Contacts


def test_fields_beyond_the_document_are_filled_by_type() -> None:
    """Each type has its kind of value, the same in each answer; with a question mark, some contacts have null."""
    kinds = {
        "text": "string",
        "id2": "uuid",
        "seen_at": "instant",
        "count": "integer",
        "rate": "number?",
        "flag": "boolean",
        "tags": ["string"],
        "owner": {"id": "uuid", "name": "string?"},
        "gone": "null",
        "active_ticket_v2.number": "integer",
    }
    rules = {"extra-fields": kinds, "timestamps": {"digits": 0}}
    found = contacts(rules)
    assert found == contacts(rules)
    assert all(list(one) == [*FIELDS, *(name for name in kinds if "." not in name)] for one in found)
    one = next(one for one in found if one["active_ticket_v2"])
    assert isinstance(one["active_ticket_v2"]["number"], int)
    assert one["seen_at"] == one["created_at"] == "2026-03-01T12:00:00Z"
    assert (one["text"], one["tags"], one["gone"], one["flag"] in (True, False)) == ("text", ["text"], None, True)
    assert {one["rate"] is None for one in found} == {True, False}
    assert {one["owner"]["name"] for one in found} == {None, "text"}
    assert len({one["id2"] for one in found}) == len(found)


def test_fields_can_have_another_order_and_be_missing() -> None:
    """Only the fields that the dialect names are sent, in its order."""
    found = contacts({"extra-fields": {"tags": "array"}, "contact-fields": ["tags", "name", "id"]})
    assert all(list(one) == ["tags", "name", "id"] for one in found)


def test_nulls_and_values_that_the_document_does_not_have() -> None:
    """Some contacts have a null, a platform or a status that the dialect has and the document does not."""
    rules = {"nullable-fields": ["name"], "platforms": ["whatsapp", "telegram"], "chat-statuses": ["SNOOZED"]}
    found = contacts(rules)
    assert {one["name"] is None for one in found} == {True, False}
    assert {one["platform"] for one in found} == {"whatsapp", "telegram"}
    assert {one["chat_status"] for one in found} == {"ATTENDED", "SNOOZED"}
    assert found == contacts(rules)


def test_the_expanded_stage_is_there_in_a_dialect_too() -> None:
    """``current-stage-expanded`` goes together with other rules, and with contacts that have no ticket."""
    rules = {"current-stage-expanded": True, "extra-fields": {"tags": "array"}}
    (one,) = contacts(rules, f"days=1&pipeline_id={LEADS}")
    assert one["active_ticket_v2"]["current_stage"] == {"id": NEW, "name": "New"}
    rules["pipeline-of-active-ticket"] = "ticket_else_default"
    data = from_document(document(contact(1, default_stage_id=NEW)))
    (other,) = json.loads(ask(speaking(rules, data, AT_ANCHOR), f"days=1&pipeline_id={LEADS}").body)
    assert other["active_ticket_v2"] is None


# How a server gets its dialect


def test_without_a_dialect_nothing_of_it_is_loaded() -> None:
    """A server without a dialect file loads none of what knows dialects, so that it starts as fast as ever."""
    script = """
import sys
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings
from vambe_mock.store import spoken
from vambe_mock.server.sources import dataset_of

settings = Settings(fixture="empty", fractional_days=False)
create_app(dataset_of(settings), settings)
print([one for one in sys.modules if "full_dialect" in one or "store.other_" in one or "endpoint.other_" in one])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert ran.stdout == "[]\n"


def test_a_flag_beats_the_file(tmp_path: Path) -> None:
    """A switch that is given, by a flag, a variable or an argument, counts even where it is as usual."""
    file = tmp_path / "vambe.toml"
    file.write_text(toml({"days-may-be-fractional": False, "stage-of-active-ticket": "default_stage"}))
    by_file = Settings(dialect=file).spoken()
    assert (by_file.dialect.fractional_days, by_file.dialect.stage_filter) == (False, "default_stage")
    with patch.dict("os.environ", {"VAMBE_MOCK_DIALECT": str(file), "VAMBE_MOCK_STAGE_FILTER": "active_ticket"}):
        spoken = settings_from({"fractional_days": True}, (), print).spoken()
    assert (spoken.dialect.fractional_days, spoken.dialect.stage_filter) == (True, "active_ticket")
    assert {rule.slug: rule.grade for rule in spoken.rules} == {
        "days-may-be-fractional": "switch",
        "stage-of-active-ticket": "switch",
    }
    assert Settings(dialect=file, expand_current_stage=True).spoken().dialect.expand_current_stage


def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    """What is wrong is told before anything is served, with the option's name."""
    file = tmp_path / "vambe.toml"
    with pytest.raises(SettingsError, match=r"--dialect .*vambe.toml: no such file or directory"):
        Settings(dialect=file).checked()
    file.write_text("[rules.x]")
    with pytest.raises(SettingsError, match=r"--dialect .*vambe.toml: dialect.format is missing"):
        VambeMock(dialect=file).start()


def test_a_worker_speaks_the_dialect_that_the_command_was_started_with(tmp_path: Path) -> None:
    """What became of the file since does not matter to a worker that is started later."""
    file = tmp_path / "vambe.toml"
    file.write_text(toml({"default-limit": 1}))
    text = Settings(dialect=file, quiet=True, now=AT_ANCHOR).checked().to_json()
    file.unlink()
    spoken = create_app(DATA, Settings.from_json(text))
    assert len(json.loads(ask(spoken, "days=1").body)) == 1


def test_a_reset_goes_back_to_the_dialects_finer_instants() -> None:
    """Finer instants that the dialect has are there again after they were switched off."""
    spoken = app({"finer-instants": True})
    query = "updated_after=2026-03-01T12:00:00Z&limit=1"
    assert ask(spoken, query).body != b"[]"
    control(spoken, "PUT", "/settings", {"finer_instants": False})
    assert ask(spoken, query).body == b"[]"
    control(spoken, "POST", "/reset")
    assert ask(spoken, query).body != b"[]"


def test_over_http_a_server_speaks_its_dialect(start_server: StartServer, tmp_path: Path) -> None:
    """The process, its banner, the endpoint's quick road and usual road, and ``/__admin/dialect``."""
    rules = {
        "default-limit": 3,
        "order": {"days": "id descending"},
        "response-headers": {"x-powered-by": "Express", "content-type": "application/json"},
        "timestamps": {"digits": 0},
        "unauthorized": {"status": 403},
    }
    file = tmp_path / "vambe.toml"
    file.write_text(toml(rules) + '[open.order-ties]\nneeds = "two equal instants"\n')
    server = start_server(
        "--fixture", "tiny", "--dialect", str(file), "--now", "2026-01-31T09:30:00Z", "--no-fractional-days"
    )
    assert f"dialect   {file}, 5 rules measured on 2026-11-28" in server.log()
    quick = server.get("days=365")
    usual = client.get(
        f"{server.url}/api/public/contacts?days=365", headers={"x-api-key": "test-key", "origin": "http://a.example"}
    )
    assert quick.content == usual.content
    assert dict(quick.headers) == dict(usual.headers) | {"date": quick.headers["date"]}
    assert (quick.headers["x-powered-by"], quick.headers["content-type"]) == ("Express", "application/json")
    ids = [one["id"] for one in quick.json()]
    assert (len(ids), ids) == (3, sorted(ids, reverse=True))
    assert quick.json()[0]["created_at"].endswith("Z")
    assert "." not in quick.json()[0]["created_at"]
    assert client.get(f"{server.url}/api/public/contacts?days=1").status_code == 403
    assert server.get("days=1.5").status_code == 400
    told = client.get(f"{server.url}/__admin/dialect").json()
    assert (told["file"], told["made_on"]) == (str(file), "2026-11-28")
    assert {one["slug"]: one["grade"] for one in told["rules"]} == {
        **dict.fromkeys(rules, "measured"),
        "days-may-be-fractional": "switch",
    }
    assert told["open"] == {"order-ties": "two equal instants"}


def test_an_organisation_made_later_speaks_it_too() -> None:
    """Organisations that are added have the dialect of the server."""
    spoken = app({"default-limit": 2})
    key = json.loads(control(spoken, "POST", "/organisations", {}).body)["key"]
    assert len(json.loads(ask(spoken, "days=1", headers=((b"x-api-key", key.encode()),)).body)) == 2


def test_settings_are_kept_whole() -> None:
    """Settings with a dialect go to a worker and come back as they were."""
    settings = replace(Settings(), dialect=Path("vambe.toml"), dialect_text="", given=("fractional_days",))
    assert Settings.from_json(settings.to_json()) == settings
