"""All organisations of a server, by their keys."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from vambe_mock.contract.known_dialect import NO_FILE, DialectFile
from vambe_mock.organisations.journal import Journal, Listener
from vambe_mock.organisations.masking import GENERATED_KEY, KeyMasker, is_generated
from vambe_mock.organisations.organisation import Organisation

MOST_REMEMBERED: Final = 10_000
"""How many keys of deleted organisations and of faults stay masked; the oldest goes first."""


class Organisations:
    """All organisations of a server. The endpoint looks keys up in ``keys``, so a change takes effect at once.

    ``first`` is the admin API's default. ``unattributed`` is the journal of requests without a valid key and of those
    to unknown paths; ``elsewhere`` that of requests to the pages and the admin API, which are logged but not recorded.
    """

    def __init__(
        self,
        keys: dict[bytes, Organisation],
        record: int,
        secrets: Iterable[str] = (),
        spoken: DialectFile = NO_FILE,
    ) -> None:
        """Manage the organisations of *keys*; new ones keep the last *record* requests. Mask *secrets* like keys.

        *spoken* is the dialect of them all, and how it is known.
        """
        self.keys = keys
        self.spoken = spoken
        self.first = next(iter(keys.values()))
        self.unattributed = Journal(record)
        self.elsewhere = Journal(0)
        self.masker = KeyMasker([*self.all_keys(), *secrets])
        self._remembered: dict[str, None] = {}
        self._record = record
        self._made = 0
        self._listeners: list[Listener] = []

    def __iter__(self) -> Iterator[Organisation]:
        """Each organisation once."""
        return iter(dict.fromkeys(self.keys.values()))

    def keys_of(self, organisation: Organisation) -> list[str]:
        """The keys of *organisation*."""
        return [key.decode() for key, one in self.keys.items() if one is organisation]

    def with_keys(self) -> dict[Organisation, list[str]]:
        """Each organisation with its keys."""
        found: dict[Organisation, list[str]] = {}
        for key, one in self.keys.items():
            found.setdefault(one, []).append(key.decode())
        return found

    def all_keys(self) -> list[str]:
        """Every key."""
        return [key.decode() for key in self.keys]

    def named(self, name: str) -> Organisation | None:
        """The organisation called *name*."""
        return next((one for one in self if one.name == name), None)

    def add(self, key: str | None, like: Organisation) -> tuple[str, Organisation]:
        """Add an organisation with the start of *like*; its key is *key*, which must be new, or a generated one."""
        self._made += 1
        if key is None:
            key = GENERATED_KEY.format(number=self._made, random=secrets.randbits(64))
        elif not is_generated(key):
            self.masker.add(key)
        organisation = like.copy_of_start(f"organisation-{self._made}", self._record)
        organisation.journal.listeners.extend(self._listeners)
        self.keys[key.encode()] = organisation
        return key, organisation

    def next_name(self) -> str:
        """The name of the organisation that is added next."""
        return f"organisation-{self._made + 1}"

    def remember(self, key: str) -> None:
        """Mask *key* although no organisation has it: it may be a secret elsewhere, or was one here."""
        if key in self._remembered:
            return
        self.masker.add(key)
        self._remembered[key] = None
        if len(self._remembered) > MOST_REMEMBERED:
            oldest = next(iter(self._remembered))
            del self._remembered[oldest]
            self.masker.forget(oldest)

    def listen(self, listener: Listener) -> None:
        """Call *listener* with every finished exchange of the server, including those of organisations added later."""
        self._listeners.append(listener)
        for journal in (self.unattributed, self.elsewhere, *(one.journal for one in self)):
            journal.listeners.append(listener)

    def remove(self, organisation: Organisation) -> None:
        """Remove *organisation* and its keys, and end every wait for its requests."""
        for key in self.keys_of(organisation):
            del self.keys[key.encode()]
            if not is_generated(key):
                self.remember(key)
                self.masker.forget(key)
        organisation.journal.record.end_waits()

    def end_waits(self) -> None:
        """End every wait for requests: the server shuts down."""
        for one in self:
            one.journal.record.end_waits()
