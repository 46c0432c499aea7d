#!/usr/bin/env bash
# vobject 0.9.9
# One would guess: card.add("org").value = "Acme" makes ORG:Acme, as card.add("title").value = "Boss" makes TITLE:Boss,
#     or is an error.
# What happens: the value of ORG and of CATEGORIES is a list, and a text is taken for the list of its letters:
#     ORG:A;c;m;e, that is the company A with its departments c, m and e, and the categories v, i and p. No error, and
#     the card reads back as that. ["Acme"] is right; NICKNAME, also a list in the standard, is fine with a text.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check vobject==0.9.9

venv/bin/python - <<'PYTHON'
import vobject

card = vobject.vCard()
card.add("fn").value = "Ana Rojas"
card.add("n").value = vobject.vcard.Name(family="Rojas", given="Ana")
for name, value in {"org": "Acme", "categories": "vip", "nickname": "ani", "title": "Boss"}.items():
    card.add(name).value = value
lines = card.serialize().splitlines()
print(*lines, sep="\n")
for line in ("ORG:A;c;m;e", "CATEGORIES:v,i,p", "NICKNAME:ani", "TITLE:Boss"):
    assert line in lines
again = vobject.readOne(card.serialize())
print("read back:", again.org.value)
assert again.org.value == ["A", "c", "m", "e"]
again.org.value = ["Acme"]
assert "ORG:Acme" in again.serialize().splitlines()
PYTHON
