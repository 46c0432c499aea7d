"""The rules, one function each, in the order of docs/decisions.md; the docstring states the rule and cites its slug.

``test_days_range`` is the rule ``days-range``; the prefix lets pytest collect it as well. The rules about refusals and
shapes come last because they examine every answer of the run.
"""

from collections.abc import Callable
from itertools import combinations
from typing import Final, TypeVar
from urllib.parse import quote

from vambe_judge.asking import instants
from vambe_judge.asking.client import KEY, PATH, RIGHT_KEY, SHORTER, SWAPPED, Headers
from vambe_judge.asking.contacts import FIELDS as CONTACT_FIELDS
from vambe_judge.asking.contacts import Row
from vambe_judge.judging import combined, custom_fields, memory, relations, stages
from vambe_judge.judging.cases import KEY as KEY_REFUSAL
from vambe_judge.judging.cases import NEWEST, NIL, OLDEST, PLACE, REDIRECTS, RULE, VALUE, Case
from vambe_judge.judging.judge import Broken, Claim, NotShown, Shown, Trial
from vambe_judge.judging.spellings import FURTHER, SPELLINGS
from vambe_judge.judging.survey import CURSORS, FIELDS, TIME_FILTERS, Survey, split_index
from vambe_judge.judging.verdicts import Grade, Verdict
from vambe_mock.contract.plural import plural

Rule = TypeVar("Rule", bound=Callable[[Trial], None])
PAGE: Final = 7
SMALL: Final = "days=1&limit=1"
PLAIN: Final = "days=365&offset=1&limit=5"
STAGES: Final = "stage-of-active-ticket"
PIPELINES: Final = "pipeline-of-active-ticket"
SAME: Final = "the list of days=365, offset=1, limit=5"


def graded(grade: Grade) -> Callable[[Rule], Rule]:
    """Set the grade of a rule, as in docs/decisions.md."""

    def mark(rule: Rule) -> Rule:
        rule.grade = grade  # type: ignore[attr-defined]
        return rule

    return mark


@graded("documented")
def test_api_key_required(trial: Trial) -> None:
    """``x-api-key`` (in any case) must hold the right key; anything else is 401 (`api-key-required`)."""
    slug = "api-key-required"
    wrong: dict[str, Headers] = {
        "no key": (),
        "an empty key": (("x-api-key", ""),),
        "a wrong key": (("x-api-key", "no-such-key"),),
        "the key and one more character": (("x-api-key", KEY + "x"),),
        "the key without its last character": (("x-api-key", SHORTER),),
    }
    if trial.judge.client.has_letters():
        wrong["the key in other letters"] = (("x-api-key", SWAPPED),)
    for name, headers in wrong.items():
        trial.case(Case(slug, name, SMALL, KEY_REFUSAL, headers=headers))
    elsewhere = (("authorization", f"Bearer {KEY}"), ("cookie", f"x-api-key={KEY}"))
    query = f"{SMALL}&x-api-key={KEY}" if trial.options.key_in_url else SMALL
    trial.case(Case(slug, "the key in other places", query, KEY_REFUSAL, headers=elsewhere))
    trial.case(Case(slug, "the key twice", SMALL, KEY_REFUSAL, "inferred", headers=(*RIGHT_KEY, *RIGHT_KEY)))
    as_curl = (("X-API-KEY", KEY), ("Accept", "*/*"))  # all other requests have Accept: application/json
    trial.case(Case(slug, "the header in capitals, any answer accepted", SMALL, headers=as_curl))
    if trial.outcome.having(Verdict.INCONCLUSIVE):
        again = memory.key_after_wrong_key
        trial.look("the key after a wrong one", lambda: again(trial, SMALL, wrong["a wrong key"]))


@graded("inferred")
def test_401_before_400(trial: Trial) -> None:
    """The key is checked before the query (`401-before-400`)."""
    trial.table()


