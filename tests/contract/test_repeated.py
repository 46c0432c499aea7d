"""What is remembered of texts that come again."""

import pytest

from vambe_mock.contract import repeated
from vambe_mock.contract.repeated import Repeated


def test_a_text_is_remembered_from_its_second_coming_on() -> None:
    """What came once is not kept."""
    texts: Repeated[str, int] = Repeated()
    texts.keep("days=1", 1)
    assert texts.get("days=1") is None
    texts.keep("days=1", 1)
    assert texts.get("days=1") == 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more texts than MOST are remembered, and none longer than LONGEST."""
    monkeypatch.setattr(repeated, "MOST", 3)
    texts: Repeated[str, int] = Repeated()
    for number in range(8):
        for _ in range(2):
            texts.keep(f"days={number}", number)
        assert len(texts) <= 3
        assert texts[f"days={number}"] == number
    for _ in range(2):
        texts.keep("x" * (repeated.LONGEST + 1), 9)
    assert len(texts) <= 3
    assert 9 not in texts.values()
