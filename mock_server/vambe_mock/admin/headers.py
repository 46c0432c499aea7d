"""Headers of a request that may come once at most: of two values, nobody could say which one counts."""

from starlette.datastructures import Headers

from vambe_mock.admin.problems import Refused


def single(headers: Headers, name: str) -> str | None:
    """Return the value of *name*, None where it was not sent; Refused where it came several times."""
    values = headers.getlist(name)
    if len(values) > 1:
        raise Refused(400, f"the header {name} came {len(values)} times; wanted once")
    return values[0].strip() if values else None
