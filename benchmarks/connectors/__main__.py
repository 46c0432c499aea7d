"""``python -m benchmarks.connectors``: dlt, airbyte-cdk and singer-sdk under the sync check; the table in docs/sync.md.

Each with its default settings and with its best ones. The first run installs requirements.txt into an environment of
its own, which takes minutes. A poll is a process, forked from one that has the packages imported.
"""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from vambe_mock.sync import SyncError
from vambe_mock.sync.checking import Options, Report, Result, check, hazards_named
from vambe_mock.sync.clients import Outcome, Turn, last_line
from vambe_mock.sync.copies import Copy
from vambe_mock.sync.hazards import HAZARDS

HERE: Final = Path(__file__).parent
REQUIREMENTS: Final = HERE / "requirements.txt"
ENVIRONMENT: Final = HERE.parent / "data" / "connectors"
PAGE: Final = HERE.parent.parent / "docs" / "sync.md"
BEGIN: Final = "<!-- made by python -m benchmarks.connectors -->\n"
END: Final = "<!-- made until here -->\n"

PACKAGES: Final = {"dlt": "dlt", "airbyte": "airbyte-cdk", "singer": "singer-sdk"}
COPIES: Final = {
    "dlt": "sqlite:{dir}/vambe__copy.db?table=contacts",
    "airbyte": "{dir}/contacts.json",
    "singer": "{dir}/contacts.json",
}
SETTINGS: Final = ("default", "best")


@dataclass(slots=True)
class WarmClient:
    """A connector: each poll is a process, forked by the server at *address*, which has the packages imported."""

    name: str
    settings: str
    address: Path
    timeout: float = 60.0
    in_process: bool = False

    def poll(self, turn: Turn, stop: Callable[[], bool] | None = None) -> Outcome:
        """Poll once."""
        output = turn.folder / f"output-{turn.number}-{time.monotonic_ns()}"
        environment = {"VAMBE_BASE_URL": turn.url, "VAMBE_API_KEY": turn.key, "NO_PROXY": "127.0.0.1,localhost,::1"}
        asked = {
            "name": self.name,
            "settings": self.settings,
            "folder": str(turn.folder),
            "output": str(output),
            "environment": environment,
        }
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(str(self.address))
            connection.sendall(json.dumps(asked).encode() + b"\n")
            problem, killed = self._wait(connection, stop)
        return Outcome(problem, output.read_text(encoding="utf-8", errors="replace") if output.exists() else "", killed)

    def _wait(self, connection: socket.socket, stop: Callable[[], bool] | None) -> tuple[str, bool]:
        said = b""
        while not said.endswith(b"\n"):
            said += connection.recv(100)
        process = int(said.split()[0])
        told = said.partition(b"\n")[2]
        until = time.monotonic() + self.timeout
        connection.settimeout(0.02)
        while True:
            with suppress(TimeoutError):
                more = connection.recv(100)
                told += more
                if not more:
                    break
            over = time.monotonic() > until
            if over or (stop is not None and stop()):
                with suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
                return (f"did not end within {self.timeout:g} seconds", False) if over else ("", True)
        code = told.strip().decode()
        return ("" if code == "0" else f"ended with exit code {code}"), False

    def copy(self, folder: Path) -> list[dict[str, Any]] | None:
        """Read the copy. A poll that ended badly may have made the file, and not yet the table."""
        try:
            return Copy.of(COPIES[self.name]).read(folder)
        except SyncError as error:
            if "no such table" in str(error):
                return []
            raise

    def fresh(self, folder: Path) -> None:
        """Nothing to do: all its state is in *folder*."""

    def leave(self, folder: Path) -> None:
        """Nothing to do: a poll is over when it has ended."""

    def end(self) -> None:
        """Nothing to do: the process that forks the polls ends with the run."""


