"""The front answers for contacts before FastAPI is imported, and has everything else wait for it."""

import asyncio
import json
import subprocess
import sys
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi import Reply, ask, asked
from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.front import Front
from vambe_mock.server.settings import Settings


class Making:
    """A front whose application is made when it is needed; how often that was."""

    def __init__(self, **settings: Any) -> None:
        self.made = self.failures = 0
        self.go_on = Event()
        self.go_on.set()
        self.front = Front(from_document(document(contact(1))), Settings(now=AT_ANCHOR, **settings), self._make)

    def _make(self, front: Front) -> Application:
        assert self.go_on.wait(60)
        if self.failures:
            self.failures -= 1
            raise ImportError("no FastAPI here")
        self.made += 1
        return Application(front)


def test_contacts_need_no_fastapi() -> None:
    """A process that has answered for contacts has imported neither FastAPI nor Starlette's applications."""
    code = (
        "import sys; sys.path.insert(0, 'tests/support')\n"
        "from small_data import contact, document\n"
        "from vambe_mock.datasets.dataset import from_document\n"
        "from vambe_mock.server import process\n"
        "from vambe_mock.server.settings import Settings\n"
        "front = process.Front(from_document(document(contact(1))), Settings(), process._whole)\n"
        "made = front.endpoint.plainly([(b'x-api-key', b'test-key')], 'GET', b'/api/public/contacts', b'days=365', 0.0)\n"  # noqa: E501
        "assert made[1].status == 200, made\n"
        "print([name for name in ('fastapi', 'starlette.applications', 'typer', 'rich', 'pyarrow') if name in sys.modules])"  # noqa: E501
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


REQUESTS: list[dict[str, Any]] = [
    {"query": "days=30"},
    {"query": "days=0"},
    {"query": "days=30", "headers": ()},
    {"query": "days=30", "method": "HEAD", "path": b"/API/public/contacts/"},
    {"query": "days=30", "method": "POST"},
    {"query": "days=30", "headers": [(b"x-api-key", b"test-key"), (b"prefer", b"code=503")]},
    {"query": "days=30", "headers": [(b"x-api-key", b"test-key"), (b"origin", b"http://page")]},
    {"path": b"/readyz"},
    {"path": b"/"},
    {"path": b"/__admin/clock", "headers": [(b"host", b"localhost")]},
]


@pytest.mark.parametrize("origins", [(), ("http://page",)])
@pytest.mark.parametrize("request_", REQUESTS)
def test_the_front_answers_as_the_application(request_: dict[str, Any], origins: tuple[str, ...]) -> None:
    """Before it is there and after (`front`)."""
    making = Making(quiet=True, cors=origins)
    app = create_app(from_document(document(contact(1))), Settings(now=AT_ANCHOR, quiet=True, cors=origins))
    before = [ask(making.front, **request_) for _ in range(2)]
    making.front.whole()
    wanted: Reply = ask(app, **request_)
    assert [*before, ask(making.front, **request_)] == [wanted] * 3
    assert making.made == 1


def test_only_what_is_not_for_contacts_makes_the_application() -> None:
    """It is made once, and counts the requests before (`front`)."""
    making = Making(quiet=True)
    assert ask(making.front, "days=30").status == ask(making.front, "days=30", method="HEAD").status == 200
    assert making.made == 0
    assert ask(making.front, path=b"/readyz").status == ask(making.front, path=b"/livez").status == 200
    assert making.made == 1
    assert making.front.organisations.first.record.total == 2


PLAIN = (0, 1, 2, 3, 6)
"""Which of REQUESTS need no FastAPI."""


@given(chosen=st.lists(st.integers(0, len(REQUESTS) - 1), min_size=1, max_size=12))
def test_requests_that_come_at_once_right_after_the_start(chosen: list[int]) -> None:
    """Those for contacts are answered meanwhile, all others when the one application is made, each as by it alone."""
    making = Making(quiet=True)
    making.go_on.clear()

    async def at_once() -> tuple[list[bool], list[Reply]]:
        tasks = [asyncio.create_task(asked(making.front, **REQUESTS[one])) for one in chosen]
        for _ in range(10):
            await asyncio.sleep(0)
        early = [task.done() for task in tasks]
        making.go_on.set()
        return early, await asyncio.gather(*tasks)

    early, replies = asyncio.run(at_once())
    assert early == [one in PLAIN for one in chosen]
    assert replies == [wanted(one) for one in chosen]
    assert making.made == any(one not in PLAIN for one in chosen)
    assert making.front.organisations.first.record.total == sum(one in (0, 1, 3, 5, 6) for one in chosen)


_WANTED: dict[int, Reply] = {}


def wanted(request_: int) -> Reply:
    """What the whole application answers to one of REQUESTS."""
    if request_ not in _WANTED:
        app = create_app(from_document(document(contact(1))), Settings(now=AT_ANCHOR, quiet=True))
        _WANTED[request_] = ask(app, **REQUESTS[request_])
    return _WANTED[request_]


def test_who_leaves_while_it_is_made_takes_nobody_along() -> None:
    """A cancelled request does not end the making that others wait for (`front`)."""
    making = Making(quiet=True)
    making.go_on.clear()

    async def leave() -> Reply:
        first = asyncio.create_task(asked(making.front, path=b"/readyz"))
        second = asyncio.create_task(asked(making.front, path=b"/readyz"))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.wait([first])
        making.go_on.set()
        return await second

    assert asyncio.run(leave()).status == 200
    assert making.made == 1


def test_what_could_not_be_made_is_tried_again() -> None:
    """The request that has waited fails, the next one does not, and contacts are answered all the same (`front`)."""
    making = Making(quiet=True)
    making.failures = 1
    with pytest.raises(ImportError, match="no FastAPI here"):
        ask(making.front, path=b"/readyz")
    assert ask(making.front, "days=30").status == ask(making.front, path=b"/readyz").status == 200


RACE = """
import json, sys, threading
from http.client import HTTPConnection
from vambe_mock import VambeMock

asked = {
    "contacts": ("GET", "/api/public/contacts?days=365&limit=1", {"x-api-key": "test-key"}),
    "prefer": ("GET", "/api/public/contacts?days=365", {"x-api-key": "test-key", "prefer": "code=503"}),
    "post": ("POST", "/api/public/contacts", {"x-api-key": "test-key"}),
    "clock": ("GET", "/__admin/clock", {}),
    "organisations": ("POST", "/__admin/organisations", {"content-type": "application/json"}),
    "ready": ("GET", "/readyz", {}),
    "docs": ("GET", "/docs", {}),
    "nowhere": ("GET", "/nowhere", {}),
}
found = {name: [] for name in asked}
with VambeMock(fixture="default") as mock:
    imported = "fastapi" in sys.modules
    go = threading.Barrier(2 * len(asked))

    def ask(name):
        method, target, headers = asked[name]
        connection = HTTPConnection(*mock.url.removeprefix("http://").split(":"), timeout=60)
        connection.connect()
        go.wait()
        connection.request(method, target, b"{}" if "content-type" in headers else None, headers)
        found[name].append(connection.getresponse().status)
        connection.close()

    threads = [threading.Thread(target=ask, args=(name,)) for name in asked for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
print(json.dumps({"imported": imported, **found}))
"""


def test_the_first_requests_of_a_process_may_be_for_anything() -> None:
    """Sixteen at once, in a process that has not imported FastAPI (`front`)."""
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, check=False, timeout=300)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "imported": False,
        "contacts": [200, 200],
        "prefer": [503, 503],
        "post": [404, 404],
        "clock": [200, 200],
        "organisations": [201, 201],
        "ready": [200, 200],
        "docs": [200, 200],
        "nowhere": [404, 404],
    }
