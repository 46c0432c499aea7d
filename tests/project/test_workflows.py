"""The workflows, as far as they can be judged without GitHub: what they run on, what they may do, what they publish."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import fresh_installs
import pytest
import yaml

from installs import PROJECT, ROOT
from vambe_mock import __version__

WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SUPPORTED: Final = [
    line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r"Python :: \d\.\d+$", line)
]


def jobs(name: str) -> dict[str, Any]:
    """The jobs of a workflow."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    found: dict[str, Any] = loaded["jobs"]
    return found


def test_every_python_is_tested_and_installed_on() -> None:
    """The Pythons that the metadata names are those that CI tests, a release is tried on, and make looks for."""
    assert jobs("ci.yml")["test"]["strategy"]["matrix"]["python"] == SUPPORTED
    (pythons,) = [
        step["with"]["python-version"].split()
        for step in jobs("release.yml")["dist"]["steps"]
        if step.get("uses", "").startswith("actions/setup-python")
    ]
    assert pythons == SUPPORTED
    assert list(fresh_installs.PYTHONS) == [f"python{version}" for version in SUPPORTED]
    pythons_of_make = re.search(r"^pythons += (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert pythons_of_make
    assert sorted(pythons_of_make[1].split()) == sorted(fresh_installs.PYTHONS)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_an_action_is_of_a_stated_version(file: Path) -> None:
    """No workflow takes an action from a moving branch, but PyPI's, whose release branch is how it is published."""
    used = re.findall(r"uses: (\S+)", file.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert action.startswith("./") or re.search(r"@(v\d+|[0-9a-f]{40}|release/v1)$", action), action


def test_a_release_may_do_little() -> None:
    """Of the release's jobs one may talk to PyPI, two may push the image, one may make the release; no other writes."""
    release = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    assert release["permissions"] == {}
    writing = {
        (name, right)
        for name, job in release["jobs"].items()
        for right, value in job["permissions"].items()
        if value == "write"
    }
    assert writing == {
        ("image", "packages"),
        ("manifest", "packages"),
        ("pypi", "id-token"),
        ("release", "contents"),
    }


def test_nothing_is_published_untested() -> None:
    """PyPI comes after the tests, the trial of the files and the images; the release comes last."""
    release = jobs("release.yml")
    assert set(release["pypi"]["needs"]) == {"test", "dist", "manifest"}
    assert set(release["image"]["needs"]) == {"test", "dist"}
    assert set(release["release"]["needs"]) == {"manifest", "pypi"}


CHANGELOG: Final = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASED: Final = re.sub(r"^## Unreleased\n.*?(?=^## )", "", CHANGELOG, flags=re.MULTILINE | re.DOTALL)
"""The changelog of a release, which has nothing that is in no version yet."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the notes are made from, of a release."""
    for name in (".ci/notes", "mock_server/vambe_mock/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(RELEASED, encoding="utf-8")
    return tmp_path


def notes(clone: Path, version: str) -> "subprocess.CompletedProcess[str]":
    """What the release workflow asks for the notes of *version*."""
    return subprocess.run([clone / ".ci" / "notes", version], capture_output=True, text=True, check=False, timeout=60)


def test_the_notes_are_the_changelogs_section(clone: Path) -> None:
    """The version's section is the notes, without its heading and without the next one."""
    section = re.split(r"^## .*\n", CHANGELOG.partition(f"\n## [{__version__}]")[2], flags=re.MULTILINE)[0]
    done = notes(clone, __version__)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == section.partition("\n")[2].strip()
    assert "### " in done.stdout


def test_a_release_leaves_no_change_without_a_version(clone: Path) -> None:
    """Changes that stand under "Unreleased" would be published and not told of, so a release with some stops."""
    changelog = RELEASED.replace("## [", "## Unreleased\n\n- A change.\n\n## [", 1)
    (clone / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    done = notes(clone, __version__)
    assert (done.returncode, done.stdout) == (2, "")
    assert "changes under 'Unreleased'; wanted them in the section of the version" in done.stderr
    (clone / "CHANGELOG.md").write_text(changelog.replace("- A change.\n\n", ""), encoding="utf-8")
    assert notes(clone, __version__).returncode == 0


@pytest.mark.parametrize("version", ["", "9.9.9", f"v{__version__}"])
def test_a_tag_that_is_not_the_version_is_refused(version: str, clone: Path) -> None:
    """A release whose tag is not the package's version stops with one line that says what to type."""
    done = notes(clone, version)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"'{version}'" in line
    assert f".ci/notes {__version__}" in line
