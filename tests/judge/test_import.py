"""`vambe-mock import`: who was in the account is in nothing that is written, and what stays is as it was."""

import gzip
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from commands import Done, refused, vambe
from judge_targets import KEY, Reply, answer, listening
from servers import client
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.problems import JudgeError
from vambe_judge.paging import Order, Reader
from vambe_judge.replacing import Replacer
from vambe_mock import VambeMock
from vambe_mock.contract import instants
from vambe_mock.datasets import loading
from vambe_mock.datasets.document import Header
from vambe_mock.datasets.fixtures import fixture_set
from vambe_mock.generator.sets.manifest import verify

Contact = dict[str, Any]
FIXTURE = fixture_set("tiny")
PLATFORMS = ("whatsapp", "instagram", "webchat")
STATUSES = ("UNATTENDED", "ATTENDED", "CLOSED", "WAITING_FOR_US")
NOW = instants.parse("2026-03-01T12:00:00.000Z")
FORMATS = ("x.ndjson", "x.json", "x.csv", "x.ndjson.gz", "x.parquet", "x.sqlite")


def uuid(kind: int, number: int) -> str:
    """An id in which every group is a mark: 5, the kind, the number."""
    return f"5{kind:03x}{number:04x}-5{kind:03x}-4{kind:03x}-a{number % 4096:03x}-5{kind:03x}{number:08x}"


STAGES = {uuid(7, 1): (uuid(8, 1), uuid(8, 2)), uuid(7, 2): (uuid(8, 3),)}
ALL_STAGES = (*(stage for stages in STAGES.values() for stage in stages), uuid(8, 4))


