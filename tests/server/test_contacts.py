"""The answer: its shape, its headers, HEAD, the forms of the path, and large answers in pieces."""

import asyncio
import json
import re
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from asgi import KEY, PATH, ask
from reference import WIRE_FIELDS
from small_data import AT_ANCHOR, LEADS, NEW, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings
from vambe_mock.store.wire import PIECE

FIELDS = list(WIRE_FIELDS)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
EVERYTHING = "created_after=0000-01-01T00:00:00Z"


def small(*contacts: dict[str, Any], **options: Any) -> Any:
    """An application with *contacts*, its clock frozen at their anchor."""
    return create_app(from_document(document(*contacts)), Settings(now=AT_ANCHOR, quiet=True, **options))


def test_bare_array(app: ASGIApp) -> None:
    """200 is a bare JSON array, compact, in UTF-8 (`bare-array`)."""
    reply = ask(app, "days=30&limit=3")
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert reply.headers["content-length"] == str(len(reply.body))
    assert len(json.loads(reply.body)) == 3
    assert reply.body == json.dumps(json.loads(reply.body), ensure_ascii=False, separators=(",", ":")).encode()


def test_bare_array_when_nothing_matches(app: ASGIApp) -> None:
    """No contacts are an empty array (`bare-array`, `unknown-stage-or-pipeline`)."""
    assert ask(app, "days=30&stage_id=ffffffff-ffff-ffff-ffff-ffffffffffff").body == b"[]"


def test_contact_fields(app: ASGIApp) -> None:
    """Every contact has the fifteen fields, always all of them, in the document's order (`contact-fields`)."""
    contacts = json.loads(ask(app, EVERYTHING).body)
    assert len(contacts) == 1000
    for one in contacts:
        assert list(one) == FIELDS
        assert one["active_ticket_v2"] is None or list(one["active_ticket_v2"]) == ["id", "current_stage_id"]


def test_contact_fields_are_the_documents(document: dict[str, Any]) -> None:
    """The fields and their order are the OpenAPI document's (`contact-fields`)."""
    answer = document["paths"]["/api/public/contacts"]["get"]["responses"]["200"]
    assert list(answer["content"]["application/json"]["schema"]["items"]["properties"]) == FIELDS


def test_contact_fields_never_show_what_the_wire_hides(app: ASGIApp) -> None:
    """Custom fields filter, and are never sent (`contact-fields`)."""
    assert b"custom_fields" not in ask(app, "days=365&custom_field_key=status&custom_field_value=Active").body


def test_nullable_fields(app: ASGIApp) -> None:
    """The seven fields that may be null are so somewhere in the default set, and no other is (`nullable-fields`)."""
    contacts = json.loads(ask(app, EVERYTHING).body)
    null = {name for one in contacts for name, value in one.items() if value is None}
    null |= {f"active_ticket_v2.{k}" for c in contacts for k, v in (c["active_ticket_v2"] or {}).items() if v is None}
    assert null == {
        "phone",
        "email",
        "ai_customer_id",
        "default_stage_id",
        "active_ticket_v2",
        "active_ticket_v2.current_stage_id",
        "last_message_at",
    }


def test_timestamps(app: ASGIApp) -> None:
    """Every instant is UTC with three fraction digits and Z (`timestamps`)."""
    for one in json.loads(ask(app, EVERYTHING).body):
        for name in ("created_at", "updated_at", "last_message_at"):
            assert one[name] is None or TIMESTAMP.fullmatch(one[name])


def test_timestamps_are_rewritten_from_any_form() -> None:
    """A data set may write instants in any form of the vendor's syntax; the wire has one (`timestamps`)."""
    app = small(contact(1, created_at="2026-01-01T00:00-03:00", updated_at="2026-01-01T00:00:00.0019Z"))
    (sent,) = json.loads(ask(app, EVERYTHING).body)
    assert (sent["created_at"], sent["updated_at"]) == ("2026-01-01T03:00:00.000Z", "2026-01-01T00:00:00.001Z")


def test_platforms_and_chat_statuses(app: ASGIApp) -> None:
    """The default set has the nine platforms and the statuses that the vendor names (`platforms`, `chat-statuses`)."""
    contacts = json.loads(ask(app, EVERYTHING).body)
    assert {one["platform"] for one in contacts} == {
        "whatsapp",
        "web-whatsapp",
        "instagram",
        "webchat",
        "sms",
        "messenger",
        "tiktok",
        "voice",
        "playground",
    }
    assert {one["chat_status"] for one in contacts} == {"UNATTENDED", "ATTENDED", "CLOSED"}


def test_phone_format(app: ASGIApp) -> None:
    """Phones are E.164 with a plus; the edge cases have one of bare digits (`phone-format`)."""
    phones = [one["phone"] for one in json.loads(ask(app, EVERYTHING).body) if one["phone"]]
    assert all(re.fullmatch(r"\+?[1-9][0-9]{6,14}", phone, re.ASCII) for phone in phones)
    bare = [phone for phone in phones if not phone.startswith("+")]
    assert 0 < len(bare) < len(phones) / 20


def test_text_goes_out_as_javascript_writes_it() -> None:
    """Quotes and control characters are escaped, everything else is itself in UTF-8 (`bare-array`)."""
    name = 'Zoë "Z" \\ / 😀 \u2028 محمد \x7f \x1f \t\n'
    body = ask(small(contact(1, name=name)), "days=1").body
    written = '"name":"Zoë \\"Z\\" \\\\ / 😀 \u2028 محمد \x7f \\u001f \\t\\n"'
    assert written.encode() in body


