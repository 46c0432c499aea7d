"""Keeps secrets out of whatever is shown: the log, the record of requests, the answers of the admin API."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, unquote_plus

from vambe_mock.contract.repeated import Repeated

MASK: Final = "***"

LONGEST: Final = 2_000
"""The most characters of a target or a message that are shown."""

LONGEST_FOUND: Final = 16_384
"""The most characters of a target that are kept, to search it: Node's HTTP server accepts no longer ones."""

GENERATED_KEY: Final = "key-{number}-{random:016x}"
"""The form of the keys that the server generates: one pattern masks them all, deleted ones included."""

_GENERATED: Final = re.compile("key-[0-9]{1,9}-[0-9a-f]{16}")
_LONGEST_GENERATED: Final = 30

# A key sent in the query by mistake is a key all the same; custom_field_key is a name, not a secret.
_SECRET_NAMES: Final = ("key", "token", "secret")
_NO_SECRETS: Final = ("custom_field_key",)

_ESCAPE: Final = re.compile("%([0-9a-f]{2})")
_DEPTH: Final = 3
"""How often a text may be percent-encoded: by the client, by what it encoded already, by a proxy before us."""

_LONGEST_SPELLING: Final = 1 + 2 * _DEPTH
"""The most characters that one character of a secret takes, encoded so often."""

_FEW: Final = 64
"""Up to this many secrets are looked for one by one; more are first found by their last _ENDING characters."""

_ENDING: Final = 4

Span = tuple[int, int]


class KeyMasker:
    """Masks secrets, however they are encoded, and the values of parameters named like a secret (`keys-are-masked`)."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Mask *secrets*."""
        self._forms: dict[str, int] = {}
        self._by_ending: dict[str, dict[str, None]] = {}
        self._longest = _LONGEST_GENERATED
        self._harmless: Repeated[str, str] = Repeated()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask *secret* from now on."""
        self._longest = max(self._longest, len(secret))
        self._harmless.clear()
        for form in _forms(secret):
            self._forms[form] = self._forms.get(form, 0) + 1
            self._by_ending.setdefault(form[-_ENDING:], {})[form] = None

    def forget(self, secret: str) -> None:
        """Take back one ``add`` of *secret*."""
        for form in _forms(secret):
            self._forms[form] -= 1
            if not self._forms[form]:
                del self._forms[form]
                of_ending = self._by_ending[form[-_ENDING:]]
                del of_ending[form]
                if not of_ending:
                    del self._by_ending[form[-_ENDING:]]

    def target(self, target: str) -> str:
        """*target* without secrets, on one line, cut to LONGEST characters."""
        if (known := self._harmless.get(target)) is not None:
            return known
        if self._is_harmless(target):
            shown = printable(target)
            self._harmless.keep(target, shown)
            return shown
        return self._shown(target, [*self._spans(target), *_named_secrets(target)])

    def text(self, text: str) -> str:
        """*text*, which is no target, without secrets, on one line, cut to LONGEST characters."""
        return self._shown(text, self._spans(text))

    def _is_harmless(self, target: str) -> bool:
        """Whether *target* is seen to have no secret at a glance, as most are: a tenth of the time of a closer look."""
        if "%" in target or "+" in target or len(self._forms) > _FEW or len(target) > LONGEST:
            return False
        lowered = target.lower()
        for secret in self._forms:
            if secret in lowered:
                return False
        return "key" not in lowered and "token" not in lowered and "secret" not in lowered

    def _shown(self, text: str, spans: list[Span]) -> str:
        if len(text) >= LONGEST_FOUND:  # it was cut, perhaps within a secret
            whole = max([end for _, end in spans], default=0)
            text = text[: max(whole, len(text) - _LONGEST_SPELLING * self._longest)]
        return printable(_masked(text, spans) if spans else text)

    def _spans(self, text: str) -> list[Span]:
        """Where *text* has a secret: as it is, or percent-encoded, up to _DEPTH times."""
        form = _plain(text)
        spans = self._found(form)
        if "%" not in form:
            return spans
        for depth in range(1, _DEPTH + 1):
            decoded = _decoded(form)
            if len(decoded) == len(form):
                break
            form = decoded
            if found := self._found(form):
                places = _places(text, depth)
                spans += [(places[start], places[end]) for start, end in found]
        return spans

    def _found(self, form: str) -> list[Span]:
        """Where *form*, a plain text, has a secret."""
        spans = [match.span() for match in _GENERATED.finditer(form)] if "key-" in form else []
        for secret in self._candidates(form):
            start = form.find(secret)
            while start >= 0:
                end = start + len(secret)
                spans.append((start, end))
                start = form.find(secret, end)
        return spans

    def _candidates(self, form: str) -> Iterable[str]:
        if len(self._forms) <= _FEW:
            return self._forms
        endings = {form[start : start + size] for size in range(1, _ENDING + 1) for start in range(len(form))}
        return [secret for ending in endings & self._by_ending.keys() for secret in self._by_ending[ending]]


def is_generated(key: str) -> bool:
    """Whether *key* has the form of the keys that are masked without being added."""
    return _GENERATED.fullmatch(key) is not None


def hint(key: str) -> str:
    """The beginning of *key*, by which its owner knows it and nobody can use it."""
    return f"{key[: min(2, len(key) // 4)]}…"


def _forms(secret: str) -> set[str]:
    """What is looked for: *secret*, and what a query makes of it where it was sent without being encoded."""
    return {form for form in (_plain(secret), _plain(unquote(secret))) if form.strip()}


def _plain(text: str) -> str:
    """*text* in lower case, as ids are read, and with a blank for each plus, as queries are read."""
    lowered = text.lower()
    if len(lowered) != len(text):  # "İ" is two characters in lower case
        lowered = "".join([one if len(one.lower()) > 1 else one.lower() for one in text])
    return lowered.replace("+", " ")


def _decoded(form: str) -> str:
    """*form*, a plain text, percent-decoded once, and plain again."""
    return _plain(_ESCAPE.sub(_character, form))


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _places(text: str, depth: int) -> list[int]:
    """For each character of *text* decoded *depth* times, and for its end, where it begins in *text*."""
    places, form = list(range(len(text) + 1)), _plain(text)
    for _ in range(depth):
        kept, behind = [], 0
        for escape in _ESCAPE.finditer(form):
            kept += places[behind : escape.start() + 1]
            behind = escape.end()
        places, form = kept + places[behind:], _decoded(form)
    return places


def _named_secrets(target: str) -> Iterator[Span]:
    """Where *target* has the values of parameters that are named like a secret."""
    path, _, query = target.partition("?")
    start = len(path) + 1
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        end = start + len(piece)
        if value and _is_secret(unquote_plus(name).lower()):
            yield end - len(value), end
        start = end + 1


def _is_secret(name: str) -> bool:
    return name not in _NO_SECRETS and any(word in name for word in _SECRET_NAMES)


def _masked(text: str, spans: Iterable[Span]) -> str:
    """*text* with a MASK for each of *spans*, and one for several that touch."""
    pieces, behind = [], -1
    for start, end in sorted(spans):
        if start > behind:
            pieces += [text[max(behind, 0) : start], MASK]
        behind = max(behind, end)
    return "".join([*pieces, text[max(behind, 0) :]])


def printable(text: str) -> str:
    """*text* cut to LONGEST characters, with those escaped that could forge a line of a log (`request-log`)."""
    cut = text[:LONGEST] + "…" if len(text) > LONGEST else text
    if cut.isprintable():
        return cut
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in cut)
