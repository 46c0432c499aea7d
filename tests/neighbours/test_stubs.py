"""Stubs: fixed answers at other paths, from a file, over the admin API, in an organisation of each test's own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from asgi import KEY, Reply, ask, control
from commands import refused
from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations import stubs as rules
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings

TICKET = {"path": "/api/public/ticket/{id}", "body": {"id": "7", "ñ": [1, None]}}


def serve(**options: Any) -> Application:
    """An application with a contact, its clock frozen."""
    return create_app(from_document(document(contact(1))), Settings(now=AT_ANCHOR, quiet=True, **options))


def told(reply: Reply, status: int = 200) -> Any:
    """The JSON of *reply*, which must have *status*."""
    assert reply.status == status, reply.body
    return json.loads(reply.body)


def stub(app: Application, **rule: Any) -> int:
    """Add a stub; its number."""
    number: int = told(control(app, "POST", "/stubs", {"path": "/api/x", **rule}), 201)["id"]
    return number


def test_a_stub_answers_as_it_says() -> None:
    """Status, headers, a body of JSON, of text or none; the path in any of the endpoint's forms (`stubbed-paths`)."""
    app = serve()
    stub(app, **TICKET)
    for path in (b"/api/public/ticket/7", b"/API/public/Ticket/%7Bx%7D/"):
        reply = ask(app, path=path)
        assert (reply.status, reply.body.decode()) == (200, '{"id":"7","ñ":[1,null]}')
        assert reply.headers == {"content-type": "application/json; charset=utf-8", "content-length": "24"}
    for path in (b"/api/public/ticket", b"/api/public/ticket/", b"/api/public/ticket/7/8", b"/api/public/ticket//"):
        assert ask(app, path=path).status == 404
    head = ask(app, path=b"/api/public/ticket/7", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "24")

    stub(app, path="/api/made", method="post", status=201, body="ok", headers={"Location": "/api/made/7"})
    made = ask(app, path=b"/api/made", method="POST", body=b'{"name": "x"}')
    assert (made.status, made.body, made.headers["location"]) == (201, b"ok", "/api/made/7")
    assert made.headers["content-type"] == "text/plain; charset=utf-8"
    assert ask(app, path=b"/api/made").status == 404

    stub(app, path="/api/page", body="<p>", headers={"content-Type": "text/html"})
    assert ask(app, path=b"/api/page").headers == {"content-type": "text/html", "content-length": "3"}
    stub(app, path="/api/null", body=None)
    assert ask(app, path=b"/api/null").body == b"null"
    stub(app, path="/api/gone", status=204)
    assert ask(app, path=b"/api/gone") == (204, {}, b"")


def test_a_query_narrows_a_stub() -> None:
    """Its parameters must be there, with the values said, or any where null stands (`stubbed-paths`)."""
    app = serve()
    stub(app, query={"page": "2", "size": None}, body=2)
    assert ask(app, "size=&page=2&more=1", path=b"/api/x").body == b"2"
    for query in ("page=2", "page=1&size=3", ""):
        assert ask(app, query, path=b"/api/x").status == 404


def test_a_stub_is_behind_the_key() -> None:
    """401 without a right key at a path that somebody has stubbed; 404 at any other, and for a key without it."""
    app = serve()
    key = told(control(app, "POST", "/organisations", {}), 201)["key"]
    told(control(app, "POST", "/stubs", {"path": "/api/x", "query": {"a": None}}, key=key), 201)
    mine = ((b"x-api-key", key.encode()),)
    for headers in ((), ((b"x-api-key", b"wrong"),), (*KEY, *mine)):
        assert ask(app, path=b"/api/x", headers=headers).status == 401
        assert ask(app, path=b"/api/y", headers=headers).status == 404
        assert ask(app, path=b"/api/x", method="POST", headers=headers).status == 404
    assert ask(app, "a=1", path=b"/api/x", headers=mine).status == 200
    assert ask(app, "a=1", path=b"/api/x").status == 404


def test_the_last_one_added_answers() -> None:
    """So a test overrules a file, and a particular stub a general one (`stubbed-paths`)."""
    app = serve()
    first = stub(app, path="/api/{a}/{b}", body=1)
    second = stub(app, path="/api/ticket/{b}", body=2)
    assert [ask(app, path=path).body for path in (b"/api/ticket/7", b"/api/other/7")] == [b"2", b"1"]
    control(app, "DELETE", f"/stubs/{second}")
    assert ask(app, path=b"/api/ticket/7").body == b"1"
    listed = told(control(app, "GET", "/stubs"))
    assert [(one["id"], one["matched"]) for one in listed] == [(first, 2)]


