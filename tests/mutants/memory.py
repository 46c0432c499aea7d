"""Broken versions that remember: what they answer depends on what was asked before."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from starlette.types import Receive, Scope, Send

from mutants.breaks import mutant
from mutants.seams import KEY, Answer, Asgi, Seams, answered

Remember = Callable[[bytes, Answer, dict[bytes, Answer]], Answer]


def _cached(seams: Seams, key: Callable[[Scope], object | None]) -> None:
    """The first good answer to whatever has the same *key* is the answer to all of it; None is never kept."""
    kept: dict[object, Answer] = {}

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            name = key(scope)
            answer = kept.get(name) if name is not None else None
            if answer is None:
                answer = await answered(inner, scope, receive)
                if name is not None and answer.status == 200:
                    kept[name] = answer
            headers = {b"content-length": b"%d" % len(answer.body), **answer.headers}
            await send({"type": "http.response.start", "status": answer.status, "headers": list(headers.items())})
            await send({"type": "http.response.body", "body": answer.body})

        return outer

    seams.layer(wrap)


def _without(raw: bytes, name: bytes) -> bytes:
    return re.sub(rb"&?(?<![a-z_])%s=[^&]*" % name, b"", raw)


def _keyed(scope: Scope) -> bytes | None:
    """The query of a request with the right key."""
    right = [value for name, value in scope["headers"] if name == b"x-api-key"] == [KEY.encode()]
    return bytes(scope["query_string"]) if right and scope["raw_path"].endswith(b"/contacts") else None


@mutant("memory", "answers are kept without regard to the key")
def cache_without_key(seams: Seams) -> None:
    _cached(seams, lambda scope: bytes(scope["query_string"]))


@mutant("memory", "answers are kept without regard to offset")
def cache_without_offset(seams: Seams) -> None:
    _cached(seams, lambda scope: (raw := _keyed(scope)) and _without(raw, b"offset"))


@mutant("memory", "answers are kept without regard to the stage")
def cache_without_stage(seams: Seams) -> None:
    _cached(seams, lambda scope: (raw := _keyed(scope)) and _without(raw, b"stage_id"))


@mutant("memory", "answers are kept without regard to created_after beside days")
def cache_without_created(seams: Seams) -> None:
    _cached(
        seams, lambda scope: (raw := _keyed(scope)) and (_without(raw, b"created_after") if b"days" in raw else raw)
    )


def _emptied(seams: Seams, empties: Callable[[bytes, int, int], bool]) -> None:
    """A list is empty where *empties* says so of the query, how often it came, and how many requests there were."""
    counts: Counter[bytes] = Counter()

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await answered(inner, scope, receive)
            if answer.status == 200 and scope["raw_path"].endswith(b"/contacts"):
                raw = bytes(scope["query_string"])
                counts[raw] += 1
                if empties(raw, counts[raw], counts.total()):
                    answer = replace(answer, body=b"[]")
            headers = {b"content-length": b"%d" % len(answer.body), **answer.headers}
            await send({"type": "http.response.start", "status": answer.status, "headers": list(headers.items())})
            await send({"type": "http.response.body", "body": answer.body})

        return outer

    seams.layer(wrap)


@mutant("memory", "the first list after a start is empty")
def empty_at_first(seams: Seams) -> None:
    _emptied(seams, lambda _raw, _times, total: total == 1)


@mutant("memory", "a question that was asked before gets an empty list")
def empty_again(seams: Seams) -> None:
    _emptied(seams, lambda _raw, times, _total: times > 1)


@mutant("memory", "the second answer to a question is empty")
def empty_the_second_time(seams: Seams) -> None:
    _emptied(seams, lambda _raw, times, _total: times == 2)


@mutant("memory", "after sixty lists all are empty")
def empty_in_the_end(seams: Seams) -> None:
    _emptied(seams, lambda _raw, _times, total: total > 60)


@mutant("memory", "the first two contacts of a list are not brought again")
def brought_once(seams: Seams) -> None:
    seen: Counter[object] = Counter()

    def shortened(found: list[bytes], query: object) -> list[bytes]:
        seen[query] += 1
        return found[2:] if seen[query] > 1 else found

    seams.found(shortened)


@mutant("memory", "asked again, the next page comes")
def next_page(seams: Seams) -> None:
    seen: Counter[object] = Counter()

    def turned(query: object) -> object:
        seen[query] += 1
        limit, offset = query.limit or 0, query.offset  # type: ignore[attr-defined]
        return query._replace(offset=offset + limit * (seen[query] - 1)) if limit else query  # type: ignore[attr-defined]

    seams.query(turned)  # type: ignore[arg-type]


@mutant("memory", "after a refusal for its key the next request is refused, too")
def refuses_after_refusal(seams: Seams) -> None:
    bad = False

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal bad
            answer = await answered(inner, scope, receive)
            if bad and answer.status == 200:
                answer, bad = await answered(inner, {**scope, "headers": []}, receive), False
            elif answer.status == 401:
                bad = True
            headers = {b"content-length": b"%d" % len(answer.body), **answer.headers}
            await send({"type": "http.response.start", "status": answer.status, "headers": list(headers.items())})
            await send({"type": "http.response.body", "body": answer.body})

        return outer

    seams.layer(wrap)


@mutant("memory", "a limit holds for later questions that have none")
def limit_stays(seams: Seams) -> None:
    last = 0

    def kept(query: object) -> object:
        nonlocal last
        last = query.limit or last  # type: ignore[attr-defined]
        return query._replace(limit=query.limit or last or None)  # type: ignore[attr-defined]

    seams.query(kept)  # type: ignore[arg-type]