@graded("inferred")
def test_404_before_401(trial: Trial) -> None:
    """An unknown path is 404, with a key or without one (`404-before-401`)."""
    trial.table()


@graded("inferred")
def test_path_forms(trial: Trial) -> None:
    """A trailing slash changes nothing; nor do capitals, tested with --like-mock only (`path-forms`)."""
    exactly = trial.options.like_mock  # other frameworks, no less correct, mind capitals and redirect away the slash
    instead = () if exactly else REDIRECTS
    trial.case(Case("path-forms", "with a slash after it", SMALL, path=f"{PATH}/", instead=instead))
    if exactly:
        trial.case(Case("path-forms", "in capitals", SMALL, path=PATH.upper()))


@graded("reconciled")
def test_time_filter_required(trial: Trial) -> None:
    """One of ``days``, ``created_after``, ``updated_after`` is required and sufficient (`time-filter-required`)."""
    trial.table()
    for field in CURSORS:
        trial.case(
            Case("time-filter-required", f"{CURSORS[field]} is enough", f"{TIME_FILTERS[field]}&limit={trial.window}")
        )


@graded("documented")
def test_days_range(trial: Trial) -> None:
    """``days`` is a number from 1 to 365 inclusive (`days-range`)."""
    trial.table()
    trial.case(Case("days-range", "365", f"{TIME_FILTERS['last_message_at']}&limit={trial.window}"))


@graded("assumed")
def test_days_may_be_fractional(trial: Trial) -> None:
    """``days`` may have a fraction; half a day is 12 hours (`days-may-be-fractional`)."""
    for name, inside in (("edge behind a message", True), ("edge before a message", False)):
        trial.relation(name, relations.fractional_days(trial.window, trial.options.now, inside=inside))


@graded("documented")
def test_limit_range(trial: Trial) -> None:
    """``limit`` is a number from 1 to 1000 inclusive (`limit-range`)."""
    trial.table()


@graded("documented")
def test_offset_range(trial: Trial) -> None:
    """``offset`` is a number from 0 to 9007199254740991 inclusive (`offset-range`)."""
    trial.table()


@graded("inferred")
def test_limit_offset_whole(trial: Trial) -> None:
    """``limit`` and ``offset`` are whole numbers (`limit-offset-whole`)."""
    trial.table()
    if any(finding.came for finding in trial.outcome.findings):
        taken = f"{TIME_FILTERS['last_message_at']}&limit=1.5"
        trial.relation("limit=1.5 is no more than 2", relations.at_most(taken, 2), "documented")


@graded("inferred")
def test_number_syntax(trial: Trial) -> None:
    """Numbers are parsed as by JavaScript's ``Number()`` (`number-syntax`)."""
    trial.table()
    query = "days=%20%2B365.0&limit=0x5&offset=01e0"
    trial.relation(
        "blank, sign, zeros, fraction of zero, hexadecimal, exponent", relations.same_list(query, PLAIN, rule=SAME)
    )


@graded("documented")
def test_timestamp_syntax(trial: Trial) -> None:
    """A cursor is a valid date and time with a UTC offset, which counts; seconds are optional (`timestamp-syntax`)."""
    trial.table()
    window = trial.window
    alone = {
        "five and a half hours east of UTC": relations.shifted(window, "updated_at", 330),
        "three hours west of UTC": relations.shifted(window, "created_at", -180),
        "without seconds": relations.without_seconds(window, "updated_at"),
    }
    questions = combined.both_spelt(trial, window)
    for (name, relation), question in zip(alone.items(), questions, strict=True):
        trial.relation(name, combined.agrees(window, question) if question else relation)
    if trial.options.thorough:
        trial.relation("an instant to come", stages.nobody("updated_after=9000-01-01T00:00:00Z", window))
    if _needs_seconds(trial):
        trial.note(
            "timestamps without seconds are refused, as by zod 4.5.0 and later; serve --seconds-required does so"
        )


