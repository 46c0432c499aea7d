"""``python -m benchmarks.polling``: clients that ask every five seconds, none of which may be reset.

Each client keeps one connection and asks a second time just before and just after the five seconds that answers promise
(`kept-alive`). Asked by httpx, requests and Node's fetch and axios, where they are installed; twenty connections each.
"""

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any, Final

import httpx

from benchmarks.servers import KEY, READY, ours, running

GAPS: Final = [4.9 + 0.01 * number for number in range(20)]
"""Seconds between the two requests of a connection."""

NODE: Final = """
const gaps = GAPS;
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const headers = { 'x-api-key': 'KEY' };
async function asked(ask) {
  const failed = await Promise.all(gaps.map(async (gap) => {
    try { await ask(); await wait(gap); await ask(); return 0; } catch { return 1; }
  }));
  return failed.reduce((one, other) => one + other);
}
const out = { fetch: await asked(async () => (await fetch('URL', { headers })).text()) };
try {
  const { default: axios } = await import('axios');
  const { Agent } = await import('node:http');
  out.axios = 0;
  const all = await Promise.all(gaps.map(async (gap) => {
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () => axios.get('URL', { headers, httpAgent });
    try { await ask(); await wait(gap); await ask(); return 0; } catch { return 1; }
  }));
  out.axios = all.reduce((one, other) => one + other);
} catch { /* not installed */ }
for (const [name, failed] of Object.entries(out)) console.log(name, failed);
process.exit(0);
"""


def failures(make: Any, url: str) -> int:
    """How many of the connections that *make* opens fail to ask twice."""

    def one(gap: float) -> int:
        try:
            with make() as client:
                for pause in (0.0, gap):
                    sleep(pause)
                    client.get(url, headers={"x-api-key": KEY}).raise_for_status()
        except Exception:  # noqa: BLE001 - whatever a client calls it
            return 1
        return 0

    with ThreadPoolExecutor(len(GAPS)) as pool:
        return sum(pool.map(one, GAPS))


def main() -> None:
    """Poll with every client there is; exit code 1 if one was reset."""
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder, running(ours("--quiet"), Path(folder) / "log") as server:
        url = f"http://127.0.0.1:{server.port}{READY}"
        found["httpx"] = failures(lambda: httpx.Client(trust_env=False), url)
        try:
            import requests
        except ImportError:
            pass
        else:
            found["requests"] = failures(requests.Session, url)
        if shutil.which("node"):
            script = NODE.replace("GAPS", str(GAPS)).replace("URL", url).replace("KEY", KEY)
            command = ["node", "--input-type=module", "-e", script]
            lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
            found |= {name: int(number) for name, number in (line.split() for line in lines)}
    for name, number in found.items():
        print(f"{name}: {number} of {len(GAPS)} failed")
    sys.exit(any(found.values()))


if __name__ == "__main__":
    main()
