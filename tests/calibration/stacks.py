"""The vendor's stack as a target that is no mock: `tests/vendor_stack` with contacts, asked over HTTP."""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from calibration import proof
from calibration.variants import Asgi, Variant
from vambe_judge.asking.client import Client, Limits
from vambe_judge.calibration.headers import OURS

FOLDER = Path(__file__).parents[1] / "vendor_stack"


@dataclass(frozen=True)
class Stack:
    """A stack of `tests/vendor_stack`, and the folder that has its packages."""

    name: str
    folder: Path


STACKS = (
    Stack("NestJS 11 with zod 4.4, in node", FOLDER),
    Stack("NestJS 12 with zod 4.6, in node", FOLDER / "nest12"),
)


def missing(stack: Stack) -> str:
    """Why the stack cannot run here; empty if it can."""
    if shutil.which("node") is None:
        return "no node here"
    if not (stack.folder / "node_modules").is_dir():
        return f"npm install has not been run in tests/{stack.folder.relative_to(FOLDER.parent)}"
    return ""


@contextmanager
def running(stack: Stack, size: int = proof.SIZE) -> Iterator[str]:
    """The URL of the stack, which runs with the contacts of the proof."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        for file in FOLDER.glob("*.mjs"):
            shutil.copy(file, here)
        (here / "node_modules").symlink_to(stack.folder / "node_modules")
        (here / "data.json").write_text(json.dumps(proof.account(size)), encoding="utf-8")
        environment = {**os.environ, "DATA": str(here / "data.json"), "KEY": proof.KEY, "PORT": "0"}
        with subprocess.Popen(
            ["node", "contacts.mjs"],
            cwd=here,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                url = process.stdout.readline().strip()
                if not url.startswith("http"):
                    raise RuntimeError(f"{stack.name} did not start")
                yield url
            finally:
                process.terminate()


def remote(url: str) -> Asgi:
    """The server at *url* as an application, without the headers that are the connection's."""
    connection = http.client.HTTPConnection(str(urlsplit(url).hostname), urlsplit(url).port or 80, timeout=60)

    async def ask(scope: Any, _receive: Any, send: Any) -> None:
        target = scope["raw_path"].decode() + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        connection.putrequest(scope["method"], target, skip_accept_encoding=True)
        for header, value in scope["headers"]:
            connection.putheader(header, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        headers = [
            (header.lower().encode(), value.encode())
            for header, value in response.getheaders()
            if header.lower() not in OURS - {"content-length"}
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return ask


def proved(stack: Stack, count: int, requests: int = 40) -> proof.Result:
    """Calibrate the stack, speak its file, compare."""
    with running(stack) as url:
        client = Client(url, proof.KEY, Limits(max_requests=requests, pace=0))
        found = proof.measured(client, proof.options())
        asked = list(proof.queries(count))
        return proof.Result(Variant(stack.name), found, proof.compared(remote(url), proof.mock(found.text()), asked))