def _needs_seconds(trial: Trial) -> bool:
    """Whether the rule `timestamp-syntax` found that timestamps without seconds are refused."""
    outcome = trial.judge.outcomes.get("timestamp-syntax")
    return any(
        one.case == "without seconds" and one.came.startswith("400 ") for one in (outcome.findings if outcome else ())
    )


@graded("inferred")
def test_timestamp_precision(trial: Trial) -> None:
    """Digits beyond milliseconds are truncated, not rounded (`timestamp-precision`)."""
    trial.relation("finer digits", relations.finer_digits(trial.window, "updated_at", -1))
    if trial.has_room():
        trial.relation("finer digits of created_after", relations.finer_digits(trial.window, "created_at", 0))


@graded("documented")
def test_uuid_syntax(trial: Trial) -> None:
    """``stage_id`` and ``pipeline_id`` are UUIDs of version 1 to 8, nil, or all f in lower case (`uuid-syntax`)."""
    trial.table()
    if trial.has_room():
        other = f"{SMALL}&stage_id={NIL.replace('0', 'f')}&pipeline_id={NIL}"
        trial.case(Case("uuid-syntax", "all f, and nil", other))


@graded("assumed")
def test_uuid_case(trial: Trial) -> None:
    """Ids in queries are not case-sensitive (`uuid-case`)."""
    window, pipelines = trial.window, trial.pipelines()
    trial.relation("a stage in capitals", stages.at_stage(window, "updated_at", 0, capitals=True))
    for pipeline, ids in list(pipelines.items())[: trial.has_room()]:
        trial.relation("a pipeline in capitals", stages.in_pipeline(window, "updated_at", pipeline.upper(), ids))


@graded("inferred")
def test_query_string_syntax(trial: Trial) -> None:
    """Percent-escapes are decoded; malformed escapes and empty pairs are tolerated (`query-string-syntax`)."""
    query = "&d%61ys=%33%36%35&&offset=1&x=%zz&y&limit=5"
    trial.relation("escapes and empty pieces", relations.same_list(query, PLAIN, rule=SAME))


@graded("inferred")
def test_repeated_parameter(trial: Trial) -> None:
    """A known parameter that is repeated is refused (`repeated-parameter`)."""
    trial.table()


@graded("inferred")
def test_unknown_parameters(trial: Trial) -> None:
    """Unknown parameters are ignored (`unknown-parameters`)."""
    trial.table()
    query = "days=365&offset=1&foo=bar&LIMIT=1&days[]=3&page=2&sort=name&limit=5"
    trial.relation("five unknown names", relations.same_list(query, PLAIN, rule=SAME))


@graded("documented")
def test_custom_field_pair(trial: Trial) -> None:
    """A custom field's key and value must be given together, neither of them empty (`custom-field-pair`)."""
    trial.table()
    key = quote(next((field.key for field in trial.custom_fields()), "status"), safe="")
    query = f"{SMALL}&custom_field_key={key}&custom_field_value="
    trial.case(Case("custom-field-pair", "empty value", query, VALUE))


@graded("documented")
def test_custom_field_known(trial: Trial) -> None:
    """A custom field that is not defined is refused (`custom-field-known`)."""
    trial.table()


@graded("documented")
def test_entity_type_alone(trial: Trial) -> None:
    """``entity_type`` is ``ticket`` or ``customer``; without a custom field it has no effect (`entity-type-alone`)."""
    trial.table()
    query = "days=365&offset=1&entity_type=ticket&limit=5"
    trial.relation("changes nothing", relations.same_list(query, PLAIN, rule=SAME))


@graded("documented")
def test_days_window(trial: Trial) -> None:
    """``days`` returns contacts whose last message is at most that many times 24 hours old (`days-window`)."""
    window, now = trial.window, trial.options.now
    for number in range(max(relations.count_of_days(Survey(trial.judge.ask, window), now), 1)):
        trial.relation(f"window {number + 1}", relations.days(window, now, number))
    trial.relation("a year", relations.year(window, now))
    for field in CURSORS:
        trial.relation(f"with {CURSORS[field]}", relations.crossed(window, now, "last_message_at", field))


