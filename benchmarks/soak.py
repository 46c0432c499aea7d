"""``python -m benchmarks.soak``: readers, writers, faults and resets at once, and what is true at the end.

Readers ask the first organisation, whose contacts the writers change, and check every answer: good JSON, in order, no
contact twice. Faults come and go in that same organisation, and it is reset now and then; another organisation has
faults and resets of its own. At the end there must have been just as many failures of each kind as faults were met, and
the contacts must be those of a plain reckoning: the first ones, untouched, and what writers made since the last reset.
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx

from vambe_mock import VambeMock

PATH: Final = "/api/public/contacts"
CURSORS: Final = {"updated_after": "updated_at", "created_after": "created_at"}
SINCE: Final = "2000-01-01T00:00:00Z"

FAULTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("status", {"kind": "status", "status": 503}),
    ("cut", {"kind": "connection_reset"}),
    ("malformed", {"kind": "malformed_json"}),
    ("cut", {"kind": "truncated_body"}),
    ("delayed", {"kind": "delay", "seconds": 0.02}),
)
RESET_EVERY: Final = 7
STUCK: Final = 60.0
"""Seconds after its end in which a soak must be done; else it is stuck."""

MOST_GROWTH: Final = 1.1
""""Memory flat": at the end no more than this times what it was after a quarter."""


class Soak:
    """A server under load, the changes that were made to it, and all that was wrong."""

    def __init__(self, mock: VambeMock, client: httpx.AsyncClient, seconds: float, writers: int) -> None:
        """Load *mock* for *seconds*; so many *writers* will change it."""
        self.mock, self.client = mock, client
        self.until = time.monotonic() + seconds
        self.kinds, self.wrong = Counter[str](), list[str]()
        self.names: dict[str, str] = {}
        self.writing = asyncio.Semaphore(writers)
        self.writers = writers
        self.resets = 0
        self.failed, self.asked_for = Counter[str](), Counter[str]()

    def going(self) -> bool:
        """Whether the load goes on: for its time, and on a slow machine until every fault came and a reset."""
        return time.monotonic() < self.until or not self.resets

    async def read(self, seed: int) -> None:
        """One reader: any query, every answer checked."""
        draw = random.Random(seed)
        while self.going():
            name = draw.choice(["updated_after", "created_after", "days"])
            query = {name: 365 if name == "days" else SINCE, "limit": draw.choice([1, 20, 200])}
            try:
                reply = await self.client.get(PATH, params=query, headers=self.mock.headers)
            except httpx.TransportError as error:
                self.failed["cut"] += 1
                self.kinds[type(error).__name__] += 1
                continue
            self.kinds[f"read {reply.status_code}"] += 1
            self.check(reply, name)

    def check(self, reply: httpx.Response, name: str) -> None:
        """Note what is wrong with an answer, or that a fault may have spoilt it."""
        if reply.status_code == 503:
            self.failed["status"] += 1
            return
        if reply.status_code != 200:
            self.wrong.append(f"{reply.status_code} {reply.text[:200]}")
            return
        try:
            contacts = reply.json()
        except ValueError:
            self.failed["malformed"] += 1
            return
        field = CURSORS.get(name, "last_message_at")
        keys = [one[field] for one in contacts]
        if keys != sorted(keys, reverse=name == "days"):
            self.wrong.append(f"{name}: not in order")
        if len({one["id"] for one in contacts}) != len(contacts):
            self.wrong.append(f"{name}: a contact twice")

    async def write(self, writer: int) -> None:
        """One writer: contacts of its own come, change and go, so that it knows what they are at the end."""
        draw = random.Random(writer)
        while self.going():
            async with self.writing:
                await self.write_once(writer, draw)

    async def write_once(self, writer: int, draw: random.Random) -> None:
        """One change."""
        own = [identity for identity, name in self.names.items() if name.split()[0] == f"{writer}"]
        if not own or (draw.random() < 0.2 and len(own) < 200):
            made = await self.control("POST", "/contacts", {"name": f"{writer}"})
            self.names[made["id"]] = made["name"]
        elif draw.random() < 0.2:
            identity = draw.choice(own)
            await self.control("DELETE", f"/contacts/{identity}")
            del self.names[identity]
        else:
            identity, name = draw.choice(own), f"{writer} {draw.random()}"
            await self.control("PATCH", f"/contacts/{identity}", {"name": name})
            self.names[identity] = name

    async def trouble(self) -> None:
        """Faults that the readers meet, one after the other; each tells at its end how many met it."""
        for number in itertools.count():
            if not self.going():
                return
            kind, effect = FAULTS[number % len(FAULTS)]
            made = await self.control("POST", "/faults", {"match": {"every": 3}, "effect": effect})
            await asyncio.sleep(0.1)
            over = await self.control("DELETE", f"/faults/{made['id']}")
            if kind != "delayed":  # which fails nobody
                self.asked_for[kind] += over["applied"]
            if number % RESET_EVERY == RESET_EVERY - 1:
                await self.reset()

    async def reset(self) -> None:
        """The first organisation goes back to its start under its readers; no writer is at work meanwhile."""
        for _ in range(self.writers):
            await self.writing.acquire()
        await self.control("POST", "/reset")
        self.names.clear()
        self.resets += 1
        for _ in range(self.writers):
            self.writing.release()

    async def break_and_reset(self) -> None:
        """Faults in an organisation of their own: what was asked for comes, and nothing else."""
        made = await self.control("POST", "/organisations", {})
        key = {"x-api-key": made["key"]}
        while self.going():
            rule = {"match": {"first": 1}, "effect": {"kind": "status", "status": 503}}
            await self.control("POST", "/faults", rule, key)
            for expected in (503, 200):
                reply = await self.client.get(PATH, params={"days": 30, "limit": 5}, headers=key)
                self.kinds[f"fault {reply.status_code}"] += 1
                if reply.status_code != expected:
                    self.wrong.append(f"wanted {expected}, came {reply.status_code}")
            await self.control("DELETE", "/contacts?all=true", None, key)
            reset = await self.control("POST", "/reset", None, key)
            if reset["contacts"] != made["contacts"]:
                self.wrong.append(f"a reset left {reset['contacts']} contacts")

    async def control(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """A change; what it answers."""
        reply = await self.client.request(method, f"/__admin{path}", json=body, headers=headers)
        self.kinds[f"{method} {reply.status_code}"] += 1
        if reply.status_code >= 400:
            self.wrong.append(f"{method} {path}: {reply.status_code} {reply.text[:200]}")
        return reply.json()

    async def judge(self, begun: list[dict[str, Any]]) -> None:
        """At the end: just the contacts that should be there, each with its last name, and no failure unasked for."""
        reply = await self.client.get(PATH, params={"created_after": SINCE}, headers=self.mock.headers)
        before = {one["id"] for one in begun}
        there = {one["id"]: one["name"] for one in reply.json() if one["id"] not in before}
        if there != self.names:
            self.wrong.append(f"at the end {len(there)} contacts, wanted {len(self.names)}, or not with these names")
        if [one for one in reply.json() if one["id"] in before] != begun:
            self.wrong.append("at the end the first contacts are not what they were")
        if +self.failed != +self.asked_for:
            self.wrong.append(f"failures {dict(self.failed)}, asked for {dict(self.asked_for)}")


async def soak(mock: VambeMock, seconds: float, readers: int = 32, writers: int = 8) -> Soak:
    """Load *mock* for *seconds*."""
    limits = httpx.Limits(max_connections=readers + writers + 2)
    async with httpx.AsyncClient(base_url=mock.url, timeout=60, limits=limits) as client:
        one = Soak(mock, client, seconds, writers)
        await one.control("POST", "/reset")
        begun = await client.get(PATH, params={"created_after": SINCE}, headers=mock.headers)
        jobs = [one.read(seed) for seed in range(readers)] + [one.write(number) for number in range(writers)]
        async with asyncio.timeout(seconds + STUCK):
            await asyncio.gather(*jobs, one.trouble(), one.break_and_reset())
        await one.judge(begun.json())
    return one


def memory() -> int:
    """Megabytes of this process, the server's thread included."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:")), 0)


def main() -> None:
    """Soak for as long as it is said, and tell what was done and what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--contacts", type=int, default=1000)
    asked = parser.parse_args()
    with VambeMock(contacts=asked.contacts) as mock:
        first = asyncio.run(soak(mock, asked.seconds / 4))
        early = memory()
        second = asyncio.run(soak(mock, asked.seconds * 3 / 4))
        print(json.dumps(dict(first.kinds + second.kinds), indent=2))
        late = memory()
    wrong = first.wrong + second.wrong
    if late > early * MOST_GROWTH:
        wrong.append(f"memory grew by more than {MOST_GROWTH - 1:.0%}")
    print(f"failures that faults asked for: {dict(first.asked_for + second.asked_for)}")
    print(f"resets under the readers: {first.resets + second.resets}")
    print(f"memory after a quarter {early} MB, at the end {late} MB")
    for fault in wrong[:20]:
        print("wrong:", fault)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
