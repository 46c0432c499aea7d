"""All organisations of a server, by their keys."""

import secrets
from collections.abc import Iterator

from vambe_mock.organisations.journal import Journal, Listener
from vambe_mock.organisations.masking import KeyMasker
from vambe_mock.organisations.organisation import Organisation


class Organisations:
    """All organisations of a server. The endpoint looks keys up in ``keys``, so a change takes effect at once.

    ``first`` is the admin API's default. ``unattributed`` is the journal of requests without a valid key and of those
    to unknown paths; ``elsewhere`` that of requests to the pages and the admin API, which are logged but not recorded.
    """

    def __init__(self, keys: dict[bytes, Organisation], record: int) -> None:
        """Manage the organisations of *keys*; new ones keep the last *record* requests."""
        self.keys = keys
        self.first = next(iter(keys.values()))
        self.unattributed = Journal(record)
        self.elsewhere = Journal(0)
        # A key that somebody chose may be a secret elsewhere too, so it stays masked when its organisation is gone.
        self._chosen = set(self.all_keys())
        self.masker = KeyMasker(self._chosen)
        self._record = record
        self._made = 0
        self._listeners: list[Listener] = []

    def __iter__(self) -> Iterator[Organisation]:
        """Each organisation once."""
        return iter(dict.fromkeys(self.keys.values()))

    def keys_of(self, organisation: Organisation) -> list[str]:
        """The keys of *organisation*."""
        return [key.decode() for key, one in self.keys.items() if one is organisation]

    def all_keys(self) -> list[str]:
        """Every key."""
        return [key.decode() for key in self.keys]

    def named(self, name: str) -> Organisation | None:
        """The organisation called *name*."""
        return next((one for one in self if one.name == name), None)

    def add(self, key: str | None, like: Organisation) -> tuple[str, Organisation]:
        """Add an organisation with the start of *like*; its key is *key*, which must be new, or a generated one."""
        self._made += 1
        if key is not None:
            self._chosen.add(key)
        key = f"key-{self._made}-{secrets.token_hex(8)}" if key is None else key
        organisation = like.copy_of_start(f"organisation-{self._made}", self._record)
        organisation.journal.listeners.extend(self._listeners)
        self.keys[key.encode()] = organisation
        self.masker.mask(self._chosen.union(self.all_keys()))
        return key, organisation

    def listen(self, listener: Listener) -> None:
        """Call *listener* with every finished exchange of the server, including those of organisations added later."""
        self._listeners.append(listener)
        for journal in (self.unattributed, self.elsewhere, *(one.journal for one in self)):
            journal.listeners.append(listener)

    def remove(self, organisation: Organisation) -> None:
        """Remove *organisation* and its keys, and end every wait for its requests."""
        for key in self.keys_of(organisation):
            del self.keys[key.encode()]
        organisation.journal.record.end_waits()
        self.masker.mask(self._chosen.union(self.all_keys()))

    def end_waits(self) -> None:
        """End every wait for requests: the server shuts down."""
        for one in self:
            one.journal.record.end_waits()
