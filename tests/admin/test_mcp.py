"""The tools for coding agents, driven by the SDK's own client over both transports (`tools-for-agents`)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest

from commands import refused
from vambe_mock import VambeMock
from vambe_mock.testing.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mcp.client.stdio import StdioServerParameters

PLAIN = ("search_rules", "ask_endpoint", "list_contacts", "add_contacts", "change_contact", "delete_contacts",
         "add_message", "change_ticket", "manage_data", "set_clock", "manage_faults", "manage_triggers",
         "check_requests")  # fmt: skip
STDIO = ("generate_data", "check_target", "sync_check")
ID = "df980fc8-b6db-4820-bf22-2969482d106d"


@pytest.fixture(scope="module")
def mock() -> Iterator[VambeMock]:
    """A server whose tools are asked over HTTP."""
    with VambeMock(fixture="tiny") as mock:
        yield mock


@pytest.fixture
def server(mock: VambeMock) -> str:
    """The address of its tools, everything as at the start."""
    mock.reset()
    return f"{mock.url}/__admin/mcp"


class Agent:
    """The SDK's client, one call after the other; a result is its JSON, a refusal its line."""

    def __init__(self, server: Any, mode: str = "auto") -> None:
        self.server, self.mode = server, mode
        self.about: dict[str, str | None] = {}

    def __call__(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """What each call returns."""
        from mcp import Client

        async def run() -> list[Any]:
            async with Client(self.server, mode=self.mode, read_timeout_seconds=120) as client:
                results: list[Any] = [await client.call_tool(*call) for call in calls]
                self.about = {one.name: one.description for one in (await client.list_tools()).tools}
            return [one.content[0].text if one.is_error else json.loads(one.content[0].text) for one in results]

        return anyio.run(run)


def stdio(*options: str) -> StdioServerParameters:
    """``vambe-mock mcp`` with *options*."""
    from mcp.client.stdio import StdioServerParameters

    words = ["-m", "vambe_mock", "mcp", "--fixture", "tiny", *options]
    return StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ))


def test_every_tool_over_http(server: str, mock: VambeMock) -> None:
    """Each does its work, which the endpoint's next answer shows (`tools-for-agents`)."""
    stage = "770e8400-e29b-41d4-a716-446655440002"
    results = Agent(server)(
        ("search_rules", {"text": "ties", "grade": "assumed"}),
        ("ask_endpoint", {"query": "/api/public/contacts?days=365&limit=2&foo=1", "why": ID, "rows": 1}),
        ("add_contacts", {"contacts": [{"name": "Ana"}, {}]}),
        ("change_contact", {"id": ID, "fields": {"name": "Eva"}}),
        ("add_message", {"id": ID}),
        ("change_ticket", {"action": "close", "id": ID}),
        ("change_ticket", {"action": "open", "id": ID, "stage_id": stage}),
        ("list_contacts", {"id": ID}),
        ("manage_data", {"action": "snapshot", "name": "a b/c"}),
        ("delete_contacts", {"ids": [ID]}),
        ("list_contacts", {"rows": 1, "pipelines": True}),
        ("manage_data", {"action": "restore", "name": "a b/c"}),
        ("set_clock", {"action": "advance", "by": {"days": -1}}),
        ("set_clock", {"action": "freeze", "at": "2026-01-31T09:30:00Z"}),
        ("manage_faults", {"action": "add", "fault": {"effect": {"kind": "status", "status": 503}}}),
        ("ask_endpoint", {"query": "days=1"}),
        ("manage_faults", {"action": "remove_all"}),
        ("manage_triggers", {"action": "add", "trigger": {"changes": [{"do": "add", "contact": {"name": "late"}}]}}),
        ("ask_endpoint", {"query": "created_after=2020-01-01T00:00:00Z", "rows": 0}),
        ("ask_endpoint", {"query": "created_after=2020-01-01T00:00:00Z", "rows": 0}),
        ("check_requests", {"contains": "created_after", "exactly": 2}),
        ("check_requests", {"rows": 1}),
        ("manage_data", {"action": "reset"}),
    )
    rules, asked, added, changed, _, _, _, read, *_ = results
    assert rules["count"] >= 1
    assert rules["rules"][0]["slug"] == "order-ties"
    assert (asked["status"], asked["returned"], len(asked["contacts"])) == (200, 2, 1)
    assert asked["ignored"] == ["foo"]
    assert [step["name"] for step in asked["steps"]][:1] == ["days"]
    assert asked["why"]["contact"] == ID
    assert added["count"] == 2
    assert changed["name"] == read["name"] == "Eva"
    assert read["active_ticket_v2"]["current_stage_id"] == stage
    one = results[10]
    assert (one["total"], len(one["contacts"])) == (13, 1)
    assert one["pipelines"]
    assert results[11]["contacts"] == 14
    assert results[13]["frozen"]
    assert (results[15]["status"], results[15]["faults"]) == (503, [results[14]["id"]])
    assert results[19]["returned"] == results[18]["returned"] + 1
    assert results[20]["expected"] is True
    assert results[21]["count"] == 4
    assert mock.admin("GET", f"/contacts/{ID}")["name"] == "John Doe"


OTHER = "00000000-0000-0000-0000-000000000000"
REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("search_rules", {"grade": "sure"}, 'grade: "sure"; wanted one of documented, reconciled, inferred,'),
    ("ask_endpoint", {}, "ask_endpoint needs query: The query string as a client sends it"),
    ("ask_endpoint", {"query": "d\u00edas=1 "}, 'query: "d\u00edas=1" is not percent-encoded; wanted d%C3%ADas=1'),
    ("ask_endpoint", {"query": "/api/public/pipeline?a=1"}, 'query: "/api/public/pipeline" is another path; wanted'),
    ("ask_endpoint", {"query": "days=1", "why": "x"}, 'why: "x"; wanted a UUID'),
    ("list_contacts", {"id": "../clock"}, 'id: "../clock"; wanted a UUID'),
    ("list_contacts", {"id": ""}, 'id: ""; wanted a UUID'),
    ("list_contacts", {"rows": 101}, "rows: 101; wanted 1 to 100"),
    ("list_contacts", {"rows": True}, "rows: true; wanted an integer"),
    ("add_contacts", {"contacts": [{}, {"platform": "fax"}]}, 'contacts[1].platform: "fax"; wanted one of whatsapp'),
    ("add_contacts", {"contacts": [{"id": ID}]}, f'a contact has the id "{ID}" already; change_contact changes it'),
    ("change_contact", {"id": "x", "fields": {}}, 'id: "x"; wanted a UUID'),
    ("change_contact", {"id": ID, "fields": {"nam": 1}}, 'fields.nam: no such field; did you mean "name"?'),
    ("change_contact", {"id": ID, "fields": None}, "fields: null; wanted an object"),
    ("delete_contacts", {"ids": []}, "ids: []; wanted at least one"),
    ("delete_contacts", {"ids": [ID, "x"]}, 'ids[1]: "x"; wanted a UUID'),
    ("add_message", {"id": ID, "message": {"direction": "up"}}, 'message.direction: "up"; wanted'),
    ("change_ticket", {"action": "open", "id": ID}, "the contact has an active ticket already; close it first"),
    ("change_ticket", {"action": "move", "id": ID}, "stage_id: missing; wanted a UUID"),
    ("change_ticket", {"action": "close", "id": ID, "stage_id": OTHER}, "close takes no stage_id; wanted it with open"),
    ("manage_data", {"action": "load", "document": {}}, "document: field format: missing; wanted"),
    ("manage_data", {"action": "restore"}, "restore needs name"),
    ("manage_data", {"action": "restore", "name": "no"}, 'there is no snapshot named "no"'),
    ("manage_data", {"action": "snapshot", "name": "x" * 101}, 'name: "xxx'),
    ("set_clock", {"acton": "read"}, "set_clock takes no acton (did you mean action?); wanted action, at, by"),
    ("set_clock", {}, "set_clock needs action: What to do"),
    ("set_clock", {"action": "stop"}, 'action: "stop"; wanted one of read, freeze, set, advance, run'),
    ("set_clock", {"action": "run", "at": "2026-01-31T09:30:00Z"}, "run takes no at; wanted it with freeze or set"),
    ("set_clock", {"action": "freeze", "at": "noon"}, 'at: "noon"; wanted an instant'),
    ("set_clock", {"action": "advance", "by": {"weeks": 1}}, "by.weeks: no such field; wanted one of: days"),
    ("manage_faults", {"action": "add", "fault": {"effect": {"kind": "status", "statu": 3}}},
     'fault.effect.statu: no such field in a status; did you mean "status"?'),
    ("manage_faults", {"action": "remove", "id": 99}, "there is no fault 99"),
    ("manage_triggers", {"action": "add", "trigger": {"changes": [{"do": "dance"}]}},
     'trigger.changes[0].do: "dance"; wanted one of add,'),
    ("check_requests", {"parameter": [3]}, "parameter[0]: 3; wanted a string"),
    ("check_requests", {"parameter": ["a"] * 101}, "parameter: "),
    ("check_requests", {"clear": True, "exactly": 1}, "clear takes no exactly"),
    ("check_requests", {"wait": 1}, "wait needs at_least"),
)  # fmt: skip