def test_stubs_are_listed_replaced_and_removed() -> None:
    """A replaced stub keeps its number and its place; a reset takes them all away (`stubbed-paths`)."""
    app = serve()
    first, second = stub(app, body=1), stub(app, body=2)
    assert told(control(app, "PUT", f"/stubs/{first}", {"path": "/api/x", "body": "one"}))["rule"]["body"] == "one"
    assert ask(app, path=b"/api/x").body == b"2"
    assert told(control(app, "PUT", f"/stubs/{second}", {"path": "/api/y"}))["id"] == second
    assert ask(app, path=b"/api/x").body == b"one"
    assert told(control(app, "GET", f"/stubs/{first}")) == {
        "id": first,
        "rule": {"path": "/api/x", "body": "one"},
        "matched": 1,
        "bytes": 3,
    }
    assert told(control(app, "PUT", "/stubs/7", {"path": "/api/z"}))["id"] == 7
    assert stub(app) == 8
    assert "no stub 9" in told(control(app, "GET", "/stubs/9"), 404)["detail"]
    assert told(control(app, "DELETE", "/stubs")) == {"removed": 4}
    stub(app)
    control(app, "POST", "/reset")
    assert told(control(app, "GET", "/stubs")) == []
    assert ask(app, path=b"/api/x").status == 404


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, 'path: missing; wanted a path below /api/, like "/api/public/ticket/{id}"'),
        ({"path": "/other"}, 'path: "/other"; a stub\'s path is below /api/'),
        ({"path": "/api/"}, "wanted one like /api/public/ticket/{id}"),
        ({"path": "/api/a//b"}, "wanted one like /api/public/ticket/{id}"),
        ({"path": "/api/a?b=1"}, "wanted one like /api/public/ticket/{id}"),
        ({"path": "/api/a{id}"}, "wanted one like /api/public/ticket/{id}"),
        ({"path": "/API/Public/Contacts/"}, "wanted one like /api/public/ticket/{id}"),
        ({"path": "/api/Public/Contacts/"}, "the mock answers /api/public/contacts itself; wanted another path"),
        ({"path": "/api/public/contact/{id}/info"}, "itself; wanted another path, or --no-neighbours"),
        ({"path": "/api/public/pipeline", "method": "POST"}, "the mock answers /api/public/pipeline itself"),
        ({"status": 99}, "status: 99"),
        ({"status": "200"}, 'status: "200"; wanted a whole number, without quotes'),
        ({"status": 204, "body": 1}, "an answer of status 204 has no body"),
        ({"body": 1, "file": "x"}, "body and file are two bodies"),
        ({"file": "x.json"}, "file: a file is read only for a stub in the file of --stubs"),
        ({"headers": {"Content-Length": "1"}}, "the server writes Content-Length itself"),
        ({"headers": {"a b": "1"}}, "no header can be so"),
        ({"headers": {"A": "1\r\nB: 2"}}, "no header can be so"),
        ({"query": {"page": 2}}, "query.page: 2; wanted a text"),
        ({"method": "TRACE"}, 'method: "TRACE"'),
        ({"delay": 601}, "delay: 601"),
        ({"bodi": 1}, 'bodi: no such field; did you mean "body"?'),
    ],
)
def test_a_stub_that_cannot_be_is_refused(rule: dict[str, Any], problem: str) -> None:
    """One line with what came and what is wanted, 422, and nothing is changed (`stubbed-paths`)."""
    app = serve()
    sent = {"path": "/api/x", **rule} if rule else {}
    assert problem in told(control(app, "POST", "/stubs", sent), 422)["detail"]
    assert told(control(app, "GET", "/stubs")) == []