@graded("documented")
def test_cursor_is_exclusive(trial: Trial) -> None:
    """``created_after`` and ``updated_after`` return strictly later contacts only (`cursor-is-exclusive`)."""
    window = trial.window
    for field in CURSORS:
        name = CURSORS[field]
        trial.relation(
            f"{name}: at a contact's own instant", relations.cursor_relation(window, field, 0, 0, instants.write)
        )
        trial.relation(
            f"{name}: one millisecond before", relations.cursor_relation(window, field, 0, -1, instants.write)
        )
        trial.relation(f"{name}: within a second", relations.cursor_relation(window, field, 1, 0, instants.write))
    trial.relation("both cursors", relations.crossed(window, trial.options.now, "created_at", "updated_at"))


@graded("documented")
def test_stage_of_active_ticket(trial: Trial) -> None:
    """``stage_id`` returns contacts whose active ticket is at that stage (`stage-of-active-ticket`)."""
    window = trial.window
    trial.relation("a stage", stages.at_stage(window, "updated_at", 0))
    trial.relation("another stage, by days", stages.at_stage(window, "last_message_at", 1))
    trial.relation("a stage that is a default", stages.only_default_stage(window))
    misled = trial.violated("days-window", "cursor-is-exclusive")
    trial.relation("with all time filters", stages.beside_time_filters(window, own=misled))


@graded("documented")
def test_pipeline_of_active_ticket(trial: Trial) -> None:
    """``pipeline_id`` returns contacts whose active ticket is at one of its stages (`pipeline-of-active-ticket`)."""
    window, pipelines = trial.window, trial.pipelines()
    trial.relation(
        "an unknown pipeline keeps nobody", stages.nobody(f"{TIME_FILTERS['updated_at']}&pipeline_id={NEWEST}", window)
    )
    if not pipelines:
        trial.claim("a pipeline", NotShown("the stages of a pipeline: --pipeline ID=STAGE,STAGE"))
    for number, (pipeline, ids) in enumerate(pipelines.items(), 1):
        trial.relation(f"pipeline {number}", stages.in_pipeline(window, "updated_at", pipeline, ids))
        if number == 1:
            trial.relation("pipeline 1, by days", stages.in_pipeline(window, "last_message_at", pipeline, ids))
            both = stages.stage_and_pipeline(window, pipeline, ids, inside=True, own=trial.violated(STAGES))
            trial.relation("with a stage of it", both)
            trial.relation("with a stage of another", stages.stage_and_pipeline(window, pipeline, ids, inside=False))


@graded("assumed")
def test_unknown_stage_or_pipeline(trial: Trial) -> None:
    """A well-formed id that does not exist returns an empty list (`unknown-stage-or-pipeline`)."""
    query = f"{TIME_FILTERS['updated_at']}&stage_id={OLDEST}"
    trial.relation("an unknown stage", stages.nobody(query, trial.window))


@graded("assumed")
def test_custom_field_match(trial: Trial) -> None:
    """A custom field returns contacts with that value, on the customer or on the ticket (`custom-field-match`)."""
    window, misled = trial.window, trial.violated(STAGES)
    fields = trial.custom_fields()
    if not fields:
        trial.claim("a custom field", NotShown("a value that some contacts have: --custom-field ENTITY.KEY=VALUE"))
    for number, field in enumerate(fields, 1):
        name = f"field {number}"
        if number == 1:
            trial.relation(f"{name}: narrows the list", custom_fields.narrows(window, field), "documented")
            trial.relation(f"{name}: a value of nobody", custom_fields.absurd_value(window, field), "documented")
            trial.relation(f"{name}: entity_type", custom_fields.entities_join(window, field), "documented")
            trial.relation(f"{name}: a part of the value", custom_fields.part_of_value(window, field), "documented")
            trial.relation(f"{name}: other letters", custom_fields.other_case(window, field))
            trial.relation(f"{name}: a blank behind it", custom_fields.blank(window, field))
            if trial.options.thorough:
                trial.relation(f"{name}: a blank before it", custom_fields.blank(window, field, before=True))
            trial.relation(f"{name}: a page of it", custom_fields.page_of_field(window, field), "documented")
            trial.relation(f"{name}: with stage_id", custom_fields.with_stage(window, field, own=misled), "documented")
            trial.relation(f"{name}: by days", custom_fields.by_days(window, field), "documented")
        else:
            narrows = custom_fields.narrows(window, field, entity=field.entity)
            trial.relation(f"{name}: narrows the list", narrows, "documented")
    for (first, one), (second, other) in combinations(enumerate(fields, 1), 2):
        if one[:2] == other[:2] and one.value != other.value:
            trial.relation(f"fields {first} and {second}: apart", custom_fields.apart(window, one, other))


