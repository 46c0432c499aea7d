"""``python -m benchmarks.agents``: from the start of ``vambe-mock mcp`` to the result of an agent's first tool.

The reference is what nobody can do without: importing the SDK and FastAPI in a fresh process. The agent is played with
plain lines of JSON, so that its own imports are not measured.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any, Final

from benchmarks.figures import at_most, ratio, table

ASKED: Final = 2.0
IMPORTS: Final = [sys.executable, "-c", "import mcp.server, mcp.server.stdio, fastapi"]
SERVER: Final = [sys.executable, "-m", "vambe_mock", "mcp"]
_META: Final = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def imports() -> float:
    """Seconds that the imports take in a fresh process."""
    began = time.perf_counter()
    subprocess.run(IMPORTS, check=True)
    return time.perf_counter() - began


def first_result() -> float:
    """Seconds until the first tool has answered; 2026-07-28 knows no handshake."""
    call = {"name": "ask_endpoint", "arguments": {"query": "days=30&limit=1"}, "_meta": _META}
    began = time.perf_counter()
    with subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode() + b"\n"
        )
        server.stdin.flush()
        answer: dict[str, Any] = json.loads(server.stdout.readline())
        took = time.perf_counter() - began
        server.stdin.close()
        server.wait(timeout=60)
    if json.loads(answer["result"]["content"][0]["text"])["status"] != 200:
        raise SystemExit(f"benchmarks: the tool did not answer: {answer}")
    return took


def main() -> int:
    """Print the figure; 0 when it was reached, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agents", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, in turn (default: 7)")
    rounds = parser.parse_args().rounds
    found = [(imports(), first_result()) for _ in range(rounds + 1)][1:]
    reached = ratio([ours for _, ours in found], [base for base, _ in found])
    figure = at_most("first result of a tool over stdio", ASKED, reached, "x importing the SDK and FastAPI")
    print(table([figure]))
    return 0 if figure.good else 1


if __name__ == "__main__":
    sys.exit(main())