def marked(number: int) -> Contact:
    """A contact of the account: each of its values occurs nowhere else by chance."""
    created = NOW - (200 - number) * 90_061_001 - number % 3
    message = created + number * 1_000_003
    ticket = {"id": uuid(3, number), "current_stage_id": ALL_STAGES[number % 4], "MARK-t": f"MARK-ticket-{number}"}
    return {
        "id": uuid(1, number),
        "name": f"MARK-name-{number}" if number % 13 else "",
        "phone": None if number % 5 == 0 else f"{'' if number % 7 == 0 else '+'}1999{number:07d}",
        "email": None if number % 3 == 0 else f"mark-mail-{number}@mark.example",
        "platform": PLATFORMS[number % 3],
        "last_message_at": None if number % 11 == 0 else instants.write(message),
        "chat_status": STATUSES[number % 4],
        "created_at": instants.write(created),
        "updated_at": instants.write(message + 77),
        "client_id": uuid(9, 0),
        "ai_customer_id": None if number % 17 == 0 else uuid(2, number // 2),
        "default_stage_id": None if number % 4 == 3 else ALL_STAGES[number % 2],
        "blocked": number % 19 == 0,
        "is_chat_read": number % 2 == 0,
        "active_ticket_v2": None if number % 6 == 0 else ticket,
        "MARK-unknown": {"MARK-key": f"MARK-value-{number}"},
    }


def marks(thing: Any) -> Iterator[str]:
    """Every text in *thing*, keys that no document has included, but platforms and statuses."""
    if isinstance(thing, dict):
        yield from (key for key in thing if "MARK" in key)
        yield from (
            mark for key, value in thing.items() if key not in ("platform", "chat_status") for mark in marks(value)
        )
    elif isinstance(thing, list):
        yield from (mark for one in thing for mark in marks(one))
    elif isinstance(thing, str) and thing:
        yield thing


class Account:
    """A naive server of contacts with `created_after`, `days`, `limit` and `offset`; it can fail, and its data move."""

    def __init__(self, contacts: list[Contact], *, most: int = 1000, pipelines: bool = True) -> None:
        self.contacts, self.most, self.pipelines = contacts, most, pipelines
        self.asked: list[str] = []
        self.failures: list[Reply] = []
        self.keep_days = True
        self.in_order = True
        self.before: Callable[[], None] = lambda: None

    def __call__(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Reply:
        """Answer a request."""
        self.asked.append(path)
        if headers.get("x-api-key") != KEY:
            return answer(401, {"message": "MARK-no", "error": "Unauthorized", "statusCode": 401})
        if path == "/api/public/pipeline":
            listed = [
                {"id": one, "name": f"MARK-{one}", "stages": [{"id": at, "name": f"MARK-{at}"} for at in stages]}
                for one, stages in STAGES.items()
            ]
            return answer(200, listed) if self.pipelines else answer(404, {"message": "MARK"})
        if self.failures:
            return self.failures.pop(0)
        self.before()
        return answer(200, self.listed(query))

    def listed(self, query: dict[str, str]) -> list[Contact]:
        """The page that *query* asks for."""
        name = next(name for name in ("updated_after", "created_after") if name in query)
        field = name.replace("after", "at")
        after, first = instants.parse(query[name]), int(query.get("offset", 0))
        edge = NOW - int(query.get("days", 0)) * instants.DAY
        rows = [one for one in self.contacts if instants.parse(one[field]) > after]
        if "days" in query and self.keep_days:
            rows = [one for one in rows if one["last_message_at"] and instants.parse(one["last_message_at"]) >= edge]
        rows.sort(key=lambda one: (one[field], one["id"]))
        if field == "created_at" and not self.in_order:
            rows.reverse()
        return rows[first : first + min(int(query["limit"]), self.most)]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key where a user has it."""
    monkeypatch.setenv("VAMBE_API_KEY", KEY)


def imported(account: Account, out: Path, *options: str) -> Done:
    """`vambe-mock import` of *account* into *out*."""
    with listening(account) as url:
        return vambe("import", "--target", url, out, "--yes", "--target-now", "2026-03-01T12:00:00Z", *options)


def contents(path: Path) -> tuple[dict[str, Any], list[Contact]]:
    """Header and contacts of a set."""
    header, contacts = loading.contents(path)
    return header, list(contacts)


ACCOUNT = [marked(number) for number in range(1, 150)]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Done]]:
    """The account in every format, each in a folder of its own, and what was printed on the way."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAMBE_API_KEY", KEY)
        for name in FORMATS:
            folder = tmp_path_factory.mktemp("set")
            made[name] = folder / name, imported(Account(ACCOUNT, most=40), folder / name, "--all")
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_no_original_value_is_in_anything_written(name: str, everything: dict[str, tuple[Path, Done]]) -> None:
    """Not in a file, whatever its format, nor on either output: no text of the account, no instant, no key."""
    path, done = everything[name]
    assert done.code == 0, done
    written = b"\n".join([done.out.encode(), done.err.encode(), *map(_plain, path.parent.iterdir())])
    texts = {*marks(ACCOUNT), *STAGES, *ALL_STAGES, KEY}
    numbers = [instants.parse(one) for one in texts if re.fullmatch(r"\d{4}-.*Z", one)]
    assert len(texts) > 1000
    assert len(numbers) > 400
    found = [text for text in texts if text.encode() in written or text.replace("-", "").encode() in written]
    assert found == []
    assert [one for one in numbers if str(one).encode() in written or one.to_bytes(8, "little") in written] == []
    assert b"MARK" not in written.upper()


def _plain(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_whole_and_can_be_served(name: str, everything: dict[str, tuple[Path, Done]]) -> None:
    """The manifest says how the set was made, and `generate --verify` and `serve --data` take it."""
    path, done = everything[name]
    assert done.err.splitlines()[-1].startswith(f"149 contacts to {path}, ")
    assert verify(path.parent).same
    assert len(loading.load(path)) == 149
    manifest = json.loads(next(path.parent.glob("*manifest.json")).read_text())
    assert (manifest["made"]["by"], manifest["made"]["contacts"]) == ("vambe-mock import", "all")
    assert manifest["counts"]["chat_status"]["WAITING_FOR_US"] == 37
    assert not [one for one in path.parent.iterdir() if one.name.startswith(".")]


def test_relations_order_and_nulls_stay(everything: dict[str, tuple[Path, Done]]) -> None:
    """Each old id has one new one, all instants are moved by one time, and the fields that may stay do."""
    header, contacts = contents(everything["x.ndjson"][0])
    Header.model_validate(header)
    pairs = list(zip(sorted(ACCOUNT, key=lambda one: (one["created_at"], one["id"])), contacts, strict=True))
    shifts, ids, names = {instants.parse(header["anchor"]) - NOW}, dict[str, str](), dict[str, tuple[str, str]]()
    for old, new in pairs:
        for field in ("platform", "chat_status", "blocked", "is_chat_read"):
            assert new[field] == old[field]
        for field in ("created_at", "updated_at", "last_message_at"):
            assert (new[field] is None) == (old[field] is None)
            if old[field]:
                shifts.add(instants.parse(new[field]) - instants.parse(old[field]))
        for field in ("id", "client_id", "ai_customer_id", "default_stage_id"):
            assert (new[field] is None) == (old[field] is None)
            if old[field]:
                assert ids.setdefault(old[field], new[field]) == new[field]
        assert (new["active_ticket_v2"] is None) == (old["active_ticket_v2"] is None)
        for field in ("id", "current_stage_id") if old["active_ticket_v2"] else ():
            assert ids.setdefault(old["active_ticket_v2"][field], new["active_ticket_v2"][field])
        assert (new["phone"] is None, new["email"] is None, new["name"] == "") == (
            old["phone"] is None,
            old["email"] is None,
            old["name"] == "",
        )
        assert not old["phone"] or new["phone"].startswith("+") == old["phone"].startswith("+")
        if old["ai_customer_id"] and new["name"] and new["email"]:
            person = (new["name"], new["email"])
            assert names.setdefault(old["ai_customer_id"], person) == person
    assert len(shifts) == 1
    assert abs(shifts.pop()) >= 30 * instants.DAY
    assert len({*ids.values()}) == len(ids)
    assert len({*names.values()}) == len(names)
    assert len({new["phone"] for _, new in pairs if new["phone"]}) == sum(bool(old["phone"]) for old, _ in pairs)
    grouped = {one["id"]: tuple(stage["id"] for stage in one["stages"]) for one in header["pipelines"]}
    for pipeline, stages in STAGES.items():
        (group,) = [one for one in grouped.values() if ids[stages[0]] in one]
        assert {ids[stage] for stage in stages if stage in ids} <= {*group}, pipeline
    assert (ids[ALL_STAGES[-1]],) in grouped.values()


def test_two_imports_have_nothing_in_common(everything: dict[str, tuple[Path, Done]]) -> None:
    """The secret lives as long as the process's work: another import has other ids, names and instants."""
    one, other = (contents(everything[name][0])[1] for name in ("x.ndjson", "x.csv"))
    for field in ("id", "created_at"):
        assert not {contact[field] for contact in one} & {contact[field] for contact in other}


def test_windows_stay_on_the_mock_that_serves_the_set(tmp_path: Path) -> None:
    """From the mock over HTTP into a set, and that set served again: the same windows, and no mark."""
    (tmp_path / "marked.json").write_text(json.dumps(_document()))
    with VambeMock(data=tmp_path / "marked.json", api_key=KEY, expand_current_stage=True) as mock:
        done = vambe("import", "--target", mock.url, tmp_path / "set", "--all", "--yes", "--quiet")
        assert done == (0, "", "")
        old = _counts(mock)
    with VambeMock(data=tmp_path / "set", api_key=KEY) as served:
        assert _counts(served) == old
    written = b"".join(path.read_bytes() for path in (tmp_path / "set").iterdir())
    texts = {*marks(_document())} - {"vambe-mock/1", "customer", "text"}
    assert [text for text in texts if text.encode() in written] == []
    header, contacts = contents(tmp_path / "set" / "contacts.ndjson")
    stages = {stage["id"] for one in header["pipelines"] for stage in one["stages"]}
    assert {one["active_ticket_v2"]["current_stage_id"] for one in contacts if one["active_ticket_v2"]} <= stages


def _document() -> dict[str, Any]:
    """The account as a data set, with custom values."""
    known = {*next(iter(contents(FIXTURE)[1]))}
    values = {"customer": {"MARK_key": "MARK-custom"}, "ticket": {}}
    kept = [{name: one[name] for name in one if name in known} | {"custom_fields": values} for one in ACCOUNT]
    for one in kept:
        if ticket := one["active_ticket_v2"]:
            one["active_ticket_v2"] = {name: ticket[name] for name in ("id", "current_stage_id")}
    return {
        "format": "vambe-mock/1",
        "anchor": instants.write(NOW),
        "client_id": uuid(9, 0),
        "pipelines": [{"id": one, "name": "MARK-p", "stages": [{"id": at} for at in STAGES[one]]} for one in STAGES],
        "custom_fields": [{"key": "MARK_key", "name": "MARK-n", "type": "text", "entities": ["customer"]}],
        "contacts": kept,
    }


def _counts(mock: VambeMock) -> list[int]:
    windows = [len(_all(mock, f"&days={days}")) for days in (5, 30, 90, 365)]
    return [len(_all(mock)), *windows]


def _all(mock: VambeMock, more: str = "") -> list[Contact]:
    url = f"{mock.url}/api/public/contacts?created_after=1970-01-01T00:00:00Z{more}"
    found: list[Contact] = client.get(url, headers={"x-api-key": mock.api_key}).json()
    return found


def test_a_window_is_read_and_nothing_else(tmp_path: Path) -> None:
    """With --days, only contacts with a message in so many days are asked for and written (`imported-with-consent`)."""
    account = Account(ACCOUNT)
    done = imported(account, tmp_path / "x.json", "--days", "200")
    edge = NOW - 200 * instants.DAY
    due = [one for one in ACCOUNT if one["last_message_at"] and instants.parse(one["last_message_at"]) >= edge]
    assert 90 < len(due) < 135
    assert (done.code, len(contents(tmp_path / "x.json")[1])) == (0, len(due))


def test_a_target_that_passes_over_days_is_not_read_on(tmp_path: Path) -> None:
    """Whoever agreed to 200 days gets no more; the line says what to do."""
    account = Account(ACCOUNT, most=5)
    account.keep_days = False
    done = imported(account, tmp_path / "x.json", "--days", "200")
    assert (done.code, len(account.asked), [*tmp_path.iterdir()]) == (2, 2, [])
    assert done.err.splitlines()[-1].startswith(
        "vambe-mock: the target does not keep days=200 beside created_after; wanted --all"
    )


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_while_the_account_moves(seed: int) -> None:
    """With edited, deleted and new contacts, and ties longer than a page, each contact that stays comes once."""
    chance = random.Random(seed)
    instant = [NOW + at for at in sorted(chance.choices(range(chance.choice((3, 40))), k=40))]
    contacts = [{**marked(number), "created_at": instants.write(at)} for number, at in enumerate(instant, 1)]
    account = Account(contacts, most=chance.randint(3, 8))
    removed, added = set[str](), set[str]()

    def move() -> None:
        for _ in range(chance.randint(0, 2)):
            match chance.choice(("edit", "delete", "add")):
                case "edit":
                    chance.choice(account.contacts)["updated_at"] = instants.write(NOW + instants.DAY)
                case "delete" if len(account.contacts) > 20:
                    removed.add(account.contacts.pop(chance.randrange(len(account.contacts)))["id"])
                case "add" if len(added) < 20:
                    late = marked(200 + len(added)) | {"created_at": instants.write(NOW + 50 + len(added))}
                    account.contacts.append(late)
                    added.add(late["id"])

    account.before = move
    read = [one["id"] for page in _reader(account).pages() for one in page]
    assert len({*read}) == len(read)
    assert {one["id"] for one in contacts} - removed <= {*read}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_by_updated_after(seed: int) -> None:
    """Where contacts are read in the order of their last edit, those that are edited meanwhile come once as well."""
    chance, clock = random.Random(seed), [NOW]
    contacts = [{**marked(number), "updated_at": instants.write(NOW - chance.choice((3, 40)))} for number in range(30)]
    account = Account(contacts, most=chance.randint(3, 8))

    def edit() -> None:
        clock[0] += 1
        if clock[0] < NOW + 40:
            chance.choice(account.contacts)["updated_at"] = instants.write(clock[0])

    account.before = edit
    read = [one["id"] for page in _reader(account, "updated_at").pages() for one in page]
    assert sorted(read) == sorted(one["id"] for one in contacts)


def test_a_target_in_another_order_is_read_by_updated_after(tmp_path: Path) -> None:
    """Where what follows created_after is in no order, nothing is lost, and nothing read before is kept."""
    account = Account(ACCOUNT, most=40)
    account.in_order = False
    done = imported(account, tmp_path / "x.ndjson", "--all")
    assert (done.code, len(contents(tmp_path / "x.ndjson")[1])) == (0, len(ACCOUNT))


def test_deletions_inside_one_instant_lose_nothing() -> None:
    """Where `offset` pages through one instant, contacts that vanish from its start move the others out of the page."""
    account = Account([{**marked(number), "created_at": instants.write(NOW)} for number in range(1, 10)], most=4)
    account.before = lambda: account.contacts.__delitem__(slice(3)) if len(account.asked) == 4 else None
    read = [one["id"] for page in _reader(account).pages() for one in page]
    assert read == [uuid(1, number) for number in range(1, 10)]


def test_the_sync_check_finds_no_loss(vambe_sync_check: Callable[..., None]) -> None:
    """The same reading as a client of the sync check; all its hazards were survived, and this is one of them."""

    def poll(base_url: str, api_key: str, folder: Path) -> None:
        with closing(Client(base_url, api_key, Limits())) as asking:
            read = [one for page in Reader(asking, limit=3).pages() for one in page]
        (folder / "copy").write_text(json.dumps(read))

    def copy(folder: Path) -> Any:
        return json.loads((folder / "copy").read_text()) if (folder / "copy").exists() else []

    vambe_sync_check(poll, copy, only=["bulk-tie"], contacts=8, polls=1)


def _reader(account: Account, order: Order = "created_at", **limits: Any) -> Reader:
    def handle(request: httpx.Request) -> httpx.Response:
        query = dict(parse_qsl(request.extensions["target"].decode().partition("?")[2]))
        status, headers, body = account("/api/public/contacts", query, dict(request.headers))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    transport = httpx.MockTransport(handle)
    return Reader(Client("http://127.0.0.1:1", KEY, Limits(**limits), transport=transport), limit=1000, order=order)


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_small_and_simultaneous_accounts_end(count: int) -> None:
    """None, one, and several contacts of one instant."""
    account = Account([{**marked(number), "created_at": instants.write(NOW)} for number in range(1, count + 1)], most=3)
    assert len([one for page in _reader(account).pages() for one in page]) == count
    assert len(account.asked) < 10


def test_a_list_in_another_order_is_not_taken(tmp_path: Path) -> None:
    """Paging by created_at would lose contacts of a target that sorts otherwise (`imported-whole`)."""
    account = Account(ACCOUNT)
    account.listed = lambda query: ACCOUNT[::-1]  # type: ignore[method-assign]  # noqa: ARG005
    done = imported(account, tmp_path / "x.json", "--all")
    assert done.code == 2
    assert "does not list what follows created_after in the order of created_at, nor what follows updated_" in done.err


BROKEN: list[Reply] = [
    (429, {"retry-after": "0"}, b"{}"),
    (500, {"content-type": "application/json"}, b'{"message":"MARK-500"}'),
    (503, {}, b""),
    (200, {"content-type": "text/html"}, b"<html>MARK-html</html>"),
    (200, {"content-type": "application/json"}, b'[{"id":"MARK-half"'),
    (200, {"content-type": "application/json"}, b"null"),
    (200, {"content-type": "application/json"}, b'{"data":[]}'),
]


def test_failures_on_the_way_lose_nothing(tmp_path: Path) -> None:
    """After a failure the same page is asked for again, as long as the patience lasts."""
    account = Account(ACCOUNT, most=10)
    failures = iter(BROKEN)
    account.before = lambda: account.failures.extend([one] if (one := next(failures, None)) else [])
    done = imported(account, tmp_path / "x.ndjson", "--all")
    assert (done.code, next(failures, None), "MARK" in done.err) == (0, None, False)
    assert len(contents(tmp_path / "x.ndjson")[1]) == len(ACCOUNT)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (answer(401, {"message": "MARK"}), "the answer is 401 with an object (application/json); wanted a key that"),
        (BROKEN[1], "the answer is 500 with an object (application/json); nothing is written"),
        (
            BROKEN[3],
            "the answer is 200 with no JSON (text/html); the body is HTML or XML; nothing is written",
        ),
    ],
)
def test_a_target_that_cannot_be_read_leaves_nothing(failure: Reply, told: str, tmp_path: Path) -> None:
    """Exit code 2 and one line without anything that came, even in the middle; no file and no folder stays."""
    account = Account(ACCOUNT, most=50)
    account.before = lambda: account.failures.extend([failure] * 100)
    done = imported(account, tmp_path / "new" / "x.parquet", "--all", "--patience", "0.2")
    assert (done.code, done.out, [*tmp_path.iterdir()]) == (2, "", [])
    assert done.err.splitlines()[-1].split(": ", 2)[2].startswith(told), done.err
    assert "MARK" not in done.err