@graded("documented")
def test_filters_combine(trial: Trial) -> None:
    """All parameters of a request apply at once, each as if it were alone (`filters-combine`)."""
    window = trial.window
    fields = [  # as `custom-field-match` has asked for them
        custom_fields.pair(one, entity=one.entity if number else None)
        for number, one in enumerate(trial.custom_fields())
    ]
    trial.relation("data", combined.enough(window))
    if trial.outcome.having(Verdict.CONFORMS):
        survey = Survey(trial.judge.ask, window)
        spellings = SPELLINGS + FURTHER * trial.options.thorough
        if _needs_seconds(trial):  # which is told there; it says nothing of how parameters combine
            spellings = tuple(one for one in spellings if not one.name.startswith("seconds left out"))
        own = [name for name, slug in (("stage_id", STAGES), ("pipeline_id", PIPELINES)) if trial.violated(slug)]
        known = combined.Known.of(survey, trial.judge.answers, trial.pipelines(), fields, spellings, own)
        rows = combined.array(known, trial.room())
        for number, row in enumerate(rows, 1):
            trial.relation(f"{number}: {row.said()}", combined.agrees(window, row))


@graded("reconciled")
def test_order(trial: Trial) -> None:
    """Cursors sort by their own field, oldest first; ``days`` alone sorts by last message, newest first (`order`)."""
    window, now = trial.window, trial.options.now
    for field, question in TIME_FILTERS.items():
        trial.relation(f"by {question.partition('=')[0]}", relations.ordered(f"{question}&limit={window}", field))
    for field in CURSORS:
        trial.relation(f"by days and {CURSORS[field]}", relations.crossed_order(window, now, "last_message_at", field))
    both = f"{TIME_FILTERS['created_at']}&{TIME_FILTERS['updated_at']}&limit={window}"
    trial.relation("by both cursors", relations.ordered(both, "updated_at", cursors_only=True), "assumed")


@graded("assumed")
def test_order_ties(trial: Trial) -> None:
    """Contacts with equal timestamps always come in the same order (`order-ties`)."""
    for field in FIELDS:
        relation = relations.tie_direction(trial.window, field, exactly=trial.options.like_mock)
        trial.relation(f"equal {field}", relation)


