"""Installed, the project takes two import names and no other, so nobody's own tests are shadowed by it."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from effort import some
from installs import PROJECT, ROOT, build, install

OWN: Final = """
import sys
from pathlib import Path

import {name}


def test_the_projects_own_module_is_found():
    assert {name}.WHOSE == "the project's"
    assert Path({name}.__file__).is_relative_to(Path(__file__).parents[1])


def test_the_plugin_is_there_and_light(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("vambe_mock")
    assert not {{"fastapi", "httpx", "numpy", "pydantic", "typer", "uvicorn"}} & set(sys.modules)
"""

PROJECTS: Final = {
    "a package mock_server": ("mock_server/__init__.py", "mock_server"),
    "a package contract_tests": ("contract_tests/__init__.py", "contract_tests"),
    "a module tests/mock_server.py": ("tests/mock_server.py", "mock_server"),
}


def write_project(folder: Path, module: str, name: str) -> None:
    """A project of somebody else's with the file *module* and tests that import it as *name*."""
    for file, text in {
        "conftest.py": "",
        module: 'WHOSE = "the project\'s"\n',
        "tests/test_own.py": OWN.format(name=name),
    }.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``bin`` of an environment with the project's wheel, what it and the judge need, and pytest's command."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = build("wheel", ROOT, folder / "wheel")
    needed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["check"]]
    programs = install(wheel, needed, folder / "venv")
    script = programs / "pytest"
    script.write_text(f"#!{programs / 'python'}\nimport pytest\n\nraise SystemExit(pytest.console_main())\n")
    script.chmod(0o755)
    return programs


def run(programs: Path, folder: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """A command of the environment, in *folder*, without settings of this machine."""
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", **more}
    words: list[str | Path] = [programs / command[0], *command[1:]]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=400)


@pytest.mark.parametrize("command", some([["pytest"], ["python", "-m", "pytest"]], 1), ids=" ".join)
@pytest.mark.parametrize(("module", "name"), PROJECTS.values(), ids=PROJECTS)
def test_a_projects_own_names_are_its_own(
    module: str, name: str, command: list[str], programs: Path, tmp_path: Path
) -> None:
    """A project with a module of one of our folders' names finds its own, and the plugin beside it is ours."""
    write_project(tmp_path, module, name)
    done = run(programs, tmp_path, *command, "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has all those names, none of which can be imported."""
    for module, _ in PROJECTS.values():
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / module).write_text("raise ImportError('the project is not asked for')\n", encoding="utf-8")
    return tmp_path


def test_the_commands_take_no_module_of_a_project(programs: Path, project: Path) -> None:
    """With such a project on PYTHONPATH, ``vambe-mock`` states its version and judges a mock of its own."""
    path = f".{os.pathsep}tests"
    stated = run(programs, project, "vambe-mock", "--version", PYTHONPATH=path)
    assert (stated.returncode, stated.stdout[:11], stated.stderr) == (0, "vambe-mock ", "")
    judged = run(programs, project, "vambe-mock", "check", "--generated", "0", PYTHONPATH=path)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert judged.stdout.splitlines()[-1].endswith(" conforms")


def test_the_fixture_takes_no_module_of_a_project(programs: Path, project: Path) -> None:
    """In such a project the pytest fixture starts the installed mock."""
    test = "def test_mock(vambe_mock):\n    assert vambe_mock.contacts.add(name='Ana')\n"
    (project / "tests" / "test_mock.py").write_text(test, encoding="utf-8")
    done = run(programs, project, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
