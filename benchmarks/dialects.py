"""A server with a dialect against one without: an empty file, and one in which every rule is another.

``BENCHMARK_OLD`` may name the ``vambe-mock`` of an older version, which then takes its turn too.
"""

import json
import os
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

from benchmarks import sets
from benchmarks.figures import Figure, at_least, ratio, told
from benchmarks.load import Contender
from benchmarks.pages import Run
from benchmarks.servers import ours, running

COUNT: Final = 10_000
HEAD: Final = "[dialect]\nformat = 1\n"

OTHER: Final[dict[str, Any]] = {
    "days-may-be-fractional": "down",
    "seconds-required": True,
    "stage-of-active-ticket": "ticket_else_default",
    "current-stage-expanded": True,
    "finer-instants": True,
    "401-before-400": "query",
    "404-before-401": "401",
    "path-forms": {"capitals": "404", "slash": "308"},
    "time-filter-required": "all",
    "days-range": {"most": 400, "beyond": "clamp"},
    "limit-range": {"beyond": "clamp"},
    "offset-range": {"beyond": "clamp"},
    "limit-offset-whole": "down",
    "number-syntax": {"empty": "absent", "blank": "refuse", "rest": "ignore"},
    "timestamp-syntax": {"zone": "utc", "colon": "optional", "date_alone": True, "blank": True, "small_letters": True},
    "timestamp-precision": "microseconds",
    "uuid-syntax": "any-text",
    "uuid-case": "exact",
    "repeated-parameter": "last",
    "malformed-values": {"limit": "ignore", "stage_id": "empty"},
    "empty-values": {"stage_id": "absent"},
    "unknown-parameters": "refuse",
    "custom-field-pair": "ignore",
    "custom-field-known": "empty",
    "custom-field-compatible": {"entity": "empty", "value": "empty"},
    "entity-type-alone": "refuse",
    "entity-type-default": "customer",
    "unknown-stage-or-pipeline": {"stage": "refuse", "pipeline": "refuse"},
    "default-limit": 100,
    "limit-cap": 500,
    "days-window": {"unit": "calendar", "edge": "exclusive", "zone": "-03:00"},
    "days-without-ticket": "left-out",
    "cursor-is-exclusive": {"created_after": False, "updated_after": False},
    "time-filters-together": {"days+updated_after": "updated_after"},
    "pipeline-of-active-ticket": "default_stage",
    "custom-field-match": {"capitals": "same", "blanks": "trimmed", "text": "part"},
    "blocked-are-listed": False,
    "order": {"days": "created_at descending", "created_after": "last_message_at ascending"},
    "order-nulls": "first",
    "order-ties": "id-down",
    "extra-fields": {"score": "number?", "owner": {"id": "uuid"}},
    "nullable-fields": ["name"],
    "timestamps": {"digits": 0, "zone": "+00:00"},
    "platforms": ["telegram"],
    "chat-statuses": ["SNOOZED"],
    "response-headers": {
        "x-powered-by": "Express",
        "x-ratelimit-limit": "100",
        "x-ratelimit-remaining": "{{remaining}}",
        "x-ratelimit-reset": "{{reset}}",
        "access-control-allow-origin": "*",
    },
    "rate-limit-numbers": {"limit": 1_000_000},
    "invalid-parameters": {"status": 422, "tell": "first"},
    "issue-texts": {"below": '"{{parameter}} must be at least {{minimum}}"'},
    "rules-first": True,
    "refused-by-rule": {"body": '{"error":"{{message}}","path":"{{path}}"}'},
    "unauthorized": {"status": 403},
    "not-found": {"body": "<h1>{{method}}</h1>", "content_type": "text/html"},
}
"""All rules but three, which would be other work: contacts without a message, pages, and fields left out."""


TURNED: Final = OTHER | {
    "order": {
        "days": "last_message_at ascending",
        "created_after": "created_at descending",
        "updated_after": "updated_at descending",
    }
}
"""The same, but each list is ordered by the instant that it was asked for, only in the other direction."""


def measure(run: Run) -> list[Figure]:
    """The endpoint without a dialect file, with an empty one, and with one that changes everything, in turn."""
    data = ("--data", str(sets.data_set(COUNT)), "--now", sets.ANCHOR, "--quiet")
    commands = {"none": ours(*data)}
    for name, rules in (("empty", {}), ("other", OTHER), ("turned", TURNED)):
        file = run.scratch / f"{name}.toml"
        file.write_text(HEAD + "".join(f"[rules.{slug}]\nvalue = {_toml(one)}\n" for slug, one in rules.items()))
        commands[name] = ours(*data, "--dialect", str(file))
    if old := os.environ.get("BENCHMARK_OLD"):
        plain = ours(*data)
        commands["old"] = replace(plain, arguments=(old, *plain.arguments[1:]))
    paths = run.paths("dialects", *sets.pages(1_000))
    with ExitStack() as stack:
        servers = {name: stack.enter_context(running(one, run.log(name))) for name, one in commands.items()}
        found = run.compete({name: Contender(server, paths) for name, server in servers.items()})

    def against(name: str, base: str) -> tuple[float, str]:
        by_cpu = ratio(found[base].all("cpu"), found[name].all("cpu"))
        return ratio(found[name].all("per_second"), found[base].all("per_second")), f" (by CPU time {by_cpu:.2f})"

    reached, more = against("empty", "none")
    figures = [at_least("an empty dialect, distinct queries", 0.98, reached, "of no dialect", more)]
    for name, orders in (("turned", "each order reversed"), ("other", "lists ordered by another timestamp")):
        reached, more = against(name, "none")
        title = f"a dialect with every rule another, {orders}, distinct queries"
        figures.append(at_least(title, 0.9, reached, "of no dialect", more))
    if "old" in found:
        reached, more = against("none", "old")
        figures.append(told("no dialect, of the older version", f"{reached:.2f}{more}"))
    return figures


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else json.dumps(value)