@graded("documented")
def test_paging(trial: Trial) -> None:
    """Pages are slices of the filtered, sorted list; without ``limit`` the whole list is returned (`paging`)."""
    window = trial.window
    survey = Survey(trial.judge.ask, window)
    for field in FIELDS:
        name = TIME_FILTERS[field].partition("=")[0]
        trial.relation(f"{name}: the end", relations.no_more(window, field))
        place, tied = split_index(survey.rows(field), field)
        where = "inside a tie" if tied else "no tie"
        if field == "last_message_at":
            trial.relation(f"{name}: first page", relations.page(window, field, 0, min(place, PAGE)))
        elif field == "updated_at":
            size = min(place, PAGE)
            trial.relation(f"{name}: page before ({where})", relations.page(window, field, place - size, size))
        beside = min(place, PAGE) + (
            field != "last_message_at"
        )  # the same limit twice tells an offset that is not kept
        trial.relation(f"{name}: page after ({where})", relations.page(window, field, place, beside))
    trial.relation("days: no limit", relations.unlimited(window, "last_message_at", large=trial.options.large))
    trial.relation("updated_after: no limit", relations.unlimited(window, "updated_at", large=trial.options.large))
    trial.relation("offset without limit", relations.offset_alone(window, "created_at"))
    misled = trial.violated(STAGES)
    trial.relation("updated_after: after the filter", stages.page_of_stage(window, "updated_at", own=misled))
    trial.relation("days: after the filter", stages.page_of_stage(window, "last_message_at", own=misled))
    trial.steady("days: asked again", f"{TIME_FILTERS['last_message_at']}&limit={window}", 3)
    trial.claim("the first answer", memory.first_answer(trial))
    again = f"{TIME_FILTERS['updated_at']}&limit={window}"
    if trial.has_room():
        trial.look("updated_after: asked again", lambda: memory.repeated(trial, again, window))
    trial.flickering()
    ties = relations.ties_alike(answer for looks in trial.judge.looks.values() for answer in looks if answer.is_list)
    if not isinstance(ties, NotShown):
        trial.claim("equal instants in one order", ties)
    trial.claim("each contact once", relations.once(trial.judge.lists()))


@graded("documented")
def test_key_is_organisation(trial: Trial) -> None:
    """All contacts of one key have the same ``client_id`` (`key-is-organisation`)."""
    clients = {row.client for answer in trial.judge.lists() for row in answer.rows}
    if len(clients) > 1:
        answer = max(trial.judge.lists(), key=lambda one: len({row.client for row in one.rows}))
        trial.claim("one client_id", Broken("one client_id", f"{len(clients)} of them", answer))
    else:
        trial.claim("one client_id", Shown("one client_id") if clients else NotShown("a contact"))


@graded("assumed")
def test_blocked_are_listed(trial: Trial) -> None:
    """Blocked contacts are listed like any other (`blocked-are-listed`)."""
    blocked = sum(row.blocked for row in Survey(trial.judge.ask, trial.window).everyone().values())
    trial.claim("a blocked contact", Shown(f"{blocked} seen") if blocked else NotShown("a blocked contact"))


@graded("documented")
def test_bare_array(trial: Trial) -> None:
    """A list is 200 with a bare JSON array of objects, as ``application/json`` (`bare-array`)."""
    trial.faults()
    lists = trial.judge.lists()
    wrong = [answer for answer in lists if answer.media_type != "application/json"]
    if wrong:
        trial.claim("media type", Broken("application/json", wrong[0].media_type, wrong[0]))
    else:
        trial.claim("media type", Shown(f"in {plural(len(lists), 'list')}"))
    _only_like_mock(trial, "charset", all(answer.charset == "utf-8" for answer in lists), "charset=utf-8")


@graded("reconciled")
def test_contact_fields(trial: Trial) -> None:
    """A contact has all fifteen fields, each of the right type (`contact-fields`)."""
    trial.faults()
    lists = trial.judge.lists()
    rows = [row for answer in lists for row in answer.rows]
    _seen(trial, f"{len(CONTACT_FIELDS)} fields", bool(rows))
    differing = memory.alike(lists)
    if differing is not None:
        trial.relation("each contact alike in all answers", differing)
    trial.claim("ids in one spelling", memory.spelt_alike(lists))
    trial.claim("tickets", memory.tickets(lists), "inferred")
    for name in sorted({name for row in rows for name in row.unknown}):
        trial.note(f"drift: the field {name} is in no document")
    _only_like_mock(trial, "order of the fields", all(row.in_order for row in rows), "the document's order")


@graded("reconciled")
def test_nullable_fields(trial: Trial) -> None:
    """Fields are null only where the documents allow it (`nullable-fields`)."""
    trial.faults()
    rows = [row for answer in trial.judge.lists() for row in answer.rows]
    nulls = sorted({name for row in rows for name in row.nulls})
    _seen(trial, f"null seen in {', '.join(nulls) or 'no field'}", bool(rows))


