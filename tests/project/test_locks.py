"""The locks: what they hold, and that an install from them takes nothing else, whichever pip reads them."""

import ensurepip
import hashlib
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from test_dockerfile import instructions
from test_packaging import make

from installs import PROJECT, PYPROJECT, ROOT, needed_by

LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(lock: str) -> dict[str, set[str]]:
    """The versions that *lock* has of each name; more than one where Pythons differ."""
    versions: dict[str, set[str]] = {}
    for name, number in re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE):
        versions.setdefault(canonicalize_name(name), set()).add(number)
    return versions


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes(lock: str) -> None:
    """A lock is versions and SHA-256 hashes: every package has both, and no line names a host or a path."""
    entries = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    assert entries
    for entry in entries:
        requirement, *hashes = re.split(r"\s+--hash=", entry.strip())
        assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; [\w .'<>=!()]+)?", requirement), entry
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), entry


def test_the_server_is_locked_to_what_is_tested() -> None:
    """Whatever the server's lock has, the developers' lock has at the same version (`one-set-of-versions`)."""
    developers = locked("requirements-dev.lock")
    for name, versions in locked("requirements.lock").items():
        assert versions == developers[name], name


def test_the_locks_hold_what_the_project_declares() -> None:
    """Every declared dependency is in its lock, at a version that its bounds allow."""
    groups = PYPROJECT["dependency-groups"]
    extras = [text for name, texts in PROJECT["optional-dependencies"].items() if name != "all" for text in texts]
    for lock, texts in (
        ("requirements.lock", [*PROJECT["dependencies"], *groups["build"]]),
        ("requirements-dev.lock", [*extras, *(text for text in groups["dev"] if isinstance(text, str))]),
    ):
        versions = locked(lock)
        for requirement in map(Requirement, texts):
            found = versions[canonicalize_name(requirement.name)]
            assert all(Version(one) in requirement.specifier for one in found), requirement


OLDER: Final = Path(sys.prefix) / "older"
"""Where the Makefile puts tests/older.lock."""
NEWER: Final = "9999"


class Index(NamedTuple):
    """A package index on this disk, and a copy of the developers' lock with the hashes of its wheels."""

    simple: Path
    lock: Path


def split(line: str) -> Iterator[list[str]]:
    """The words of each command of a *line* of shell."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    for ends, command in groupby(words, lambda word: set(word) <= set(";&|<>()")):
        if not ends:
            yield [*command]


@cache
def commands() -> dict[str, list[list[str]]]:
    """The pip commands that install a lock, by the lock's name, as the Makefile and the Dockerfile have them."""
    recipes = make("-n", "test", "VENV=no-such-venv", f"PYTHON={sys.executable}").stdout
    recipes += "\n".join(rest for name, rest in instructions() if name == "RUN")
    found: dict[str, list[list[str]]] = {}
    for words in (command for line in recipes.splitlines() for command in split(line)):
        if "install" in words and "-r" in words:
            name = Path(words[words.index("-r") + 1]).name
            start = next(place for place, word in enumerate(words) if Path(word).name == "pip")
            found.setdefault(name, []).append(words[start + 1 :])
    return found


def entries() -> Iterator[tuple[str, str, str]]:
    """Each package of the developers' lock: its name, its version, and its line without the hashes."""
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    for line in re.findall(r"^[a-z0-9.-]+==[^\\\n]+", text, re.MULTILINE):
        name, version = line.partition(" ")[0].split("==")
        yield name, version, line.strip()


def applies(line: str) -> bool:
    """Whether a line of a lock is for this Python on this machine."""
    marker = Requirement(line).marker
    return marker is None or marker.evaluate()


