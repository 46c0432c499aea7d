"""The project as others get it: its wheel, its sdist, and a fresh environment with it."""

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT: Final = PYPROJECT["project"]


def build(kind: str, source: Path, folder: Path) -> Path:
    """What ``hatchling build`` makes of *source*, without a network: a *kind* of "wheel" or "sdist"."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.iterdir())


def names_in(wheel: Path) -> set[str]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def needed_by(requirements: list[str]) -> set[str]:
    """The names of the installed distributions that *requirements* and theirs bring, extras left out."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(text) for text in distribution(name).requires or ()]
    return found


def install(wheel: Path, requirements: list[str], folder: Path) -> Path:
    """A fresh environment in *folder* with *wheel* and what *requirements* bring, which is taken from this one.

    Returns its ``bin``, where no command but the project's own is.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=200)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    options = ["--disable-pip-version-check", "-qq", "--no-deps", "--no-index"]
    subprocess.run([*pip, "install", *options, wheel], check=True, timeout=200)
    packages = next((folder / "lib").glob("python*/site-packages"))
    for name in needed_by(requirements):
        for file in distribution(name).files or ():
            top = packages / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(distribution(name).locate_file(file.parts[0]))))
    return folder / "bin"