def test_stubs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number, and the bytes of their bodies (`stubbed-paths`)."""
    app = serve()
    monkeypatch.setattr(rules, "MOST", 2)
    monkeypatch.setattr(rules, "MOST_BYTES", 10)
    number = stub(app, body="123456")
    assert (
        "more than 10 bytes" in told(control(app, "POST", "/stubs", {"path": "/api/y", "body": "12345"}), 409)["detail"]
    )
    assert control(app, "PUT", f"/stubs/{number}", {"path": "/api/x", "body": "1234567890"}).status == 200
    assert control(app, "PUT", f"/stubs/{number}", {"path": "/api/x", "body": "1234567890x"}).status == 409
    stub(app)
    assert "2 stubs, which is the limit" in told(control(app, "POST", "/stubs", {"path": "/api/y"}), 409)["detail"]


def test_stubs_meet_faults_and_are_recorded() -> None:
    """Where a fault or a trigger names their path; the record tells which stub answered (`neighbours-apart`)."""
    app = serve()
    stub(app, path="/api/public/ticket/{id}", method="PUT", body=1)
    control(
        app,
        "POST",
        "/faults",
        {"effect": {"kind": "status", "status": 503}, "match": {"path": "*/ticket/*", "first": 1}},
    )
    control(app, "POST", "/faults", {"effect": {"kind": "empty_body"}})
    changes = [{"do": "change", "contact": contact(1)["id"], "fields": {"name": "Changed"}}]
    control(app, "POST", "/triggers", {"nth": 2, "match": {"path": "*/ticket/7"}, "changes": changes})
    asked = [ask(app, path=b"/api/public/ticket/7", method="PUT") for _ in range(2)]
    assert [(one.status, one.body) for one in asked][1] == (200, b"1")
    assert asked[0].status == 503
    assert told(control(app, "GET", f"/contacts/{contact(1)['id']}"))["name"] == "Changed"
    listed = told(control(app, "GET", "/requests?path=*/ticket/*&method=put"))["requests"]
    assert [(one["status"], one["message"]) for one in listed] == [(200, "stub 1"), (503, "as fault 1 asked for")]


def test_pages_may_ask_stubs_too() -> None:
    """With ``--cors``: the preflight allows the method that the stub has, and no page that is not allowed asks."""
    app = serve(cors=("http://here",))
    stub(app, method="PUT", body=1)

    def preflight(path: bytes, method: bytes, origin: bytes = b"http://here") -> Reply:
        headers = [(b"origin", origin), (b"access-control-request-method", method)]
        return ask(app, path=path, method="OPTIONS", headers=headers)

    assert preflight(b"/api/x", b"PUT").headers["access-control-allow-methods"] == "PUT"
    assert preflight(b"/api/public/pipeline", b"GET").headers["access-control-allow-methods"] == "GET, HEAD"
    assert preflight(b"/api/x", b"DELETE").status == 404
    assert preflight(b"/api/x", b"PUT", b"http://elsewhere").status == 404
    answered = ask(app, path=b"/api/x", method="PUT", headers=[*KEY, (b"origin", b"http://here")])
    assert (answered.body, answered.headers["access-control-allow-origin"]) == (b"1", "http://here")


JSON_STUBS = """[
  {"path": "/api/public/ticket/{id}", "body": {"day": "2026-01-31", "open": true}},
  {"method": "POST", "path": "/api/public/ticket", "status": 201, "file": "answers/made.json", "headers": {"X-A": "1"}}
]"""
YAML_STUBS = """
- path: /api/public/ticket/{id}
  body: {day: 2026-01-31, open: yes}
- method: POST
  path: /api/public/ticket
  status: 201
  file: answers/made.json
  headers: {X-A: "1"}
"""


@pytest.mark.parametrize(
    ("name", "text"), [("stubs.json", JSON_STUBS), ("stubs.yaml", YAML_STUBS), ("s.YML", YAML_STUBS)]
)
def test_a_file_of_stubs_in_json_and_yaml(tmp_path: Path, name: str, text: str) -> None:
    """Every organisation begins with them; a date in YAML is a text. A reset brings them back (`stubbed-paths`)."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "made.json").write_bytes(b'{"id":   "7"}\n')
    (tmp_path / name).write_text(text, encoding="utf-8")
    app = serve(stubs=tmp_path / name)
    key = told(control(app, "POST", "/organisations", {}), 201)["key"]
    told(control(app, "DELETE", "/stubs"))
    assert ask(app, path=b"/api/public/ticket/7").status == 404
    control(app, "POST", "/reset")
    for headers in (KEY, ((b"x-api-key", key.encode()),)):
        ticket = ask(app, path=b"/api/public/ticket/7", headers=headers)
        assert ticket.body == b'{"day":"2026-01-31","open":true}'
        made = ask(app, path=b"/api/public/ticket", method="POST", headers=headers)
        assert (made.status, made.body, made.headers["x-a"]) == (201, b'{"id":   "7"}\n', "1")
        assert made.headers["content-type"] == "application/json; charset=utf-8"


