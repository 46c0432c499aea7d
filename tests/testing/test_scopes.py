"""The fixtures of wider scopes, and mocks that run elsewhere."""

import pytest

from vambe_mock import Mock, MockError


@pytest.mark.parametrize("turn", [1, 2])
def test_a_mock_lasts_as_long_as_its_scope(
    turn: int,
    vambe_mock: Mock,
    vambe_mock_class: Mock,
    vambe_mock_module: Mock,
    vambe_mock_session: Mock,
) -> None:
    """What one test adds, the next finds where they share the mock, and nowhere else (`vambe-mock-for-tests`)."""
    mocks = (vambe_mock, vambe_mock_class, vambe_mock_module, vambe_mock_session)
    for mock in mocks:
        mock.contacts.add(name="Ana")
    assert [len(mock.contacts) for mock in mocks] == [1, 1, turn, turn]
    assert len({mock.api_key for mock in mocks}) == 4


def test_a_mock_that_runs_elsewhere(vambe_mock: Mock) -> None:
    """A URL and a key are enough; a test has its own organisation there as long as a block (`vambe-mock-for-tests`)."""
    elsewhere = Mock(f"{vambe_mock.url}/", vambe_mock.api_key, vambe_mock.admin_token)
    with elsewhere.own_organisation() as mine:
        mine.contacts.add(name="Ana")
        assert (len(mine.contacts), len(elsewhere.contacts)) == (1, 0)
    with pytest.raises(MockError, match="no organisation"):
        len(mine.contacts)
    mine.close()
    elsewhere.close()
