"""The dialect file: what it may say, and what is said of one that may not."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialects import toml
from vambe_mock.contract.dialect_file import DialectError, parse, read
from vambe_mock.contract.full_dialect import FIELDS_BY_SLUG, DaysWindow, FullDialect
from vambe_mock.contract.known_dialect import SWITCHED

ROOT = Path(__file__).parents[2]
HEAD = "[dialect]\nformat = 1\n"


def test_a_whole_file_is_read() -> None:
    """A value changes the dialect; grade, day, requests, evidence and what is open are kept beside it."""
    file = parse(
        HEAD
        + """
made_on = 2026-11-28
requests = 23
[rules.days-window]
value = { edge = "exclusive" }
grade = "measured"
on = 2026-11-28
requests = ["days=1&limit=1000"]
evidence = "one at the edge was left out"
[open.order-ties]
needs = "two contacts with one updated_at"
[beyond.etag]
says = "304"
[shape]
tickets = 0.5
""",
        "vambe.toml",
    )
    assert isinstance(file.dialect, FullDialect)
    assert file.dialect.days_window == DaysWindow(edge="exclusive")
    assert file.dialect.changed == {"days_window"}
    assert (file.open, file.beyond) == ({"order-ties": "two contacts with one updated_at"}, {"etag": "304"})
    assert file.rules[0].requests == ("days=1&limit=1000",)
    assert file.in_words() == "1 rule measured on 2026-11-28"
    assert file.told_of("days-window") == "measured on 2026-11-28"


@pytest.mark.parametrize("text", ["", HEAD, "\ufeff" + HEAD, HEAD + "[rules]\n[open]\n[beyond]\n"])
def test_a_file_without_rules_changes_nothing(text: str, tmp_path: Path) -> None:
    """An empty file, or one that only says what it is, leaves every rule as it is."""
    path = tmp_path / "vambe.toml"
    path.write_text(text, encoding="utf-8")
    dialect = read(path).dialect
    assert isinstance(dialect, FullDialect)
    assert not dialect.changed
    assert (dialect.asks_otherwise, dialect.finds_otherwise, dialect.sends_otherwise) == (False, False, False)


RULE = HEAD + "[rules.{}]\nvalue = {}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x =", "Invalid value (at end of document); wanted TOML, for example [dialect] format = 1"),
        ("[rules.days-window]\nvalue = {}", "dialect.format is missing; wanted 1"),
        ("[dialect]\nformat = 2", "dialect.format is 2; wanted 1"),
        ("[dialect]\nformat = true", "dialect.format is true; wanted something like 1"),
        (HEAD + "made_by = 1", "dialect.made_by: no such key; did you mean made_on? wanted [dialect]"),
        (HEAD + "[rule.x]", "rule: no such key; did you mean rules? wanted a table like [rules.days-window]"),
        ("rules = 1\n" + HEAD, "rules is 1; wanted something like [rules] with keys below it"),
        (RULE.format("days-windw", "1"), "rules.days-windw: no rule has this name; did you mean days-window?"),
        (HEAD + "[rules]\ndays-window = 1", "rules.days-window is 1; wanted something like [rules.days-window]"),
        (HEAD + "[rules.days-window]\nvalu = 1", "rules.days-window.valu: no such key; did you mean value?"),
        (HEAD + "[rules.days-window]\ngrade = ''", "rules.days-window has no value; wanted value = ..."),
        (
            RULE.format("days-window", "1"),
            'rules.days-window.value is 1; wanted a table, for example value = {edge = "exclusive"}',
        ),
        (HEAD + "[rules.days-window]\nedge = 'x'", "rules.days-window.edge: no such key; wanted value = {edge = ...}"),
        (
            RULE.format("days-window", '{edge = "inclusiv"}'),
            'rules.days-window.value.edge is "inclusiv"; wanted "inclusive" or "exclusive"',
        ),
        (RULE.format("days-window", '{egde = "x"}'), "rules.days-window.value.egde: no such key; did you mean edge?"),
        (
            RULE.format("days-window", '{zone = "Lima"}'),
            'rules.days-window.value.zone is "Lima"; wanted an offset like "-03:00", ',
        ),
        (
            RULE.format("limit-range", "{least = 9, most = 3}"),
            "rules.limit-range.value: least is 9 and most is 3; wanted a least that is not above most",
        ),
        (RULE.format("days-range", "{least = 366}"), "rules.days-range.value: least is 366 and most is 365"),
        (RULE.format("offset-range", "{least = 2, most = 1}"), "rules.offset-range.value: least is 2 and most is 1"),
        (
            RULE.format("order", '{day = "id ascending"}'),
            'rules.order.value.day: no such key; did you mean days? wanted "none", "days", ',
        ),
        (
            RULE.format("unauthorized", '{kinds = {nokey = "x"}}'),
            "rules.unauthorized.value.kinds.nokey: no such key; did you mean no-key?",
        ),
        (RULE.format("finer-instants", "1"), "rules.finer-instants.value is 1; wanted true or false"),
        (RULE.format("default-limit", "1.5"), "rules.default-limit.value is 1.5; wanted a whole number"),
        (RULE.format("default-limit", "-1"), "rules.default-limit.value is -1; wanted 0 or more"),
        (
            RULE.format("time-filter-required", "400"),
            'rules.time-filter-required.value is 400; wanted "refuse" or "all" or 365 or less',
        ),
        (
            RULE.format("time-filters-together", '{"days+updated_after" = "created_after"}'),
            'rules.time-filters-together.value: of "days+updated_after", "created_after" cannot count',
        ),
        (RULE.format("order", '{days = "name"}'), 'rules.order.value.days is "name"; wanted "last_message_at desc'),
        (
            RULE.format("issue-texts", '{"below.dys" = "x"}'),
            'rules.issue-texts.value: "below.dys" is no fault; wanted one of not-a-number',
        ),
        (
            RULE.format("issue-texts", '{below = "{{minimun}}"}'),
            "rules.issue-texts.value.below: {{minimun}} is no placeholder; did you mean minimum?",
        ),
        (
            RULE.format("refused-by-rule", "{kinds = {no-time-filter = {statu = 422}}}"),
            "rules.refused-by-rule.value.kinds.no-time-filter.statu: no such key; did you mean status?",
        ),
        (
            RULE.format("unauthorized", "{status = 200}"),
            "rules.unauthorized.value.status is 200; wanted 400 or more",
        ),
        (
            RULE.format("response-headers", '{"Content-Length" = "1"}'),
            "rules.response-headers.value: Content-Length is the HTTP server's own; wanted another header",
        ),
        (
            RULE.format("response-headers", '{x = {a = "1"}}'),
            'rules.response-headers.value: "x" is no status; wanted a table like "401"',
        ),
        (
            RULE.format("response-headers", '{"a b" = "1"}'),
            "rules.response-headers.value.a b: no such key; wanted the name of a header",
        ),
        (RULE.format("response-headers", '{a = "\\n"}'), "wanted printable ASCII"),
        (
            RULE.format("extra-fields", '{tags = "strin"}'),
            "rules.extra-fields.value.tags: 'strin' is no type; wanted one of string, uuid",
        ),
        (
            RULE.format("extra-fields", '{"owner.id" = "uuid"}'),
            'rules.extra-fields.value: "owner.id" is in no object of the document',
        ),
        (
            RULE.format("contact-fields", '["id", "nam"]'),
            'rules.contact-fields.value: no field is called "nam"; did you mean name?',
        ),
        (RULE.format("rate-limit-numbers", "{}"), "rules.rate-limit-numbers.value.limit is missing; wanted a value"),
        (HEAD + "[open]\norder = 1", "open.order is 1; wanted something like [open.order] with needs"),
        (HEAD + "[open.order]\nneed = 'x'", "open.order.need: no such key; did you mean needs?"),
        (HEAD + "[rules.order]\nvalue = {}\non = 1", "rules.order.on is 1; wanted something like 2026-01-31"),
        (RULE.format("order", "9" * 5_000), "wanted TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_one_line(text: str, said: str) -> None:
    """The line names the file and the place, quotes the value, and says what is wanted (`dialect-file`)."""
    with pytest.raises(DialectError) as refused:
        parse(text, "vambe.toml")
    line = str(refused.value)
    assert line.startswith("vambe.toml: ")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize("slug", FIELDS_BY_SLUG)
def test_the_example_in_a_complaint_works(slug: str) -> None:
    """What a complaint about a rule's value gives as an example is a value that the rule can have."""
    with pytest.raises(DialectError) as refused:
        parse(RULE.format(slug, "1979-05-27"), "vambe.toml")
    wanted, _, example = str(refused.value).partition(", for example value = ")
    assert "wanted" in wanted
    assert [one.slug for one in parse(RULE.format(slug, example), "vambe.toml").rules] == [slug]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _path: None, "no such file or directory"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.write_bytes(b"\xff"), "not UTF-8"),
        (lambda path: path.write_bytes(b"#" * ((1 << 20) + 1)), "more than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(make: Any, said: str, tmp_path: Path) -> None:
    """A file that is missing, is none, is no text or is too large."""
    path = tmp_path / "vambe.toml"
    make(path)
    with pytest.raises(DialectError) as refused:
        read(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def rows() -> Iterator[tuple[str, str]]:
    """Each rule of docs/calibration.md, and what stands beside it."""
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    slug = ""
    for line in text[: text.index("FAULT, and the placeholders")].splitlines():
        cells = [cell.strip() for cell in line.replace(r"\|", "¦").split("|")]
        if len(cells) < 5 or cells[1] in ("rule", "---"):
            continue
        slug = cells[1] or slug
        for one in slug.split(", "):
            yield one.strip("`"), cells[2]


def test_the_documentation_has_every_rule() -> None:
    """docs/calibration.md tells of each rule, and of no other."""
    assert {slug for slug, _ in rows()} == set(FIELDS_BY_SLUG)


def test_the_documentations_values_are_values() -> None:
    """Each value that docs/calibration.md has for a rule is one, but for those that hold a place for others."""
    tried = 0
    for slug, cell in rows():
        usual = getattr(FullDialect(), FIELDS_BY_SLUG[slug])
        for piece in cell.replace("PARAM", "created_after").split("`")[1::2]:
            text = f"{{{piece}}}" if re.match("[a-z_]+ = ", piece) else piece
            try:
                value = tomllib.loads(f"value = {text}")["value"]
            except tomllib.TOMLDecodeError:
                continue  # a name
            of_a_key = isinstance(usual, dict | list) or hasattr(usual, "__dataclass_fields__")
            if re.search("[A-Z]{2}", piece) or (of_a_key and not isinstance(value, dict | list)):
                continue  # a place for a value, or the value of a key that stands before it
            parse(toml({slug: value}), "vambe.toml")
            tried += 1
    assert tried > 80


def test_every_switch_is_a_rule() -> None:
    """The options of the server that are rules of a dialect too have its slugs."""
    assert {FIELDS_BY_SLUG[slug]: slug for slug in SWITCHED.values()} == SWITCHED
