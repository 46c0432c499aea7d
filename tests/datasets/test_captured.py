"""A captured answer is a data set: what ``curl`` saved is served as it was."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from asgi import ask
from commands import refused
from small_data import AT_ANCHOR, NEW, PAID, contact, document
from vambe_mock.datasets.dataset import Dataset, from_document
from vambe_mock.datasets.loading import load
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

LAST = "2026-02-27T08:00:00.000Z"
CONTACTS = (
    contact(2, stage=NEW, last_message_at=LAST, phone="+56912345678"),
    contact(1, default_stage_id=PAID, last_message_at="2026-02-20T08:00:00.000Z", updated_at=LAST),
    contact(3, last_message_at=None, created_at=LAST, updated_at=LAST),
)


def serve(dataset: Dataset, **options: Any) -> Application:
    """An application with *dataset*, its clock frozen."""
    return create_app(dataset, Settings(now=AT_ANCHOR, quiet=True, **options))


def saved(tmp_path: Path, body: bytes | str) -> Path:
    """A file with *body*."""
    path = tmp_path / "answer.json"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


@pytest.mark.parametrize("query", ["days=365", "created_after=2020-01-01T00:00:00Z", "days=365&limit=1&offset=1"])
def test_it_is_served_as_it_was(tmp_path: Path, query: str) -> None:
    """The same contacts, byte for byte where timestamps are kept (`captured-answer`)."""
    body = ask(serve(from_document(document(*CONTACTS))), query).body
    dataset = load(saved(tmp_path, b"\xef\xbb\xbf " + body))
    assert ask(serve(dataset, keep_timestamps=True), query.partition("&limit")[0]).body == body


def test_what_the_wire_does_not_show_is_made_up(tmp_path: Path) -> None:
    """One pipeline of the stages seen, the client of the contacts, the newest instant as anchor (`captured-answer`)."""
    everyone = ask(serve(from_document(document(*CONTACTS))), "created_after=2020-01-01T00:00:00Z").body
    dataset = load(saved(tmp_path, everyone))
    assert dataset.header.client_id == CONTACTS[0]["client_id"]
    assert dataset.header.anchor == "2026-03-01T12:00:00.000Z"
    (pipeline,) = dataset.header.pipelines
    assert {stage.id for stage in pipeline.stages} == {NEW, PAID}
    app = serve(dataset)
    assert [one["id"] for one in json.loads(ask(app, f"days=365&pipeline_id={pipeline.id}").body)] == [
        CONTACTS[0]["id"]
    ]
    assert "anchored at its newest instant, 2026-03-01T12:00:00.000Z; one pipeline of the 2 stages" in dataset.notes[0]


def test_what_it_does_not_know_is_told(tmp_path: Path) -> None:
    """Unknown fields are left out and named; a missing ``updated_at`` is made (`captured-answer`)."""
    one = json.loads(ask(serve(from_document(document(*CONTACTS))), "days=365").body)[0]
    one |= {
        "tags": ["x"],
        "active_ticket_v2": {**one["active_ticket_v2"], "current_stage": {"id": NEW, "name": "Nuevo"}},
    }
    del one["updated_at"]
    dataset = load(saved(tmp_path, json.dumps([one])))
    assert dataset.notes[1:] == ("not kept of it: tags, active_ticket_v2.current_stage",)
    assert [stage.name for stage in dataset.header.pipelines[0].stages] == ["Nuevo"]
    (shown,) = json.loads(ask(serve(dataset, keep_timestamps=True), "days=365").body)
    assert shown["updated_at"] == one["created_at"] == "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("[]", "a list without contacts; wanted at least one"),
        ("[1]", "contact 1: no object; wanted a contact"),
        ("[{}]", "contact 1: no client_id"),
        ('[{"client_id": "x"}]', "contact 1: no client_id"),
        ('[{"client_id": "123e4567-e89b-12d3-a456-426614174000"}]', "no contact has an instant"),
        ("[{]", "not JSON"),
        (" \n", "nothing is in it; wanted a document, or a captured answer"),
        (
            '{"statusCode": 401, "message": "Invalid API key", "error": "Unauthorized"}',
            "a refusal (401, Invalid API key)",
        ),
        ('{"statusCode": 401}', 'field format: missing; wanted "vambe-mock/1"'),
        ("[" * 100_000, "not JSON"),
        (json.dumps([{**CONTACTS[0], "phone": "none"}]), "field phone"),
        (json.dumps([CONTACTS[0], CONTACTS[0]]), "contact 1 has the same id"),
        (json.dumps([CONTACTS[0], {**CONTACTS[1], "client_id": CONTACTS[0]["id"]}]), "client_id"),
    ],
)
def test_what_is_no_answer_is_one_line(tmp_path: Path, body: str, problem: str) -> None:
    """With the file, the contact, the field, and what is wanted (`captured-answer`)."""
    path = saved(tmp_path, body)
    with pytest.raises(DatasetError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: ")
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_it_may_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--data -``; once, so not with several workers nor watched (`captured-answer`)."""
    body = ask(serve(from_document(document(*CONTACTS))), "days=365").body
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert ask(serve(load(Path("-")), keep_timestamps=True), "days=365").body == body
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(DatasetError, match=r"^-: nothing is in it"):
        load(Path("-"))
    assert "--data - and --workers 2: standard input is read once" in refused("serve", "--data", "-", "--workers", "2")
    assert "--data - and --watch" in refused("serve", "--data", "-", "--watch")
