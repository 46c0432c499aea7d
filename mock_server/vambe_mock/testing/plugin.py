"""The pytest plugin: ``vambe_mock``, a mock for each test, and ``vambe_mock_server``, the one server behind them.

It comes with the package (entry point ``pytest11``) and imports nothing before a test asks for it. Under pytest-xdist
each worker has a server of its own (`vambe-mock-for-tests`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.testing.mock import Mock
    from vambe_mock.testing.server import MockSettings, VambeMock


@pytest.fixture(scope="session")
def vambe_mock_settings() -> MockSettings:
    """The keyword arguments of the session's ``VambeMock``. Override it in a conftest.py."""
    return {"fixture": "empty"}


@pytest.fixture(scope="session")
def vambe_mock_server(vambe_mock_settings: MockSettings) -> Iterator[VambeMock]:
    """The server of this session, on a free port."""
    from vambe_mock.testing.server import VambeMock

    with VambeMock(**vambe_mock_settings) as server:
        yield server


@pytest.fixture
def vambe_mock(request: pytest.FixtureRequest, vambe_mock_server: VambeMock) -> Iterator[Mock]:
    """A mock of the test's own, in its initial state; no other test sees its data, clock, faults or requests."""
    if getattr(getattr(request.node, "obj", None), "is_hypothesis_test", False):
        vambe_mock_server.prepare()  # Hypothesis fails a test whose first example takes far longer than the others
    with vambe_mock_server.own_organisation() as mock:
        yield mock


@pytest.fixture(scope="class")
def vambe_mock_class(vambe_mock_server: VambeMock) -> Iterator[Mock]:
    """A mock that the tests of a class share; what one of them changes, the next one finds."""
    with vambe_mock_server.own_organisation() as mock:
        yield mock


@pytest.fixture(scope="module")
def vambe_mock_module(vambe_mock_server: VambeMock) -> Iterator[Mock]:
    """A mock that the tests of a module share."""
    with vambe_mock_server.own_organisation() as mock:
        yield mock


@pytest.fixture(scope="session")
def vambe_mock_session(vambe_mock_server: VambeMock) -> Iterator[Mock]:
    """A mock that all tests of the session share (of a worker, under pytest-xdist)."""
    with vambe_mock_server.own_organisation() as mock:
        yield mock