def test_a_refusal_names_the_argument_and_a_call_that_works(server: str) -> None:
    """Not a place in a request that the agent has not made; and what it shows after e.g. is done when it is called."""
    assert {name for name, _, _ in REFUSED} == set(PLAIN)
    said = Agent(server)(*[call[:2] for call in REFUSED])
    wrong = [(told, text) for (_, _, told), text in zip(REFUSED, said, strict=True) if not text.startswith(told)]
    assert wrong == []
    assert [text for text in said if re.search(r"\b(body|query\.|path\.)|__admin|PATCH|DELETE|\n", text)] == []
    shown = [text.partition("; e.g. ")[2].partition(" ") for text in said]
    reset = ("manage_data", {"action": "reset"})
    calls = [(name, json.loads(arguments)) for name, _, arguments in dict.fromkeys(shown)]
    done = Agent(server)(*[one for call in calls for one in (reset, call)])
    assert [text for text in done if isinstance(text, str)] == []
    assert Agent(server)(("dance", {}))[0].startswith("no tool 'dance'; wanted one of search_rules, ")


def test_an_example_is_about_what_is_there(server: str, mock: VambeMock) -> None:
    """With no contact it adds one; with a fault and a snapshot it removes them; it fits a contact without a ticket."""
    agent = Agent(server)
    mock.admin("DELETE", "/contacts", all="true")
    assert agent(("add_message", {"id": ID}))[0].partition("; e.g. ")[2].startswith("add_contacts {")
    made = mock.admin("POST", "/contacts", {"name": "Ana"})["id"]
    mock.admin("PUT", "/snapshots/mine")
    fault = mock.admin("POST", "/faults", {"effect": {"kind": "status", "status": 503}})["id"]
    said = agent(
        ("change_ticket", {"action": "close", "id": made}),
        ("manage_faults", {"action": "remove"}),
        ("manage_data", {"action": "restore", "name": "no"}),
    )
    shown = [json.loads(text.partition("; e.g. ")[2].partition(" ")[2]) for text in said]
    assert (shown[0]["action"], shown[0]["id"]) == ("open", made)
    assert shown[1:] == [{"action": "remove", "id": fault}, {"action": "restore", "name": "mine"}]
    results = agent(("change_ticket", shown[0]), ("manage_data", {"action": "remove", "name": "mine"}))
    assert results[0]["active_ticket_v2"]["current_stage_id"] == shown[0]["stage_id"]
    assert "mine" not in [one["name"] for one in mock.admin("GET", "/snapshots")]