@pytest.mark.parametrize(("query", "status"), [("days=30", 200), ("days=0", 400), ("days=30&limit=1", 200)])
def test_head_answers_like_get_without_a_body(app: ASGIApp, query: str, status: int) -> None:
    """HEAD has GET's status and headers, and no body (`head-like-get`)."""
    got, head = ask(app, query), ask(app, query, method="HEAD")
    assert (head.status, head.headers, head.body) == (status, got.headers, b"")


PATHS = [
    ("as documented", b"/api/public/contacts", 200),
    ("a slash after it", b"/api/public/contacts/", 200),
    ("capitals", b"/API/Public/CONTACTS", 200),
    ("two slashes after it", b"/api/public/contacts//", 404),
    ("two slashes before it", b"//api/public/contacts", 404),
    ("a letter encoded", b"/api/public/%63ontacts", 404),
    ("more behind it", b"/api/public/contacts/1", 404),
    ("something before it", b"/v1/api/public/contacts", 404),
]


@pytest.mark.parametrize(("path", "status"), [row[1:] for row in PATHS], ids=[row[0] for row in PATHS])
def test_path_forms(app: ASGIApp, path: bytes, status: int) -> None:
    """The path may have one slash after it and capitals in it, and nothing else (`path-forms`)."""
    assert ask(app, "days=1", path=path).status == status


def test_unknown_parameters_are_named_in_a_header(app: ASGIApp) -> None:
    """What the endpoint does not know changes nothing, and a header names it (`unknown-parameters`)."""
    plain, more = ask(app, "days=30"), ask(app, "days=30&Limit=1&a%0D%0Ab=2&days[]=3")
    assert more.body == plain.body
    assert more.headers["x-mock-ignored-parameters"] == "Limit, a%0D%0Ab, days[]"
    assert "x-mock-ignored-parameters" not in plain.headers


def test_unknown_parameters_are_named_when_the_rest_is_refused(app: ASGIApp) -> None:
    """A typo in the only time filter is a 400, and the header shows why (`unknown-parameters`)."""
    assert ask(app, "day=30").headers["x-mock-ignored-parameters"] == "day"
    assert ask(app, "days=0&Limit=5").headers["x-mock-ignored-parameters"] == "Limit"
    assert "x-mock-ignored-parameters" not in ask(app, "day=30", headers=()).headers


def test_unknown_parameters_without_end_are_cut(app: ASGIApp) -> None:
    """However many they are, and long, the header is short and says that there are more (`unknown-parameters`)."""
    many = ask(app, "days=30&" + "&".join(f"p{n}=1" for n in range(500))).headers["x-mock-ignored-parameters"]
    assert many.startswith("p0, p1, p2, ")
    assert many.endswith(", ...")
    long = ask(app, "days=30&" + "&".join("%C3%A9" * 3_000 + str(n) for n in range(3))).headers[
        "x-mock-ignored-parameters"
    ]
    assert len(many) < 1_100
    assert len(long) < 400
    assert ask(app, "days=30&=5").headers["x-mock-ignored-parameters"] == '""'


def test_mock_headers_tell_how_many_match(app: ASGIApp) -> None:
    """X-Mock-Matched counts the contacts before offset and limit (`mock-headers`)."""
    matched = int(ask(app, "days=30&limit=1").headers["x-mock-matched"])
    assert matched == len(json.loads(ask(app, "days=30").body))


def test_mock_headers_can_be_turned_off() -> None:
    """Without mock headers nothing in the answer tells a mock (`mock-headers`)."""
    headers = ask(small(contact(1), mock_headers=False), "days=30&foo=1").headers
    assert set(headers) == {"content-type", "content-length"}


def test_current_stage_expanded_by_its_switch() -> None:
    """With the switch and a pipeline_id, the ticket has its stage; without either, not (`current-stage-expanded`)."""
    rows = [contact(1, stage=NEW)]
    ticket = json.loads(ask(small(*rows, expand_current_stage=True), f"days=1&pipeline_id={LEADS}").body)[0][
        "active_ticket_v2"
    ]
    assert ticket["current_stage"] == {"id": NEW, "name": "New"}
    assert list(ticket) == ["id", "current_stage_id", "current_stage"]
    assert b"current_stage" + b'":{' not in ask(small(*rows, expand_current_stage=True), "days=1").body
    assert b"current_stage" + b'":{' not in ask(small(*rows), f"days=1&pipeline_id={LEADS}").body


def test_large_answers_go_out_in_pieces() -> None:
    """More contacts than a piece holds are sent bit by bit, and are the same bytes together (`large-answers`)."""
    rows = [contact(number) for number in range(2 * PIECE + 1)]
    app = small(*rows)
    sent: list[Message] = []
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": PATH,
        "path": PATH.decode(),
        "query_string": b"days=1",
        "headers": list(KEY),
    }

    async def receive() -> Message:
        raise AssertionError("a GET has no body to read")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    pieces = [message["body"] for message in sent if message["type"] == "http.response.body"]
    length = dict(sent[0]["headers"])[b"content-length"]
    assert len(pieces) == 3
    assert max(map(len, pieces)) < 0.5 * int(length)
    assert int(length) == sum(map(len, pieces))
    assert [one["id"] for one in json.loads(b"".join(pieces))] == [one["id"] for one in rows]


def test_nothing_is_cached(app: ASGIApp) -> None:
    """No answer carries an ETag or a cache header (`nothing-cached`)."""
    assert not {"etag", "cache-control", "last-modified", "x-powered-by"} & set(ask(app, "days=30").headers)
