"""Real clients get from the running server what the data set document says: Node's fetch, and a generated client.

The use cases are those of the vendor's page. What each should find is calculated here from ``fixtures/default.json``
with plain lists and texts; all instants have one form, so their texts compare as they do.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
import pytest

from servers import program, serving
from vambe_mock import VambeMock

ROOT: Final = Path(__file__).parents[2]
CLIENTS: Final = Path(__file__).parent / "node"
NOW: Final = datetime.fromisoformat("2026-03-15T12:00:00.000+00:00")
INSTANTS: Final = ("last_message_at", "created_at", "updated_at")

Contact = dict[str, Any]


class Frozen(NamedTuple):
    """A server whose clock stands at ``NOW``, and what its contacts must look like by then."""

    url: str
    api_key: str
    contacts: list[Contact]
    pipelines: list[dict[str, Any]]

    def active(self, days: float) -> list[Contact]:
        """Who had a message within so many days, newest first, ties by id."""
        since = written(NOW - timedelta(days=days))
        found = [one for one in self.contacts if one["last_message_at"] is not None and one["last_message_at"] >= since]
        found.sort(key=lambda one: one["id"])
        return sorted(found, key=lambda one: one["last_message_at"], reverse=True)


def written(instant: datetime) -> str:
    """The instant as the wire has it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def ids(contacts: list[Contact]) -> list[str]:
    """The contacts' ids, in their order."""
    return [contact["id"] for contact in contacts]


def _on_the_wire(contact: Contact, moved_by: timedelta) -> Contact:
    """A contact of the document as it is sent: nothing that the wire hides, every instant moved."""
    sent = {name: value for name, value in contact.items() if name != "custom_fields"}
    for name in INSTANTS:
        if sent[name] is not None:
            sent[name] = written(datetime.fromisoformat(sent[name]) + moved_by)
    return sent


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    """The real server, in a process of its own, with the default set and its clock standing still."""
    document = json.loads((ROOT / "fixtures" / "default.json").read_text(encoding="utf-8"))
    moved_by = NOW - datetime.fromisoformat(document["anchor"])
    with serving(tmp_path_factory.mktemp("frozen"), "--now", written(NOW)) as running:
        contacts = [_on_the_wire(contact, moved_by) for contact in document["contacts"]]
        yield Frozen(running.url, running.api_key, contacts, document["pipelines"])


def _node() -> str:
    return program("NODE", "node", "install Node.js 18 or later")