@pytest.mark.parametrize("page", [answer(404, {"message": "MARK"}), BROKEN[3]], ids=["404", "a page of HTML"])
def test_a_url_that_is_no_base_url_is_told_as_that(page: Reply, tmp_path: Path) -> None:
    """Whoever gives the URL of the docs, or of the endpoint itself, is told what is wanted."""
    account = Account(ACCOUNT)
    account.failures = [page] * 9
    done = imported(account, tmp_path / "x.ndjson", "--all", "--patience", "0.1")
    assert (done.code, [*tmp_path.iterdir()]) == (2, [])
    assert done.err.endswith("; wanted the base URL of the API, like https://api.vambe.me; nothing is written\n")


def test_what_no_set_can_hold_is_left_out_and_counted(tmp_path: Path) -> None:
    """An unknown platform or a field of another type is told by field; a status that is no word is not kept."""
    odd: dict[int, dict[str, Any]] = {
        0: {"platform": "MARK-platform"},
        1: {"blocked": "MARK-no"},
        2: {"updated_at": "MARK-when"},
        3: {"active_ticket_v2": ["MARK"]},
        4: {"id": None},
        5: {"last_message_at": "9999-12-31T23:59:59.999Z", "created_at": "0001-01-01T00:00:00.000Z"},
        6: {"chat_status": "MARK said hello"},
    }
    account = Account([one | odd.get(number, {}) for number, one in enumerate(ACCOUNT[:20])])
    account.listed = lambda query: account.contacts if "1970" in query["created_after"] else []  # type: ignore[method-assign]
    account.contacts.pop(5)
    done = imported(account, tmp_path / "x.ndjson", "--all")
    assert done.code == 0
    assert done.err.splitlines()[-1].endswith(
        "left out: platform 1, blocked 1, updated_at 1, active_ticket_v2 1, id or created_at 1"
    )
    assert "MARK" not in done.err
    _, contacts = contents(tmp_path / "x.ndjson")
    assert (len(contacts), contacts[0]["chat_status"]) == (14, "OTHER")