@graded("documented")
def test_timestamps(trial: Trial) -> None:
    """Timestamps are in UTC, with three fraction digits and ``Z`` (`timestamps`)."""
    trial.faults()
    _seen(trial, "all in that form", bool(_rows(trial)))


@graded("documented")
def test_platforms(trial: Trial) -> None:
    """``platform`` is one of the nine channels (`platforms`)."""
    trial.faults()
    _seen(trial, "all of the nine", bool(_rows(trial)))


@graded("documented")
def test_chat_statuses(trial: Trial) -> None:
    """``chat_status`` is a non-empty string; clients must expect unknown values (`chat-statuses`)."""
    trial.faults()
    _seen(trial, "all are words", bool(_rows(trial)))


@graded("documented")
def test_phone_format(trial: Trial) -> None:
    """``phone`` is an E.164 number; some real ones lack the plus sign (`phone-format`)."""
    trial.faults()
    phones = [row for row in {row.id: row for row in _rows(trial)}.values() if "phone" not in row.nulls]
    bare = sum(row.bare_phone for row in phones)
    if bare:
        trial.note(f"{bare} of {plural(len(phones), 'phone')} without a plus sign, as public client code reports")
    _seen(trial, "all in E.164 form", bool(phones), "a contact with a phone")


@graded("reconciled")
def test_invalid_parameters(trial: Trial) -> None:
    """An invalid value is 400 with a JSON object that has ``statusCode`` and ``message`` (`invalid-parameters`)."""
    if trial.options.like_mock or not trial.saw(VALUE):
        trial.case(Case("invalid-parameters", "three wrong values", "days=0&limit=1.5&stage_id=x", VALUE))
    trial.bodies(VALUE)
    if trial.options.like_mock:
        trial.issues(
            ("statusCode", "message", "errors"), ("days too_small", "limit invalid_type", "stage_id invalid_format")
        )


@graded("reconciled")
def test_refused_by_rule(trial: Trial) -> None:
    """An invalid combination of parameters is 400 with ``statusCode`` and ``message`` (`refused-by-rule`)."""
    if not trial.saw(RULE):
        trial.case(Case("refused-by-rule", "no time filter", "limit=1", RULE))
    trial.bodies(RULE)


@graded("reconciled")
def test_unauthorized(trial: Trial) -> None:
    """401 has a JSON object with ``statusCode`` and ``message`` (`unauthorized`)."""
    if not trial.saw(KEY_REFUSAL):
        trial.case(Case("unauthorized", "no key", SMALL, KEY_REFUSAL, headers=()))
    trial.bodies(KEY_REFUSAL)


@graded("inferred")
def test_not_found(trial: Trial) -> None:
    """404 has a JSON object with ``statusCode`` and ``message`` (`not-found`)."""
    if not trial.saw(PLACE):
        trial.case(Case("not-found", "unknown path", SMALL, PLACE, path="/api/public/no-such-thing-here"))
    trial.bodies(PLACE)


def _rows(trial: Trial) -> list[Row]:
    return [row for answer in trial.judge.lists() for row in answer.rows]


def _seen(trial: Trial, evidence: str, shown: bool, needed: str = "a contact") -> None:
    """Record a conforming case if nothing else was found."""
    if not trial.outcome.findings:
        trial.claim("all contacts seen", Shown(evidence) if shown else NotShown(needed))


def _only_like_mock(trial: Trial, name: str, holds: bool, wanted: str) -> None:
    """Check a property that is required with ``--like-mock`` only."""
    lists: Claim = Shown() if holds else Broken(wanted, "another one", trial.judge.lists()[0])
    if trial.options.like_mock and trial.judge.lists():
        trial.claim(name, lists, "inferred")


RULES: Final = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
"""Every rule, in the order in which they are judged."""