def wheel_of(name: str, version: str, like: Distribution, folder: Path) -> Path:
    """A wheel with nothing in it but the metadata that *like* has."""
    stem = f"{name.replace('-', '_')}-{version}"
    needs = [f"{kind}: {value}" for kind in ("Requires-Dist", "Provides-Extra") for value in values(like, kind)]
    metadata = "\n".join(("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *needs, ""))
    files = {"METADATA": metadata, "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files["RECORD"] = "".join(f"{stem}.dist-info/{file},,\n" for file in (*files, "RECORD"))
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in files.items():
            archive.writestr(f"{stem}.dist-info/{file}", text)
    return wheel


def values(of: Distribution, header: str) -> list[str]:
    """All values of a metadata *header*."""
    return of.metadata.get_all(header) or []


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index that has every locked package at the locked version and, newer, as release 9999."""
    folder = tmp_path_factory.mktemp("index")
    here: dict[str, Distribution] = {canonicalize_name(one.name): one for one in distributions()}
    lines = []
    for name, version, line in entries():
        digest = offer(folder / name, name, version, here[name]) if applies(line) else "0" * 64
        lines.append(f"{line} --hash=sha256:{digest}\n")
    (folder / "copy.lock").write_text("".join(lines), encoding="utf-8")
    return Index(folder, folder / "copy.lock")


def offer(page: Path, name: str, version: str, like: Distribution) -> str:
    """Put a package on its page of the index. Returns the hash of the wheel of *version*."""
    page.mkdir(parents=True, exist_ok=True)
    wheels = [wheel_of(name, number, like, page) for number in (version, NEWER)]
    links = "".join(f'<a href="{wheel.name}">{wheel.name}</a>\n' for wheel in sorted(page.glob("*.whl")))
    (page / "index.html").write_text(links, encoding="utf-8")
    return hashlib.sha256(wheels[0].read_bytes()).hexdigest()


@pytest.fixture(scope="module", params=["23.0" if sys.version_info < (3, 12) else "bundled"])
def pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a pip: the one that comes with this Python, or on 3.11 an old one, which runs nowhere else."""
    folder = tmp_path_factory.mktemp("pip")
    if request.param == "23.0":
        (folder / "pip").symlink_to(OLDER / "pip")
        return folder / "pip"
    wheels = sysconfig.get_config_var("WHEEL_PKG_DIR") or Path(ensurepip.__file__).parent / "_bundled"
    (wheel,) = Path(wheels).glob("pip-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "pip"


Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A fresh environment without a package."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True, timeout=60)
    return tmp_path / "venv"


@pytest.fixture
def run_pip(environment: Path, pip: Path, index: Index) -> Install:
    """Run the pip on the fresh environment, with the index and no settings of this machine."""
    told = {
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index.simple.as_uri(),
        "PYTHONPYCACHEPREFIX": str(index.simple / "cache"),
    }

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command: list[str | Path] = [environment / "bin" / "python", pip, *words]
        return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=300)

    return run


def with_lock(words: list[str], lock: Path) -> list[str]:
    """A pip command with another *lock*."""
    place = words.index("-r") + 1
    return [*words[:place], str(lock), *words[place + 1 :]]


def packages_of(environment: Path) -> dict[str, str]:
    """What is installed, with the versions."""
    (packages,) = environment.glob("lib/python*/site-packages")
    return {canonicalize_name(one.name): one.version for one in distributions(path=[str(packages)])}


def test_an_index_cannot_change_what_a_lock_installs(run_pip: Install, environment: Path, index: Index) -> None:
    """With a newer release of every package on the index, exactly the locked versions come out.

    The developers' lock stands for all of them, since it has the server's and all are installed by the same flags.
    """
    words, _ = commands()["requirements-dev.lock"]
    done = run_pip(*with_lock(words, index.lock))
    assert (done.returncode, done.stderr) == (0, "")
    assert packages_of(environment) == {name: version for name, version, line in entries() if applies(line)}


def test_every_lock_is_installed_by_the_same_flags() -> None:
    """The Makefile and the Dockerfile hand pip each lock with hashes, wheels only, and without resolving."""
    found = commands()
    assert {lock: len(installs) for lock, installs in found.items()} == {
        "pip.lock": 1,
        "requirements.lock": 3,
        "requirements-dev.lock": 2,
        "older.lock": 1,
    }
    told = {"--disable-pip-version-check", "--no-input", "-qq", "--quiet", "--progress-bar", "off", "--no-compile"}
    for lock, installs in found.items():
        for words in installs:
            end = words.index("--upgrade") if lock == "older.lock" else words.index("-r")
            flags = [word for word in words[:end] if word not in told]
            assert flags == ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:"], lock


@pytest.mark.parametrize("lock", LOCKS)
def test_two_halves_are_the_lock(lock: str, tmp_path: Path) -> None:
    """The Makefile installs a lock by halves, side by side: each package is in one of them, with all its hashes."""
    (recipe,) = re.findall(rf"^(mkdir.*{lock}) && {{", make("-n", "test", f"VENV={tmp_path}").stdout, re.MULTILINE)
    subprocess.run(["/bin/sh", "-c", recipe], cwd=ROOT, check=True, timeout=60)
    files = (tmp_path / "half-1" / lock, tmp_path / "half-2" / lock, ROOT / lock)
    packages = [re.findall(r"^[a-z].*(?:\n .*)*", file.read_text(encoding="utf-8"), re.MULTILINE) for file in files]
    assert len(packages[0]) - len(packages[1]) in (0, 1)
    assert sorted(packages[0] + packages[1]) == sorted(packages[2])


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pip 23.0 runs on no newer Python")
@pytest.mark.parametrize("pip", ["23.0"], indirect=True)
def test_an_old_pip_that_resolves_is_led_astray(run_pip: Install, index: Index, tmp_path: Path) -> None:
    """Without --no-deps pip 23.0 does not see that an extra's package is in the lock: the index is a real trap."""
    few = needed_by(["pytest-cov"])
    text = index.lock.read_text(encoding="utf-8")
    lock = tmp_path / "few.lock"
    lock.write_text("\n".join(line for line in text.splitlines() if line.partition("==")[0] in few), encoding="utf-8")
    words = with_lock(commands()["requirements-dev.lock"][0], lock)
    astray = run_pip(*(word for word in words if word != "--no-deps"))
    assert astray.returncode == 1
    assert "These do not:\n    coverage[toml]" in astray.stderr
    assert run_pip(*words).returncode == 0
