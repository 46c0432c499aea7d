"""What is shipped: the wheel, the sdist, the locks, and the `make` that sets everything up."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement

from effort import some
from installs import PROJECT, PYPROJECT, ROOT, build, install, names_in, needed_by
from servers import program

FIXTURE_SETS = ("default", "edge-cases", "empty", "tiny")
HEAVY = {"dask", "faker", "httpx", "matplotlib", "pyarrow", "pytest", "schemathesis"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``bin`` of a fresh environment with the wheel and what it declares to need, and nothing else."""
    return install(wheel, PROJECT["dependencies"], tmp_path_factory.mktemp("installed") / "venv")


@pytest.fixture
def running(installed: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The base URL of a server of the installed wheel, started in an empty folder with the test's options."""
    url_file = tmp_path / "url"
    environment = {"PATH": str(installed), "VAMBE_MOCK_URL_FILE": str(url_file)}
    command = [installed / "vambe-mock", "serve", "--port", "0", *request.param]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    try:
        subprocess.run(
            [installed / "vambe-mock", "readyz", "--wait", "30"], cwd=tmp_path, env=environment, check=True, timeout=60
        )
        yield url_file.read_text(encoding="utf-8").strip()
    finally:
        server.terminate()
        assert server.wait(timeout=20) == 0


def test_the_wheel_has_the_data_files(wheel: Path) -> None:
    """The document, the fixture sets, the generator's pools and the console are in the wheel, byte for byte."""
    inside = {f"vambe_mock/fixtures/{name}.json": ROOT / "fixtures" / f"{name}.json" for name in FIXTURE_SETS}
    inside["vambe_mock/openapi.yaml"] = ROOT / "openapi.yaml"
    inside["vambe_mock/docs/decisions.md"] = ROOT / "docs" / "decisions.md"
    for made in (
        "vambe_mock/generator/recipe/pools.json",
        "vambe_mock/admin/console/assets/console.css",
        "vambe_mock/admin/console/assets/console.js",
    ):
        inside[made] = ROOT / "mock_server" / made
    with zipfile.ZipFile(wheel) as archive:
        for name, file in inside.items():
            assert archive.read(name) == file.read_bytes(), name


def test_the_wheel_has_the_packages_and_nothing_else(wheel: Path) -> None:
    """Every module of the two packages is in the wheel; no test, no benchmark and no tool of the clone is."""
    modules = {
        name for root in ("mock_server/vambe_mock", "contract_tests/vambe_judge") for name in part_of(ROOT / root)
    }
    names = names_in(wheel)
    assert modules <= names
    assert [name for name in names if "console/" in name and name.endswith((".mjs", ".json"))] == []
    assert [name for name in names if "console/source" in name or "node_modules" in name] == []
    tops = {name.split("/")[0] for name in names}
    assert tops == {"vambe_mock", "vambe_judge", f"vambe_mock-{version()}.dist-info"}


def part_of(package: Path) -> Iterator[str]:
    """The modules, templates and typing marker of *package* in the clone, as the wheel names them."""
    files = (path for path in package.rglob("*") if path.suffix in (".py", ".jinja") or path.name == "py.typed")
    return (path.relative_to(package.parent).as_posix() for path in files)


def version() -> str:
    """The version that ``mock_server/vambe_mock/__init__.py`` states."""
    text = (ROOT / "mock_server" / "vambe_mock" / "__init__.py").read_text(encoding="utf-8")
    stated = re.search(r'__version__ = "(.+)"', text)
    assert stated
    return stated[1]


SHIPPED = PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]


def copy_clone(folder: Path) -> Path:
    """A copy of the clone's files, without what is made there."""
    made = shutil.ignore_patterns("__pycache__", "node_modules", ".*_cache")
    folder.mkdir()
    for name in (".gitignore", *SHIPPED):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=made)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist of a clone that has an environment and a data set of somebody's in it."""
    folder = tmp_path_factory.mktemp("sdist")
    clone = copy_clone(folder / "clone")
    for stray in ("other/pyvenv.cfg", "other/bin/python", "contacts.ndjson", "data/contacts.parquet"):
        (clone / stray).parent.mkdir(exist_ok=True, parents=True)
        (clone / stray).touch()
    with tarfile.open(build("sdist", clone, folder / "made")) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and later; Debian 12 has 3.11.2
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)  # noqa: S202 - it is our own
    return next(folder.glob("vambe_mock-*"))


