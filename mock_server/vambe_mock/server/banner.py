"""What a server prints when it is ready, as text or as one JSON object (`start-banner`)."""

import json
import shlex
from pathlib import Path
from typing import Any, Final

from vambe_mock.contract import instants
from vambe_mock.contract.known_dialect import DialectFile
from vambe_mock.contract.terminal import escaped
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.listening import write_url
from vambe_mock.server.log import say
from vambe_mock.server.readiness import ready
from vambe_mock.server.settings import Settings

MOST_NOTES: Final = 5


class Banner:
    """The first lines of a server: base URL, key, number of contacts and their anchor, a working request, the pages."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a fact
        self,
        settings: Settings,
        url: str,
        dataset: Dataset,
        organisations: Organisations,
        admin_url: str,
        ca_file: Path | None = None,
    ) -> None:
        self._settings = settings
        anchor = dataset.header.anchored_at if settings.keep_timestamps else settings.anchored_at()
        frozen = settings.now
        self._facts: dict[str, Any] = {
            "url": url,
            "api_key": settings.api_key[0],
            "contacts": sum(len(one.store) for one in organisations),
            "anchor": instants.write(anchor),
            "clock": "running" if frozen is None else f"frozen at {instants.write(frozen)}",
            "docs": f"{url}/docs",
            **({"dialect": _dialect(organisations.spoken)} if organisations.spoken.name else {}),
            "admin": f"{admin_url}/__admin/docs" if settings.has_admin else None,
            "admin_token": settings.admin_token,
            **({} if ca_file is None else {"ca_file": str(ca_file)}),
            "notes": [
                *dataset.notes,
                *(f"stage {stage} is in no pipeline" for one in organisations for stage in one.stray_stages()),
            ],
        }

    def show(self) -> None:
        """Print it, and write the URL file if the settings name one."""
        if not self._settings.quiet:
            say(self._json() if self._settings.log_format == "json" else self._text())
        if self._settings.url_file is not None:
            write_url(self._settings.url_file, self._facts["url"])

    def show_when_ready(self) -> None:
        """Wait until a request is answered, then show it."""
        while ready(self._facts["url"], wait=60):
            pass
        self.show()

    def _json(self) -> str:
        return json.dumps({"at": instants.write(self._settings.started_at), "event": "started", **self._facts})

    def _text(self) -> str:
        facts, keys = self._facts, self._settings.api_key
        header = shlex.quote(f"x-api-key: {keys[0]}")
        trusted = f" --cacert {shlex.quote(facts['ca_file'])}" if "ca_file" in facts else ""
        return "\n".join(
            (
                f"vambe-mock  {facts['url']}",
                f"  key       {keys[0]}" + (f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""),
                f"  contacts  {facts['contacts']:,}, anchored at {facts['anchor']}, clock {facts['clock']}",
                f"  try       curl{trusted} -H {header} '{facts['url']}/api/public/contacts?days=30&limit=5'",
                *([f"  dialect   {facts['dialect']}"] if "dialect" in facts else []),
                f"  docs      {facts['docs']}",
                *([f"  admin     {facts['admin']}"] if facts["admin"] else []),
                *([f"  token     {facts['admin_token']}"] if facts["admin_token"] else []),
                *([f"  CA file   {facts['ca_file']}"] if trusted else []),
                *(f"  note      {note}" for note in facts["notes"][:MOST_NOTES]),
            )
        )


def _dialect(spoken: DialectFile) -> str:
    """The dialect file, and how many of its rules are measured."""
    return f"{escaped(spoken.name)}, {spoken.in_words()}"
