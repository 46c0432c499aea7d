"""action.yml: its steps as the runner would run them, with a stand-in for Python's part."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ACTION: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
SHOW = "import json, sys\nprint(json.dumps(sys.argv[1:]))\n"


def checked(folder: Path, options: str, target: str = "") -> "subprocess.CompletedProcess[str]":
    """The step that checks, in *folder*, where ``python -m vambe_mock`` prints its arguments."""
    (folder / "vambe_mock.py").write_text(SHOW, encoding="utf-8")
    step = next(one for one in STEPS if "VAMBE_API_KEY" in one.get("env", {}))
    given = {"PYTHON": sys.executable, "PYTHONPATH": str(folder), "OPTIONS": options, "TARGET": target, "REPORT": "r r"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_options_may_hold_a_blank_or_an_asterisk(tmp_path: Path) -> None:
    """A value in quotes stays one, and nothing in it is expanded; several lines are several options."""
    done = checked(tmp_path, "--strict --custom-field 'customer.status=In * progress'\n--about *\n", "https://x")
    reports = ["--junit", "r r/junit.xml", "--json", "r r/report.json", "--html", "r r/report.html"]
    wanted = ["--strict", "--custom-field", "customer.status=In * progress", "--about", "*"]
    assert json.loads(done.stdout) == ["check", "--target", "https://x", *reports, *wanted], done.stderr


def test_options_that_are_not_closed_are_told(tmp_path: Path) -> None:
    """A quotation mark too few is an annotation and exit code 2."""
    done = checked(tmp_path, "--about 'x")
    assert (done.returncode, done.stdout.startswith("::error title=contract::options: No closing")) == (2, True)


@pytest.mark.parametrize("name", ["target", "api-key", "options", "report", "artifact"])
def test_every_input_is_used(name: str) -> None:
    """No input is without effect, the artifact's name among them."""
    assert name in ACTION["inputs"]
    assert f"${{{{ inputs.{name} }}}}" in json.dumps(STEPS)


def test_the_callers_python_stays() -> None:
    """The action's Python is not put on PATH, and what it needs goes into an environment of its own."""
    (python,) = (one for one in STEPS if one.get("uses", "").startswith("actions/setup-python@"))
    assert python["with"]["update-environment"] is False
    assert not any("GITHUB_PATH" in one.get("run", "") for one in STEPS)
    (install,) = (one for one in STEPS if one.get("id") == "install")
    assert '"$PYTHON" -m venv "$folder"' in install["run"]
    assert "pip install" in install["run"]
