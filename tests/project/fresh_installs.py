"""Install the project into fresh environments, as its users do, and ask each one for what it promises.

``python tests/project/fresh_installs.py [--python PYTHON …] [WHAT …]``: *what* is a wheel, an sdist or a folder, by
default the clone; a Python is a command, by default every one of 3.11 to 3.15 that is found. It needs nothing but the
standard library, an index to install from, and no file of the clone once the installation is done.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

PYTHONS: Final = tuple(f"python3.{minor}" for minor in range(11, 16))
WINDOWS: Final = os.name == "nt"
PLUGIN: Final = """
def test_mock(vambe_mock):
    ana = vambe_mock.contacts.add(name="Ana")
    assert [one["id"] for one in vambe_mock.contacts.list()] == [ana["id"]]
"""


class BrokenPromiseError(Exception):
    """A command that did not do what it promises."""


def run(command: list[str | Path], folder: Path, **more: str) -> str:
    """Run a command in *folder*. Returns what it prints; raises BrokenPromiseError unless it ends well."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VAMBE_"))}
    done = subprocess.run(
        command, cwd=folder, env=usual | more, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise BrokenPromiseError(f"{words}\nended with exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(what: str, came: object, wanted: object) -> None:
    """Raise BrokenPromiseError unless *came* is *wanted*."""
    if came != wanted:
        raise BrokenPromiseError(f"{what}: {came!r}; wanted {wanted!r}")


class Environment:
    """A fresh environment of *python* in *folder*, with *what* installed, and an empty folder to work in."""

    def __init__(self, python: str, what: Path, folder: Path) -> None:
        run([python, "-m", "venv", folder / "venv"], folder)
        self._bin = folder / "venv" / ("Scripts" if WINDOWS else "bin")
        self.folder = folder / "empty"
        self.folder.mkdir()
        self.python("-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{what}[check]")

    def python(self, *words: str | Path) -> str:
        """Run the environment's Python."""
        return run([self._bin / "python", *words], self.folder)

    def program(self, *words: str | Path) -> list[str | Path]:
        """A call of ``vambe-mock``."""
        return [self._bin / "vambe-mock", *words]

    def call(self, *words: str | Path, **more: str) -> str:
        """Run ``vambe-mock``."""
        return run(self.program(*words), self.folder, **more)


def ask_for_all(environment: Environment) -> str:
    """Everything that an installation promises. Returns its version; raises BrokenPromiseError."""
    name, _, version = environment.call("--version").strip().partition(" ")
    expect("--version", name, "vambe-mock")
    ask_a_server(environment)
    environment.call("generate", "made.ndjson", "--contacts", "20", "--seed", "7")
    expect("contacts made", len((environment.folder / "made.ndjson").read_text(encoding="utf-8").splitlines()), 20)
    expect("the judge's last word", environment.call("check", "--generated", "5").split()[-1], "conforms")
    (environment.folder / "test_plugin.py").write_text(PLUGIN, encoding="utf-8")
    environment.python("-m", "pytest", "-q", "test_plugin.py")
    return version


def ask_a_server(environment: Environment) -> None:
    """Start a server on a free port, ask it for three contacts, and end it."""
    url_file = environment.folder / "url"
    command = environment.program("serve", "--port", "0", "--url-file", url_file)
    with (environment.folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=environment.folder, stdout=log, stderr=log)
    try:
        environment.call("readyz", "--wait", "60", VAMBE_MOCK_URL_FILE=str(url_file))
        url = url_file.read_text(encoding="utf-8").strip()
        request = Request(f"{url}/api/public/contacts?days=365&limit=3", headers={"x-api-key": "test-key"})  # noqa: S310 - a URL of our own
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - as there
            expect("contacts served", len(json.load(answer)), 3)
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    expect("the server's exit code", code, 1 if WINDOWS else 0)


def found(python: str) -> str:
    """The version of a Python command, empty where there is none."""
    if not shutil.which(python):
        return ""
    command = [python, "-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    """Try each installation in turn, one line each. Returns 0, or 1 if one fails, or 2 if there is no Python."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], help="a Python to try; repeatable")
    parser.add_argument("what", nargs="*", type=Path, default=[Path(__file__).parents[2]])
    told = parser.parse_args()
    versions = {python: found(python) for python in told.python or PYTHONS}
    if missing := [python for python in told.python if not versions[python]]:
        print(f"{missing[0]} does not run here; wanted a Python command, e.g. --python python3.13", file=sys.stderr)
        return 2
    if not any(versions.values()):
        print(f"no {' or '.join(PYTHONS)} here; wanted one, or --python and its path", file=sys.stderr)
        return 2
    failed = False
    for python, number in versions.items():
        for what in told.what if number else ():
            began = time.monotonic()
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                try:
                    version = ask_for_all(Environment(python, what.resolve(), Path(folder)))
                    result = f"vambe-mock {version} does all it promises"
                except BrokenPromiseError as failure:
                    failed, result = True, f"FAILED: {failure}"
            print(f"Python {number}, {what.name or what}: {result} ({time.monotonic() - began:.0f} s)", flush=True)
    if not told.python:
        print("not tried, for want of them:", ", ".join(name for name, number in versions.items() if not number) or "-")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