def test_requests_are_found_by_all_that_the_tool_takes(server: str, mock: VambeMock) -> None:
    """By method and by path, a neighbour's and a stranger's too, whose record is cleared by itself."""
    for path in ("pipeline", "nothing"):
        httpx2.get(f"{mock.url}/api/public/{path}", headers={"x-api-key": mock.api_key})
    found = Agent(server)(
        ("ask_endpoint", {"query": f"{mock.url}/api/public/contacts?days=1"}),
        ("check_requests", {"method": "get"}),
        ("check_requests", {"path": "*/pipeline", "exactly": 1}),
        ("check_requests", {"strangers": True, "path": "*/nothing"}),
        ("check_requests", {"strangers": True, "clear": True}),
        ("check_requests", {"path": "*"}),
    )
    assert [one["count"] for one in (*found[1:4], found[5])] == [1, 1, 1, 2]
    assert found[4]["cleared"] >= 1


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
def test_old_and_new_protocols(server: str, mode: str) -> None:
    """With a handshake (2025-11-25) and without one (2026-07-28), tools, resources and prompts are the same."""
    from mcp import Client
    from mcp.shared.exceptions import MCPError

    async def run() -> tuple[Any, Any, Any, Any]:
        async with Client(server, mode=mode) as client:
            tools, client_version = (await client.list_tools()).tools, client.protocol_version
            texts = (await client.list_resources()).resources
            contents: list[Any] = [(await client.read_resource(one.uri)).contents[0] for one in texts]
            read = [one.text for one in contents]
            prompts = (await client.list_prompts()).prompts
            named = {one.name: {each.name: "Go" for each in one.arguments or ()} for one in prompts}
            got: list[Any] = [
                (await client.get_prompt(name, given)).messages[0].content for name, given in named.items()
            ]
            said = [one.text for one in got]
            with pytest.raises(MCPError, match="needs language"):
                await client.get_prompt("write_sync_client", {})
            with pytest.raises(MCPError, match=r"no resource .*wanted one of"):
                await client.read_resource("vambe-mock://nothing")
        return tools, read, said, client_version

    tools, read, said, version = anyio.run(run)
    assert tuple(tool.name for tool in tools) == PLAIN
    assert len(tools) + len(STDIO) <= 16
    assert all(tool.description and tool.annotations and tool.input_schema["type"] == "object" for tool in tools)
    assert {tool.name for tool in tools if tool.annotations.read_only_hint} == {"search_rules", "list_contacts"}
    assert sum(len(tool.model_dump_json()) for tool in tools) < 40_000
    assert [
        text in one for text, one in zip(("openapi: 3", "### order-ties", "VAMBE_SYNC_DIR"), read, strict=True)
    ] == [True] * 3
    assert all("Go" in text and "{language}" not in text for text in said)
    assert version == ("2025-11-25" if mode == "legacy" else "2026-07-28")


