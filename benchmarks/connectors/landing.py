"""The other half of a pipeline: reads the messages of a Singer tap or an Airbyte source, and keeps a copy and a state.

It upserts by id, in the order in which rows come, and saves rows and state in one step whenever a state comes, and at
the end. It is the destination as the source may expect it, so that what is lost is the source's. Like a table it has
null where a record leaves a field out, which airbyte-cdk does with every field that is null.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class Landing:
    """The copy in ``FOLDER/contacts.json``, and the state beside it."""

    def __init__(self, folder: Path) -> None:
        """Go on with what *folder* has."""
        self._file = folder / "landed.json"
        self._copy_file = folder / "contacts.json"
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        self.state: Any = kept.get("state")
        self._rows: dict[str, dict[str, Any]] = kept.get("rows", {})

    def land(self, lines: Iterable[str]) -> None:
        """Take the messages of *lines*."""
        for line in lines:
            if not line.startswith("{"):
                continue
            message = json.loads(line)
            match message["type"]:
                case "RECORD":
                    row = message["record"] if "stream" in message else message["record"]["data"]  # Singer, Airbyte
                    self._rows[row["id"]] = row
                case "STATE":
                    self.state = message["value"] if "value" in message else [message["state"]]
                    self._save()
        self._save()

    def _save(self) -> None:
        columns = dict.fromkeys(name for row in self._rows.values() for name in row)
        for file, value in (
            (self._file, {"state": self.state, "rows": self._rows}),
            (self._copy_file, [{**columns, **row} for row in self._rows.values()]),
        ):
            part = file.with_suffix(".part")
            part.write_text(json.dumps(value), encoding="utf-8")
            part.replace(file)
