"""What the tests themselves promise: nothing that CI should check is skipped there."""

import pytest

from servers import program


def test_a_missing_program_fails_on_ci_and_is_told_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser or Node a test is skipped with a reason that names the remedy; on CI it fails."""
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="install it, or set CHROMIUM"):
        program("CHROMIUM", "/usr/bin/chromium", "install it")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="install it, or set CHROMIUM"):
        program("CHROMIUM", "/usr/bin/chromium", "install it")