def test_the_sdist_has_what_is_named_and_nothing_else(sdist: Path) -> None:
    """An environment or a data set that lies in the clone is not shipped; what was named is, every file of it."""
    assert {path.name for path in sdist.iterdir()} == {*SHIPPED, "PKG-INFO", ".gitignore"}
    for file in ("tests/project/test_packaging.py", "docs/decisions.md", "contract_tests/pytest.ini"):
        assert (sdist / file).read_bytes() == (ROOT / file).read_bytes()


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """A wheel that is built from the sdist has the files of the one built from the clone."""
    assert names_in(build("wheel", sdist, tmp_path)) == names_in(wheel)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_two_builds_are_the_same_bytes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built again from a copy with other times and modes, under another umask, the file is the same, as `make dist`."""
    (moment,) = re.findall(r"SOURCE_DATE_EPOCH = (\d+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
    clone = copy_clone(tmp_path / "clone")
    for file in clone.rglob("*"):
        file.chmod(file.stat().st_mode & 0o700)
        os.utime(file, (1, 1_234_567_890))
    before = os.umask(0o077)
    try:
        again = build(kind, clone, tmp_path / "again")
    finally:
        os.umask(before)
    once = build(kind, ROOT, tmp_path / "once")
    assert again.name == once.name
    assert again.read_bytes() == once.read_bytes()


def test_the_metadata_is_valid(wheel: Path) -> None:
    """The wheel's metadata keeps the core metadata specification, and its description is the README."""
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read(f"vambe_mock-{version()}.dist-info/METADATA")
    metadata = Metadata.from_email(raw)
    assert (metadata.name, str(metadata.version)) == ("vambe-mock", version())
    assert metadata.description_content_type == "text/markdown"
    assert metadata.description == (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_server_alone_needs_nothing_heavy() -> None:
    """Neither the judge's, the generator's nor the tests' libraries come with a plain install."""
    assert not needed_by(PROJECT["dependencies"]) & HEAVY


def test_the_extra_all_has_every_extra() -> None:
    """``vambe-mock[all]`` asks for each of the other extras."""
    (everything,) = (Requirement(text) for text in PROJECT["optional-dependencies"]["all"])
    assert everything.name == PROJECT["name"]
    assert everything.extras == set(PROJECT["optional-dependencies"]) - {"all"}


def test_the_installed_command_states_its_version(installed: Path, tmp_path: Path) -> None:
    """``vambe-mock --version`` works outside the clone, from the environment's own copy."""
    command: list[str | Path] = [installed / "vambe-mock", "--version"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == f"vambe-mock {version()}\n"
    where: list[str | Path] = [installed / "python", "-c", "import vambe_mock; print(vambe_mock.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert Path(found.stdout).is_relative_to(installed.parent)


@pytest.mark.parametrize(
    ("running", "contacts"),
    some([([], 1_000), (["--fixture", "tiny"], 12), (["--contacts", "30", "--seed", "7"], 30)], 0, 2),
    indirect=["running"],
    ids=["the default set", "another fixture set", "a generated set"],
)
def test_the_installed_server_answers(running: str, contacts: int) -> None:
    """Installed outside the clone with its plain dependencies, the server has its data and its pages."""
    assert httpx.get(f"{running}/readyz").json()["contacts"] == contacts
    answer = httpx.get(f"{running}/api/public/contacts?days=365&limit=3", headers={"x-api-key": "test-key"})
    assert (answer.status_code, len(answer.json())) == (200, 3)
    for page in ("docs", "docs/swagger-ui-bundle.js", "openapi.json", "openapi.yaml"):
        assert httpx.get(f"{running}/{page}").status_code == 200, page


def make(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """``make`` in the clone, at most a few seconds long."""
    command = [program("MAKE", "make", "install GNU make"), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def fake_python(folder: Path, before: str) -> str:
    """A Python that runs *before* ahead of what it is given with -c."""
    real = f'exec "{sys.executable}" -c "import sys; {before}; exec(sys.argv[1])" "$2"'
    fake = folder / "fake-python"
    fake.write_text(f"#!/bin/sh\n{real}\n", encoding="utf-8")
    fake.chmod(0o755)
    return str(fake)


OLD = "sys.version_info = (3, 8, 18); sys.version = '3.8.18 (default)'"
NEW = "sys.version_info = (3, 16, 0); sys.version = '3.16.0 (default)'"


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (None, ["does not run here", "Python 3.11 or newer", "sudo apt install python3"]),
        (OLD, ["is Python 3.8.18", "3.11 to 3.15", "make serve PYTHON=python3."]),
        (NEW, ["is Python 3.16.0", "3.11 to 3.15", "make serve PYTHON=python3."]),
        ("sys.modules['ensurepip'] = None", ["has no ensurepip", "sudo apt install python3-venv"]),
    ],
    ids=["no Python", "a Python too old", "a Python too new", "a Python without ensurepip"],
)
def test_a_python_that_will_not_do_is_one_line(before: str | None, wanted: list[str], tmp_path: Path) -> None:
    """Set-up stops with one line that says what came, what is wanted and what to type, and makes nothing."""
    python = fake_python(tmp_path, before) if before else str(tmp_path / "no-python")
    done = make("serve", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for words in (python, *wanted):
        assert words in line
    assert not (tmp_path / "venv").exists()


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment that looks as `make test` leaves it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    for stamp in (".server", ".project", ".developer"):
        (tmp_path / stamp).touch()
    return tmp_path


@pytest.mark.parametrize("target", ["serve", "test"])
def test_a_finished_environment_is_used_as_it_is(target: str, environment: Path) -> None:
    """The second run of a target installs nothing."""
    assert "pip install" not in make("-n", target, f"VENV={environment}").stdout


@pytest.mark.parametrize(
    ("target", "harm"), some([*product(("serve", "test"), ("interrupted", "its Python is gone"))], 0, 3)
)
def test_a_broken_environment_is_made_anew(target: str, harm: str, environment: Path) -> None:
    """An interrupted set-up, or one whose Python went away, is not trusted (`set-up-all-or-nothing`)."""
    if harm == "interrupted":
        (environment / ".unfinished").touch()
    else:
        (environment / "bin" / "python").unlink()
    done = make("-n", target, f"VENV={environment}")
    assert f"rm -rf {environment}" in done.stdout
    assert "half-1/requirements.lock" in done.stdout


def test_make_alone_lists_the_targets() -> None:
    """`make` without a target runs nothing and has a line for every target."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    listed = re.findall(r"^  ([a-z]+) +\S", make().stdout, re.MULTILINE)
    assert sorted(listed) == sorted(set(phony.split()) - {"anew"})
