"""The pytest plugin of the sync check: ``vambe_sync_check``. It imports nothing before a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def vambe_sync_check() -> Callable[..., None]:
    """A function that checks a client as ``vambe_mock.sync.check`` does, and fails the test with what happened.

    ``vambe_sync_check(poll, copy, histories=50)``, where ``poll(base_url, api_key, folder)`` polls once.
    """
    from vambe_mock.sync.calling import check, complaint

    def checked(*arguments: object, **options: object) -> None:
        __tracebackhide__ = True
        if told := complaint(check(*arguments, **options)):  # type: ignore[arg-type]
            raise AssertionError(told)

    return checked
