"""The pools: names, regions and occupations for each locale, made with Faker and shipped as `pools.json`.

As they are shipped, generating needs no Faker and an upgrade of Faker changes nothing (`set-pools`). `python -m
vambe_mock.generator.recipe.pools` makes the file again with the installed Faker; `--check` only compares.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LOCALES = ("es_CL", "es_MX", "es_CO", "es_AR", "pt_BR")
FILE = Path(__file__).with_name("pools.json")

_SEED = 8262
# Kind of token -> the most tokens, the most bytes of a token (the longest sets the width of a column), Faker's method.
# Regions, not cities: in some of these locales Faker invents its cities, while its regions are real in all of them.
_KINDS = {
    "female": (120, 17, "first_name_female"),
    "male": (120, 17, "first_name_male"),
    "last": (200, 17, "last_name"),
    "region": (32, 32, "administrative_unit"),
    "occupation": (60, 40, "job"),
}
_TRIES = 4000


@cache
def load() -> dict[str, dict[str, list[str]]]:
    """Locale -> kind of token -> tokens."""
    pools: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text("utf-8"))["locales"]
    return pools


@cache
def slug(token: str) -> str:
    """The token in lower-case ASCII letters and digits: `Núñez de Arce` -> `nunezdearce`."""
    plain = unicodedata.normalize("NFKD", token).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def make() -> dict[str, Any]:
    """Make the content of `pools.json` with the installed Faker."""
    import faker  # needed only to remake the pools

    return {
        "made_by": f"Faker {faker.VERSION}",
        "seed": _SEED,
        "locales": {name: _locale(name) for name in LOCALES},
    }


def _locale(name: str) -> dict[str, list[str]]:
    from faker import Faker

    kinds = {}
    for kind, (most, longest, method) in _KINDS.items():
        fake = Faker(name)
        fake.seed_instance(f"{_SEED}/{name}/{kind}")
        kinds[kind] = _distinct(getattr(fake, method), most, longest)
    return kinds


def _distinct(draw: Callable[[], str], most: int, longest: int) -> list[str]:
    """Draw up to `most` different tokens, in alphabetical order, without those that would need quoting."""
    found: dict[str, None] = {}
    for _ in range(_TRIES):
        token = unicodedata.normalize("NFC", draw().strip())
        if slug(token) and len(token.encode()) <= longest and not set(token) & set('",\\'):
            found[token] = None
        if len(found) == most:
            break
    return sorted(found)


def text(pools: dict[str, Any]) -> str:
    """The text of `pools.json`: one list a line."""
    head = {key: value for key, value in pools.items() if key != "locales"}
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ', "locales": {']
    for name, kinds in pools["locales"].items():
        lists = ",\n  ".join(f'"{kind}": {json.dumps(found, ensure_ascii=False)}' for kind, found in kinds.items())
        lines.append(f' "{name}": {{\n  {lists}\n }},')
    lines[-1] = lines[-1].removesuffix(",")
    return "\n".join([*lines, "}}"]) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` compare it; 1 if it is not what the installed Faker makes."""
    made = text(make())
    if "--check" not in arguments:
        FILE.write_text(made, "utf-8")
        return 0
    same = made == FILE.read_text("utf-8")
    sys.stderr.write(f"pools.json is {'what' if same else 'not what'} the installed Faker makes\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