def test_the_guard_is_before_the_tools(server: str) -> None:
    """A page of another origin is refused, and a token is asked for where there is one."""
    answer = httpx2.post(server, json={}, headers={"Origin": "http://evil.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


def test_no_stream_is_left_open(server: str) -> None:
    """GET, on which nothing would come, and DELETE, which has no session to end, are 405, as the protocol allows."""
    answers = [httpx2.request(method, server, timeout=30) for method in ("GET", "DELETE")]
    assert [(one.status_code, one.headers["allow"]) for one in answers] == [(405, "POST")] * 2
    assert answers[0].json()["detail"] == "GET is not allowed at /__admin/mcp; wanted POST"


def test_an_organisation_of_its_own(mock: VambeMock, server: str) -> None:
    """The header x-api-key of the connection chooses whose contacts the tools are about."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    created = mock.admin("POST", "/organisations", {})
    key = created["key"]

    async def run() -> None:
        async with (
            httpx2.AsyncClient(headers={"x-api-key": key}) as http,
            Client(streamable_http_client(server, http_client=http)) as client,
        ):
            await client.call_tool("add_contacts", {"contacts": [{}]})

    anyio.run(run)
    assert mock.admin("GET", "/contacts")["total"] == 12
    assert [one["contacts"] for one in mock.admin("GET", "/organisations")] == [12, 13]
    mock.admin("DELETE", f"/organisations/{created['name']}")


def test_over_stdio_with_commands(tmp_path: Path) -> None:
    """A mock of its own, and three tools more; a command that nobody allowed is not run."""
    client = tmp_path / "client.py"
    client.write_text("import sys; sys.exit('no sync here')")
    command = f"{sys.executable} {client}"
    out = tmp_path / "a.ndjson"
    agent = Agent(stdio("--allow-command", command))
    said = agent(
        ("ask_endpoint", {"query": "days=365", "rows": 1}),
        ("manage_data", {"action": "snapshot", "name": "a b/c"}),
        ("generate_data", {"file": str(out), "contacts": 5, "seed": 1}),
        ("generate_data", {"file": str(tmp_path / "a.txt"), "contacts": 5}),
        ("sync_check", {"command": "rm -rf /nowhere"}),
        ("sync_check", {"command": command, "only": ["quiet"]}),
        ("sync_check", {"command": command, "only": ["quite"]}),
        ("check_target", {"options": ["--generated", "0"]}),
    )
    assert said[0]["status"] == 200
    assert said[1]["name"] == "a b/c"
    assert said[2]["written"] == str(out)
    assert out.read_bytes().count(b"\n") == 5
    assert said[3].startswith("vambe-mock: ")
    assert said[4].startswith('command: "rm -rf /nowhere" is not allowed; wanted one that the user has allowed: sync_')
    assert "no sync here" in said[5]
    assert said[6].startswith('only[0]: "quite"; did you mean quiet? wanted of ')
    assert (said[7]["exit_code"], said[7]["findings"]) == (0, 0)
    assert said[7]["counts"]["conforms"] > 30
    assert [line for line in said[7]["said"].splitlines() if line != line.rstrip()] == []
    reached = r" VAMBE_BASE_URL=http://127\.0\.0\.1:\d+ and VAMBE_API_KEY=\S+\.$"
    assert re.search(reached, agent.about["ask_endpoint"] or "")


def test_attached_to_a_running_server(mock: VambeMock, monkeypatch: pytest.MonkeyPatch) -> None:
    """--url takes the server that is there; one that is no URL, or does not answer, is one line."""
    from mcp.client.stdio import StdioServerParameters

    monkeypatch.setenv("VAMBE_API_KEY", mock.api_key)
    attached = StdioServerParameters(
        command=sys.executable, args=["-m", "vambe_mock", "mcp", "--url", mock.url], env=dict(os.environ)
    )
    agent = Agent(attached)
    [found] = agent(("list_contacts", {"rows": 1}))
    assert found["total"] == 12
    assert f"VAMBE_BASE_URL={mock.url} and the key that" in (agent.about["ask_endpoint"] or "")
    assert "is no base URL of a mock" in refused("mcp", "--url", "localhost")


def test_a_mock_behind_tls_is_asked_as_any_other() -> None:
    """Both of its ends, the authority being that of --tls, or of VAMBE_CA_FILE for --url (`tls-on-demand`)."""
    from vambe_mock.cli.mcp import Attached

    with VambeMock(fixture="tiny", tls=True) as mock:
        ca_file = str(mock.ca_file)
        attached = Attached(mock.url, mock.api_key, AdminClient(mock.url, mock.api_key, ca_file=ca_file), ca_file)

        async def run() -> tuple[int, int]:
            return (await attached.contacts("days=365")).status, (await attached.admin("GET", "/contacts"))["total"]

        assert anyio.run(run) == (200, 12)
        attached.client.close()


def test_a_command_that_no_shell_takes() -> None:
    """One line says so."""
    assert "no closing quotation; wanted one as a shell takes it" in refused("mcp", "--allow-command", '"unclosed')


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_ends_it_though_standard_input_stays_open(tmp_path: Path) -> None:
    """With 128 and the signal's number, and no folder left, as a terminal's Ctrl-C or a client's SIGTERM wants."""
    words = [sys.executable, "-m", "vambe_mock", "mcp", "--fixture", "tiny"]
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(asked.encode() + b"\n")
        running.stdin.flush()
        assert b'"id":1' in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    from vambe_mock.cli import mcp as stdio_server
    from vambe_mock.server.options import SettingsError
    from vambe_mock.server.settings import Settings

    with pytest.raises(SettingsError, match=r"pip install 'vambe-mock\[mcp\]'"):
        stdio_server.serve(Settings(), None, ())
