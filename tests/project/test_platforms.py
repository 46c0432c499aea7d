"""What other machines lack, as far as it can be tried on this one."""

import pytest

from servers import StartServer


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_log_goes_through_a_pipe_that_cannot_take_its_arrow(encoding: str, start_server: StartServer) -> None:
    """Where standard output lacks the character, as a pipe on Windows, the arrow is plain (`log-waits-for-nobody`)."""
    server = start_server("--fixture", "tiny", "--now", "2026-03-01T12:00:00Z", PYTHONIOENCODING=encoding)
    assert len(server.get("days=7").json()) == 2
    log = server.log(until="-> days 2")
    assert "200 GET /api/public/contacts?days=7  12 -> days 2" in log
    assert "Traceback" not in log
