#!/usr/bin/env bash
# csvkit 2.2.0
# One would guess: csvsort gives the same rows in another order.
# What happens: it reads types first and writes them back: 00501 becomes 501, +56912345678 loses its plus, true
#     becomes True, and a person whose name is Null has no name any more. csvcut, of the same package, changes
#     nothing; nor does csvsort -I --blanks, and -I alone still empties the name.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check csvkit==2.2.0

cat > contacts.csv <<'CSV'
id,name,phone,code,blocked
1,Null,+56912345678,00501,true
2,Ana,+56987654321,01001,false
CSV
venv/bin/csvsort -c id contacts.csv > sorted.csv
venv/bin/csvsort -I --blanks -c id contacts.csv > sorted-as-text.csv
venv/bin/csvcut -c id,name,phone,code,blocked contacts.csv > cut.csv
head -n 2 contacts.csv sorted.csv
cmp contacts.csv cut.csv
cmp contacts.csv sorted-as-text.csv
[ "$(sed -n 2p sorted.csv)" = "1,,56912345678,501,True" ]
