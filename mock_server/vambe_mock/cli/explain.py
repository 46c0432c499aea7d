"""``vambe-mock explain``: ask a running server why it does or does not list a contact."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from vambe_mock.contract.operation import PATH
from vambe_mock.contract.plural import plural
from vambe_mock.organisations.masking import printable
from vambe_mock.server.asking import NoAnswer, get
from vambe_mock.server.options import SettingsError

TIMEOUT: Final = 30.0
_TARGET: Final = re.compile(r"""(?:^|\s)(["']?)((?:https?:/)?/\S*?)\1(?=\s|$)""")
"""A path or a URL, by itself or among other words, in quotes or not."""

_EXAMPLE: Final = "'days=30&limit=20'"


def explained(
    url: str, api_key: str | None, admin_token: str | None, contact: str, query: str
) -> tuple[bool, list[str]]:
    """Whether the contact is in the answer of the server at *url*, and why, line by line.

    *query* may be all that people paste: see ``query_of``. Raises SettingsError with one line where the server cannot
    tell.
    """
    query = query_of(query)
    if not is_base_url(url):
        raise SettingsError(f'--url "{url}" is no base URL; wanted one like http://127.0.0.1:8262')
    headers = {"X-Api-Key": api_key or "", "X-Admin-Token": admin_token or ""}
    target = f"/__admin/explain?{urlencode({'contact': contact.strip(), 'query': query}, errors='replace')}"
    try:
        status, body = get(url, target, TIMEOUT, {name: value for name, value in headers.items() if value})
    except NoAnswer as error:
        raise SettingsError(f"{url} does not answer: {error}; wanted a running vambe-mock serve") from None
    told = _parsed(body)
    if status == 401:
        raise SettingsError(
            f"{url} cannot explain: {'that is not its' if admin_token else 'it wants the'} admin token; "
            "wanted --admin-token TOKEN, or VAMBE_MOCK_ADMIN_TOKEN; the server printed it at its start"
        )
    if status >= 400 and isinstance(told.get("detail"), str):
        raise SettingsError(f"{url} cannot explain: {printable(told['detail'])}")
    if status != 200 or not isinstance(told.get("listed"), bool):
        raise SettingsError(f"{url} answers {status}, but explains nothing; wanted a running vambe-mock serve")
    return told["listed"], [printable(line) for line in lines(told)]


def query_of(text: str) -> str:
    """The query string in *text*: itself, or that of a path, a URL, a curl command, or a line of the server's log.

    Raises SettingsError where those ask something else.
    """
    text = text.strip()
    if text.startswith("{"):
        target = _parsed(text.encode(errors="replace")).get("target")
        text = target if isinstance(target, str) else text
    targets: list[str] = [target for _, target in _TARGET.findall(text)]
    for target in targets:
        path, _, query = target.partition("?")
        if path.rstrip("/").lower().endswith(PATH.decode()):
            return query.partition("#")[0]
    if targets:
        raise SettingsError(f'"{printable(text[:200])}" does not ask {PATH.decode()}; wanted a query, e.g. {_EXAMPLE}')
    return text.removeprefix("?")


def is_base_url(url: str) -> bool:
    """Whether *url* is one that a server of ours may have."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        return False


def _parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in *body*; empty for anything else."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def lines(told: Mapping[str, Any]) -> Iterable[str]:
    """An explanation of ``/__admin/explain`` as lines of text. Places are counted from 1."""
    yield f"{'listed' if told['listed'] else 'not listed'}: {told.get('because')}"
    for one in _objects(told.get("filters")):
        mark = "holds" if one.get("holds") else "fails"
        has = _shown(one.get("contact_has"))
        yield f"  {mark}  {one.get('parameter')} {one.get('asked')}: {one.get('reading')}; it has {has}"
    place, matched = told.get("place"), told.get("matched")
    if isinstance(matched, int):
        where = f"; it is number {place + 1} of them" if isinstance(place, int) else ""
        matches = plural(matched, "contact matches", "contacts match")
        yield f"  {matches}, by {told.get('order')}{where}; the clock shows {told.get('now')}"
    if isinstance(measured := told.get("measured"), dict):
        for slug, known in measured.items():
            yield f"  {slug}: {known}"
    if isinstance(ignored := told.get("ignored"), list) and ignored:
        yield f"  ignored: {', '.join(map(str, ignored))}"


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _shown(value: Any) -> str:
    """What a contact has, in words: of a custom field, what each entity has."""
    if isinstance(value, dict):
        return " and ".join(f"{_shown(one)} as a {entity}" for entity, one in value.items()) or "nothing"
    if value is None:
        return "nothing"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
