"""The front answers for contacts before FastAPI is imported, and has everything else wait for it."""

import subprocess
import sys
from typing import Any

import pytest

from asgi import Reply, ask
from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.front import Front
from vambe_mock.server.settings import Settings


class Making:
    """A front whose application is made when it is needed; how often that was."""

    def __init__(self, **settings: Any) -> None:
        self.made = 0
        self.front = Front(from_document(document(contact(1))), Settings(now=AT_ANCHOR, **settings), self._make)

    def _make(self, front: Front) -> Application:
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
