"""What the tests share: servers, the application without a network, the document."""

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from effort import everything
from servers import Server, StartServer, serving
from vambe_mock.server.app import Application, create_app

# What this machine's user has set is not tested, nor is how fast the machine is.
for name in [name for name in os.environ if re.fullmatch(r"VAMBE_.*|HOST|PORT|(?i:\w+_proxy)", name)]:
    del os.environ[name]
for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "SOURCE_DATE_EPOCH"):
    os.environ.pop(name, None)
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# A shell that starts a job in the background makes it deaf to Ctrl-C, and so all that it starts; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# So does nohup with a terminal's closing. A signal that has a handler here has its default in what is started, so the
# tests themselves go on when their terminal closes, and the processes that they start hear of it.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)


def pytest_configure(config: pytest.Config) -> None:
    """Let each of several workers begin elsewhere: what one has compiled by then, the others find as bytecode."""
    if hasattr(config, "workerinput") and config.args == config.getini("testpaths"):
        folders = sorted({str(file.parent) for file in Path(__file__).parent.glob("*/test_*.py")})
        worker = int(config.workerinput["workerid"].removeprefix("gw"))
        first = worker * len(folders) // config.workerinput["workercount"] % len(folders)
        config.args = folders[first:] + folders[:first]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is played only where ``THOROUGH`` says so; see ``effort.some``. Every worker has one order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.parts)
    if not everything():
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("thorough")])
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The default server, for tests that only read."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers with options of the test's own; all of them end with the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        started = 0

        def start(*options: str, **environment: str) -> Server:
            nonlocal started
            started += 1
            folder = tmp_path / f"server-{started}"
            folder.mkdir()
            return stack.enter_context(serving(folder, *options, **environment))

        yield start


@pytest.fixture
def copied(originals: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Hands out one of the module's ``originals`` that a test may damage, with all that belongs to it."""

    def copy(name: str) -> Path:
        folder = name.replace(".", "-")
        shutil.copytree(originals / folder, tmp_path / folder)
        return tmp_path / folder / name

    return copy


@pytest.fixture(scope="session")
def app() -> Application:
    """The default server without a network, its clock frozen at the anchor of its data."""
    from vambe_mock.datasets.fixtures import fixture_set
    from vambe_mock.datasets.loading import load
    from vambe_mock.server.settings import Settings

    dataset = load(fixture_set("default"))
    return create_app(dataset, Settings(now=dataset.header.anchored_at, quiet=True))


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The bundled OpenAPI document, read afresh from its file."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded
