"""Request headers that may be sent only once: of two values, it would be unclear which one counts."""

from starlette.datastructures import Headers

from vambe_mock.admin.problems import Refused


def single(headers: Headers, name: str) -> str | None:
    """Return the value of *name*, or None if it was not sent. Raises Refused if it was sent several times."""
    values = headers.getlist(name)
    if len(values) > 1:
        raise Refused(400, f"the header {name} was sent {len(values)} times; send it once")
    return values[0].strip() if values else None
