"""The pytest plugin: ``vambe_mock``, a mock for each test; ``vambe_mock_server``, the one server behind them.

It comes with the package (entry point ``pytest11``) and imports nothing of the server before a test asks for it. Under
pytest-xdist each worker has a server of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.testing.mock import Mock, VambeMock


@pytest.fixture(scope="session")
def vambe_mock_settings() -> dict[str, Any]:
    """What the server serves: fields of ``vambe_mock.server.settings.Settings``. Override it in a conftest.py."""
    return {"fixture": "empty"}


@pytest.fixture(scope="session")
def vambe_mock_server(vambe_mock_settings: dict[str, Any]) -> Iterator[VambeMock]:
    """The server of this session, on a free port."""
    from vambe_mock.testing.mock import VambeMock  # noqa: PLC0415 - only a session that asks for it pays

    with VambeMock(**vambe_mock_settings) as server:
        yield server


@pytest.fixture
def vambe_mock(vambe_mock_server: VambeMock) -> Iterator[Mock]:
    """A mock of the test's own: its data, clock, faults and record begin anew, and nobody else sees them."""
    mock = vambe_mock_server.organisation()
    yield mock
    vambe_mock_server.forget(mock)