@pytest.mark.parametrize(("drawn", "kept"), [(1, "0001-01-01"), (0, "9999-12-31")], ids=["later", "earlier"])
def test_instants_at_the_ends_of_time_are_left_out(drawn: int, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instant that cannot be moved would stay what it was (`imported-instants`)."""
    monkeypatch.setattr("secrets.randbelow", lambda below: drawn if below == 2 else below - 1)
    replacer = Replacer()
    ends = [{**marked(1), "updated_at": f"{day}T12:00:00.000Z"} for day in ("0001-01-01", "9999-12-31")]
    assert len(replacer.replaced(ends)) == 1
    assert replacer.left_out == {"updated_at": 1}
    assert replacer.replaced([{**marked(1), "updated_at": f"{kept}T12:00:00.000Z"}])


def test_without_a_person_it_asks_nobody_and_reads_nothing(tmp_path: Path) -> None:
    """Standard input is no terminal and there is no --yes: exit code 2, one line, no request."""
    account = Account(ACCOUNT)
    with listening(account) as url:
        told = refused("import", "--target", url, tmp_path / "x.json")
    assert told.startswith("vambe-mock: import asks before it reads, and there is no terminal; wanted --yes")
    assert (account.asked, [*tmp_path.iterdir()]) == ([], [])


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("yes\n", 0), ("\n", 2), ("n\n", 2), ("", 2)])
def test_a_person_is_told_what_happens_and_asked(
    typed: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read, replaced, kept and written stands there before the first request; only yes goes on."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    account = Account(ACCOUNT)
    with listening(account) as url:
        done = vambe("import", "--target", url, tmp_path / "x.csv", "--all")
    assert done.code == code
    for word in (url, "every contact", "replaces name, phone, email", "keeps ", "drops ", "x.csv", "Go on? [y/N]"):
        assert word in done.err
    assert bool(account.asked) == (code == 0)
    assert bool([*tmp_path.iterdir()]) == (code == 0)


def test_standard_output_is_a_place_too() -> None:
    """`-` writes a text format there, and everything else to standard error."""
    with listening(Account(ACCOUNT[:3])) as url:
        done = vambe("import", "--target", url, "-", "--all", "--yes", "--format", "json")
    assert len(json.loads(done.out)["contacts"]) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x.json"], "no --target; wanted the base URL of a server"),
        (
            ["x.json", "--target", "http://127.0.0.1:1", "--days", "3", "--all"],
            "--days 3 and --all; wanted one of them",
        ),
        (["x.xml", "--target", "http://127.0.0.1:1", "--yes"], "x.xml: unknown format"),
        (["", "--target", "http://127.0.0.1:1", "--yes"], '"" as OUT; wanted a file, a folder or -'),
        (["x.json", "--target", "api.vambe.me", "--yes"], '"api.vambe.me" is not a base URL'),
        ([".", "--target", "http://127.0.0.1:1", "--yes", "--format", "xlsx"], "--format xlsx"),
    ],
)
def test_wrong_calls(arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line and exit code 2, before anything is sent; an example in it is of this command."""
    monkeypatch.chdir(tmp_path)
    line = refused("import", *arguments)
    assert line.startswith(f"vambe-mock: {told}")
    assert "vambe-mock generate" not in line


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    """In the middle of a page it ends the program with 130; no file and no folder stays."""
    account = Account(ACCOUNT, most=20)
    account.before = lambda: os.kill(os.getpid(), signal.SIGINT) if len(account.asked) > 3 else None
    done = imported(account, tmp_path / "new" / "x.ndjson", "--all")
    assert (done.code, len(account.asked), [*tmp_path.iterdir()]) == (130, 4, [])


def test_sigterm_leaves_nothing(tmp_path: Path) -> None:
    """The end of a container in the middle of a page: 143; no file and no folder stays."""
    account = Account(ACCOUNT, most=20)
    account.before = lambda: time.sleep(20) if len(account.asked) > 3 else None
    with listening(account) as url:
        command = [sys.executable, "-m", "vambe_mock", "import", "--target", url, "new/x.ndjson", "--all", "--yes"]
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            until = time.monotonic() + 60
            while len(account.asked) < 4 and time.monotonic() < until:
                time.sleep(0.02)
            assert (tmp_path / "new").exists()
            process.terminate()
            assert process.wait(timeout=60) == 143
            assert process.stderr is not None
            assert b"Traceback" not in process.stderr.read()
    assert [*tmp_path.iterdir()] == []


def test_memory_holds_a_page() -> None:
    """What the reading keeps does not grow with the account: the contacts of the last two milliseconds."""
    account = Account(ACCOUNT, most=10)
    reader = _reader(account)
    sizes = [len(reader.client._known.rows) for _ in reader.pages()]
    assert max(sizes) <= 10
    assert all(one < other for one, other in pairwise([0, *sizes[:1]]))


@pytest.mark.parametrize("failure", [(500, {}, b""), (200, {"content-encoding": "gzip"}, b"x")])
def test_a_missing_answer_is_told_without_the_query(failure: Reply) -> None:
    """The cursor is an instant of the account, so no error has it."""
    account = Account(ACCOUNT, most=10)
    account.before = lambda: account.failures.extend([failure] * 9)
    with pytest.raises(JudgeError) as caught:
        list(_reader(account, patience=0.1).pages())
    assert not re.search(r"\d{4}-\d\d-\d\d", str(caught.value))