def _run(server: Frozen, use_case: str, *arguments: object, **environment: str) -> Any:
    """What a use case prints."""
    process = subprocess.run(
        [_node(), CLIENTS / f"{use_case}.mjs", *map(str, arguments)],
        env={**os.environ, "BASE_URL": server.url, "API_KEY": server.api_key, **environment},
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
        encoding="utf-8",
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


class Crm:
    """A CRM that takes whatever it is given and remembers it, with the ``Authorization`` it came under."""

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        self.taken: list[tuple[str | None, dict[str, Any]]] = []
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                record = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.append((self.headers["Authorization"], record))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/contacts"


@pytest.fixture
def crm() -> Iterator[Crm]:
    """An empty CRM."""
    crm = Crm()
    thread = threading.Thread(target=crm.server.serve_forever, args=(0.02,))
    thread.start()
    yield crm
    crm.server.shutdown()
    thread.join()
    crm.server.server_close()


def test_default_set_can_tell_the_use_cases_apart(frozen: Frozen) -> None:
    """Each use case finds somebody, and not everybody, so none of the tests below compares nothing with nothing."""
    sizes = [len(frozen.active(days)) for days in (1, 7, 30, 60, 90)]
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 0
    assert sizes[-1] < len(frozen.contacts)


@pytest.mark.node
def test_recent_contacts(frozen: Frozen) -> None:
    """The contacts of the last week come whole, field for field in the document's order, newest message first."""
    assert json.dumps(_run(frozen, "recent")) == json.dumps(frozen.active(7))


@pytest.mark.node
def test_contacts_by_channel(frozen: Frozen) -> None:
    """Every channel of the last month's contacts has its own list."""
    channels: dict[str, list[str]] = {}
    for contact in frozen.active(30):
        channels.setdefault(contact["platform"], []).append(contact["id"])
    assert len(channels) > 3
    assert _run(frozen, "by_channel", 30) == channels


@pytest.mark.node
def test_unattended_contacts(frozen: Frozen) -> None:
    """Those are found whose chat nobody attends to and nobody has read."""
    waiting = [one for one in frozen.active(30) if one["chat_status"] == "UNATTENDED" and one["is_chat_read"] is False]
    assert waiting
    assert _run(frozen, "unattended", 30) == ids(waiting)


@pytest.mark.node
def test_reengagement(frozen: Frozen) -> None:
    """Who was active within 60 days but not within 30 is found by two questions; the edge of 30 days is inside."""
    edge = written(NOW - timedelta(days=30))
    quiet = [one for one in frozen.active(60) if one["last_message_at"] < edge]
    assert edge in [one["last_message_at"] for one in frozen.contacts]
    assert quiet
    assert _run(frozen, "reengagement", 30, 60) == ids(quiet)


@pytest.mark.node
def test_export_to_a_crm(frozen: Frozen, crm: Crm) -> None:
    """Another system receives each contact of the last day once, in order, with nulls as nulls."""
    expected = [
        {
            "external_id": one["id"],
            "name": one["name"],
            "phone": one["phone"],
            "email": one["email"],
            "platform": one["platform"],
            "last_activity": one["last_message_at"],
            "status": one["chat_status"],
        }
        for one in frozen.active(1)
    ]
    assert None in [record["email"] for record in expected]
    assert _run(frozen, "crm_export", 1, CRM_URL=crm.url, CRM_TOKEN="t0ken") == {"exported": len(expected)}
    assert crm.taken == [("Bearer t0ken", record) for record in expected]


@pytest.mark.node
def test_contacts_by_stage(frozen: Frozen) -> None:
    """For every stage of a pipeline, those are found whose active ticket is there, with all their fields."""
    tickets = [(one, one["active_ticket_v2"]) for one in frozen.active(90)]
    for stage in [stage["id"] for stage in frozen.pipelines[0]["stages"]]:
        there = [one for one, ticket in tickets if ticket is not None and ticket["current_stage_id"] == stage]
        assert there
        assert _run(frozen, "by_stage", 90, stage) == there


@pytest.mark.node
def test_activity_dashboard(frozen: Frozen) -> None:
    """Totals, states and channels over four spans of days add up."""
    spans = [1, 7, 30, 90]
    assert _run(frozen, "dashboard", *spans) == {
        str(days): {
            "total": len(frozen.active(days)),
            "states": Counter(one["chat_status"] for one in frozen.active(days)),
            "channels": Counter(one["platform"] for one in frozen.active(days)),
        }
        for days in spans
    }


@pytest.mark.node
def test_incremental_sync(frozen: Frozen) -> None:
    """Walking the pages after a cursor gives each change once, oldest first, and the next cursor."""
    cursor = written(NOW - timedelta(days=20))
    changes = [one for one in frozen.contacts if one["updated_at"] > cursor]
    changes.sort(key=lambda one: (one["updated_at"], one["id"]))
    added = [one for one in changes if one["created_at"] > cursor]
    assert 0 < len(added) < len(changes)
    synced = _run(frozen, "sync", cursor, 25)
    assert synced == {
        "added": ids(added),
        "changed": ids([one for one in changes if one["created_at"] <= cursor]),
        "cursor": changes[-1]["updated_at"],
    }
    assert _run(frozen, "sync", synced["cursor"], 25) == {"added": [], "changed": [], "cursor": synced["cursor"]}


class Generated(NamedTuple):
    """A client that openapi-python-client made of openapi.yaml: its operation, and its own client object."""

    operation: ModuleType
    models: ModuleType
    client: Any
    api_key: str

    def ask(self, *, x_api_key: str = "", **filters: Any) -> Any:
        """The status and the parsed answer; without *x_api_key*, the server's own key is sent."""
        answer = self.operation.sync_detailed(client=self.client, x_api_key=x_api_key or self.api_key, **filters)
        return answer.status_code, answer.parsed


def generate(folder: Path, package: str, document: Path) -> None:
    """The client of *document* as *package* in *folder*, without a word of complaint."""
    (folder / "settings.yaml").write_text("post_hooks: []\n", encoding="utf-8")
    options = ["--meta", "none", "--output-path", str(folder / package), "--config", str(folder / "settings.yaml")]
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", document, *options],
        env={**os.environ, "PYTHONPATH": str(Path(sys.prefix) / "older")},  # it wants an older Typer than ours
        capture_output=True,
        check=False,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in (made.stdout + made.stderr).upper()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, frozen: Frozen) -> Iterator[Generated]:
    """The client, generated anew and imported."""
    folder = tmp_path_factory.mktemp("generated")
    package = "contacts_client"
    generate(folder, package, ROOT / "openapi.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        operation = importlib.import_module(f"{package}.api.contact.public_contacts_controller_get_contacts")
        models = importlib.import_module(f"{package}.models")
        with importlib.import_module(package).Client(base_url=frozen.url) as client:
            yield Generated(operation, models, client, frozen.api_key)


def test_generated_client_reads_every_contact(frozen: Frozen, generated: Generated) -> None:
    """Every contact of the last year becomes a model and back again, nulls and all."""
    status, contacts = generated.ask(days=365)
    assert status == 200
    assert [contact.to_dict() for contact in contacts] == frozen.active(365)


@pytest.mark.parametrize("field", ["phone", "email", "ai_customer_id", "default_stage_id", "active_ticket_v2"])
def test_generated_client_reads_null(frozen: Frozen, generated: Generated, field: str) -> None:
    """A field that is null is ``None`` in the model (`nullable-fields`)."""
    expected = [one["id"] for one in frozen.active(365) if one[field] is None]
    assert expected
    _, contacts = generated.ask(days=365)
    assert [contact.id for contact in contacts if getattr(contact, field) is None] == expected


def test_generated_client_reads_a_contact_without_a_message(frozen: Frozen, generated: Generated) -> None:
    """A contact that has never had a message is found by a cursor, and its ``last_message_at`` is ``None``."""
    expected = sorted(one["id"] for one in frozen.contacts if one["last_message_at"] is None)
    assert expected
    _, contacts = generated.ask(created_after=NOW - timedelta(days=3650))
    assert sorted(contact.id for contact in contacts if contact.last_message_at is None) == expected


def test_generated_client_sends_typed_filters(frozen: Frozen, generated: Generated) -> None:
    """An instant with an offset, a UUID, an enum and numbers reach the server as what they mean."""
    after = NOW - timedelta(days=200)
    stage = UUID(frozen.pipelines[0]["stages"][0]["id"])
    entity = generated.models.PublicContactsControllerGetContactsEntityType.TICKET
    filters = {"stage_id": stage, "entity_type": entity, "offset": 1, "limit": 5}
    tickets = [(one, one["active_ticket_v2"]) for one in frozen.contacts if one["updated_at"] > written(after)]
    matching = [one for one, ticket in tickets if ticket is not None and ticket["current_stage_id"] == str(stage)]
    matching.sort(key=lambda one: (one["updated_at"], one["id"]))
    assert len(matching) > 6
    _, contacts = generated.ask(updated_after=after, **filters)
    assert [contact.to_dict() for contact in contacts] == matching[1:6]


def test_generated_client_reads_every_fault(generated: Generated) -> None:
    """A 400 for values becomes a model that lists the faults (`invalid-parameters`)."""
    status, refusal = generated.ask(days=0, limit=1001)
    assert status == 400
    assert [(issue.path, issue.code) for issue in refusal.errors] == [(["days"], "too_small"), (["limit"], "too_big")]
    assert isinstance(refusal, generated.models.PublicContactsControllerGetContactsInvalidParameters)


def test_generated_client_reads_a_broken_rule(generated: Generated) -> None:
    """A 400 for values that do not go together becomes the other model (`refused-by-rule`)."""
    status, refusal = generated.ask(days=30, custom_field_key="status")
    assert status == 400
    assert isinstance(refusal, generated.models.PublicContactsControllerGetContactsRefusedByRule)
    assert (refusal.status_code, refusal.error) == (400, "Bad Request")


def test_generated_client_reads_401(generated: Generated) -> None:
    """A 401 becomes a model with the vendor's three fields (`unauthorized`)."""
    status, refusal = generated.ask(days=30, x_api_key="somebody else's")
    assert status == 401
    assert isinstance(refusal, generated.models.PublicContactsControllerGetContactsUnauthorized)
    assert (refusal.status_code, refusal.error) == (401, "Unauthorized")


def test_generated_client_drives_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The admin API's document is valid, and a client made of it has every answer (`admin-one-line-problems`)."""
    from openapi_spec_validator import OpenAPIV31SpecValidator

    with VambeMock() as mock:
        document = httpx.get(f"{mock.url}/__admin/openapi.json").json()
        OpenAPIV31SpecValidator(document).validate()
        (tmp_path / "admin.json").write_text(json.dumps(document), encoding="utf-8")
        generate(tmp_path, "admin_client", tmp_path / "admin.json")
        monkeypatch.syspath_prepend(tmp_path)

        def operation(name: str) -> Any:
            return importlib.import_module(f"admin_client.api.{name}").sync

        models = importlib.import_module("admin_client.models")
        with importlib.import_module("admin_client").Client(base_url=f"{mock.url}/__admin") as client:
            made = operation("contacts.create_contacts")(client=client, body=models.ContactDraft(name="Ana"))
            assert mock.contacts.get(made.id)["name"] == "Ana"
            httpx.get(f"{mock.url}/api/public/contacts?days=30", headers=mock.headers)
            listed = operation("requests.list_requests")(client=client, parameter=["days=30"])
            assert [one.returned for one in listed.requests] == [1]
            refused = operation("organisations.remove_organisation")("nobody", client=client)
            assert (type(refused), refused.status) == (models.Problem, 404)