def main() -> int:
    """Check what the command line asks for; write the table if that is everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connectors", description="Connectors under the check.")
    parser.add_argument("--connector", choices=list(PACKAGES), action="append", help="only this one; repeatable")
    parser.add_argument("--settings", choices=SETTINGS, action="append", help="only with these; repeatable")
    parser.add_argument("--only", metavar="SLUG", action="append", default=[], help="only this hazard; repeatable")
    parser.add_argument("--jobs", type=int, default=2, help="hazards side by side (default: 2)")
    given = parser.parse_args()
    hazards = hazards_named(given.only, ())
    python = _environment()
    found: dict[tuple[str, str], Report] = {}
    for name in given.connector or PACKAGES:
        with tempfile.TemporaryDirectory() as folder, _serving(python, name, Path(folder) / "socket") as address:
            for settings in given.settings or SETTINGS:
                began = time.perf_counter()
                client = WarmClient(name, settings, address)
                found[name, settings] = report = check(client, Options(jobs=given.jobs, hazards=hazards), _tell)
                print(f"\n{name}, {settings}: {time.perf_counter() - began:.0f} s")
                for result in report.results:
                    print(f"  {_mark(result):10} {result.hazard.slug:22} {result.judgement.happened}")
                    for more in (*result.judgement.blind, *result.judgement.manners):
                        print(f"{'':35}({more})")
    text = _table(found, _versions(python))
    print(f"\n{text}")
    if not (given.connector or given.settings or given.only):
        _write(text)
    return 0


def _tell(slug: str, done: int, total: int) -> None:
    print(f"\r{done}/{total} {slug:24}", end="", file=sys.stderr, flush=True)


def _environment() -> Path:
    """The Python of the environment, which is made anew when requirements.txt has changed."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "requirements.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"installing {REQUIREMENTS.name}; this takes minutes ...", file=sys.stderr)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*install, "-r", str(REQUIREMENTS)], check=False)
        if done.returncode:
            sys.exit("benchmarks.connectors: pip could not install the connectors; see above")
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _versions(python: Path) -> dict[str, str]:
    """What is installed, by package."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    told = subprocess.run([str(python), "-c", code, *PACKAGES.values()], capture_output=True, text=True, check=True)
    return dict(zip(PACKAGES.values(), told.stdout.split(), strict=True))


@contextmanager
def _serving(python: Path, name: str, address: Path) -> Iterator[Path]:
    """What forks the polls of *name*, while the block runs."""
    command = [str(python), str(HERE / "poll.py"), "--serve", str(address), name]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None  # noqa: PT018
    with process, closing(process.stdin):
        try:
            if process.stdout.readline() != "ready\n":
                sys.exit(f"benchmarks.connectors: {name} did not start{last_line(process.stderr.read())}")
            yield address
        finally:
            process.kill()


def _mark(result: Result) -> str:
    judgement, score = result.judgement, result.judgement.score
    if judgement.verdict != "lost":
        return {"survived": "✓", "not met": "not met", "failed": "failed"}[judgement.verdict]
    counts = {name: len(getattr(score, name)) for name in ("lost", "stale", "doubled", "ghosts")}
    return ", ".join(
        f"{count} {name if count > 1 else name.removesuffix('s')}" for name, count in counts.items() if count
    )


def _table(found: dict[tuple[str, str], Report], versions: dict[str, str]) -> str:
    """The hazards that not all survive, a column for each connector and its settings."""
    marks = {key: {one.hazard.slug: _mark(one) for one in report.results} for key, report in found.items()}
    slugs = [one.slug for one in HAZARDS if any(one.slug in column for column in marks.values())]
    told = [
        slug for slug in slugs if any(column.get(slug, "") not in {"", "✓", "not met"} for column in marks.values())
    ]
    head = ["hazard", *(f"{PACKAGES[name]} {versions[PACKAGES[name]]}, {settings}" for name, settings in found)]
    rows = [head, ["---"] * len(head), *([slug, *(marks[key].get(slug, "") for key in found)] for slug in told)]
    rest = ", ".join(f"`{slug}`" for slug in slugs if slug not in told)
    today = datetime.now(UTC).date().isoformat()
    lines = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{lines}\n\nMeasured on {today}. ✓: survived. None of them is harmed by {rest}.\n"


def _write(text: str) -> None:
    """Put the table into docs/sync.md."""
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    PAGE.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