def test_the_file_of_the_guide(tmp_path: Path) -> None:
    """The example of docs/stubs.md can be served, and answers as it says (`stubbed-paths`)."""
    guide = (Path(__file__).parents[2] / "docs" / "stubs.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "stubs.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "customer.json").write_text("{}", encoding="utf-8")
    app = serve(stubs=tmp_path / "stubs.yaml")
    assert told(ask(app, path=b"/api/public/ticket/7"))["status"] == "open"
    assert ask(app, path=b"/api/public/customer/upsert/info", method="POST").status == 201
    slow = ask(app, "expand=true", path=b"/api/public/ticket/7")
    assert (slow.status, slow.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("stubs.json", "{}", 'no list; wanted one like [{"path": "/api/public/ticket/{id}", "body": {"id": "7"}}]'),
        ("stubs.json", "[", "not JSON: "),
        ("stubs.json", '[{"path": "/api/x", "body": NaN}]', "not JSON: "),
        ("stubs.json", '[{"path": "/api/x", "body": "\\ud800"}]', "not JSON: "),
        ("stubs.yaml", "- path: [", "not YAML: line 1: "),
        ("stubs.yaml", "- &a {path: /api/x}\n- *a", "not YAML: line 2: a reference to another value"),
        ("stubs.yaml", "- {path: /api/x, body: .nan}", "stub 1, body: no JSON can have it"),
        ("stubs.yaml", "- {path: /api/x, body: !!set {a}}", "stub 1, body: no JSON can have it"),
        ("stubs.toml", "", "unknown file type; wanted .json, .yaml or .yml"),
        (
            "stubs.json",
            '[{"path": "/api/x"}, {"path": "/api/y", "statos": 1}]',
            "stub 2, statos: no such field; did you mean",
        ),
        ("stubs.json", '[{"path": "/api/public/contacts"}]', "stub 1, /api/public/contacts: the mock answers"),
        ("stubs.json", '[{"path": "/api/x", "file": "answer.json"}]', "stub 1, file answer.json: no such file"),
        ("stubs.json", '[{"path": "/api/x", "file": "."}]', "stub 1, file .: is a directory"),
        ("stubs.json", "[7]", "stub 1: 7; wanted an object"),
    ],
)
def test_a_file_that_will_not_do_is_one_line(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """It names the file, the stub, what came and what is wanted (`stubbed-paths`)."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        serve(stubs=tmp_path / name)
    assert str(error.value).startswith(f"--stubs {tmp_path / name}: ")
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_exit_code_2(tmp_path: Path) -> None:
    """Before anything is served (`one-line-errors`)."""
    line = refused("serve", "--fixture", "tiny", "--port", "0", "--stubs", tmp_path / "stubs.json")
    assert "stubs.json: no such file or directory; wanted a file that can be read" in line


@pytest.mark.parametrize(
    "name", ["../beside.json", "/etc/hostname", "answers/../../beside.json", "link.json", "linked/beside.json"]
)
def test_a_body_from_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    """A body lies in the folder of the stub file or below it; links do not lead out (`stubbed-paths`)."""
    folder = tmp_path / "stubs"
    folder.mkdir()
    (tmp_path / "beside.json").write_text("1", encoding="utf-8")
    (folder / "link.json").symlink_to(tmp_path / "beside.json")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "stubs.json").write_text(json.dumps([{"path": "/api/x", "file": name}]), encoding="utf-8")
    with pytest.raises(SettingsError, match="outside the folder of the stub file"):
        serve(stubs=folder / "stubs.json")


def test_without_neighbours_their_paths_can_be_stubbed(tmp_path: Path) -> None:
    """A stub takes the place of a neighbour that is switched off (`stubbed-paths`)."""
    (tmp_path / "stubs.json").write_text('[{"path": "/api/public/pipeline", "body": []}]', encoding="utf-8")
    app = serve(stubs=tmp_path / "stubs.json", neighbours=False)
    assert ask(app, path=b"/api/public/pipeline").body == b"[]"
    assert stub(app, path="/api/public/contacts/search") == 2
