"""Relations about stages and pipelines, which the active ticket alone decides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vambe_judge.asking import instants
from vambe_judge.asking.contacts import Row
from vambe_judge.judging.cases import SAMPLE
from vambe_judge.judging.judge import Ask, Broken, Claim, NotShown, Relation, Shown
from vambe_judge.judging.relations import Keep, filtered
from vambe_judge.judging.survey import TIME_FILTERS, Field, Survey, groups, listed
from vambe_mock.contract.plural import plural

SOME: Final = "contacts whose active tickets stand at different stages"


def telling_stages(rows: Sequence[Row]) -> list[str]:
    """Return stages of some tickets but not of all contacts; first those that are other contacts' default stage."""
    standing = Counter(row.stage for row in rows if row.stage)
    only_by_default = Counter(row.default_stage for row in rows if row.default_stage and row.default_stage != row.stage)
    return sorted(
        (stage for stage, count in standing.items() if count < len(rows)),
        key=lambda stage: (not only_by_default[stage], -min(standing[stage], only_by_default[stage]), stage),
    )


def varied(stages: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """*stages*, first those at which there are most kinds of contacts, at equal kinds in their order.

    The first two of them are what other relations ask for, so their kinds do not count: what a target does to blocked
    contacts, or to those without a phone, may show at another stage only.
    """
    at = {stage: [row for row in rows if row.stage == stage] for stage in stages}
    kinds = {
        stage: {
            *({"blocked"} if any(row.blocked for row in there) else ()),
            *(name for row in there for name in row.nulls),
        }
        for stage, there in at.items()
    }
    shown = set[str]().union(*(kinds[stage] for stage in stages[:2]))
    return sorted(stages, key=lambda stage: -len(kinds[stage] - shown))


def standing(ask: Ask, window: int, stage: str, *, own: bool) -> Keep:
    """Who is at *stage*: by the tickets; *own*: by the target, whose answer is known not to go by the tickets."""
    if not own:
        return lambda row: row.stage == stage
    ids = set(listed(ask, f"{TIME_FILTERS['updated_at']}&stage_id={stage}&limit={window}").ids)
    return lambda row: row.id in ids


def at_stage(window: int, field: Field, place: int, *, capitals: bool = False) -> Relation:
    """``stage_id``, sorted by *field*, returns exactly the contacts whose ticket is at that stage."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        stages = telling_stages(list(survey.everyone().values()))
        if not stages:
            return NotShown(SOME)
        stage = stages[min(place, len(stages) - 1)]
        asked = stage.upper() if capitals else stage
        if capitals and asked == stage:
            return NotShown("a stage id with letters")
        query = f"{TIME_FILTERS[field]}&stage_id={asked}"
        if capitals and (refused := _refused(ask, f"{query}&limit={window}")):
            return refused
        keep, due = _within_year(survey, field, lambda row: row.stage == stage)
        claim = _lettered(filtered(survey, query, keep, field, "at that stage", due), capitals=capitals)
        return _same_in_small(ask, claim, f"{TIME_FILTERS[field]}&stage_id={stage}&limit={window}", capitals=capitals)

    return relation


def _refused(ask: Ask, query: str) -> Broken | None:
    """Capitals refused, although the documented pattern has them."""
    answer = ask(query)
    return None if answer.is_list else Broken("200 with an array", answer.summary(), answer, "documented")


def _lettered(claim: Claim, *, capitals: bool) -> Claim:
    """That capitals find the same is assumed; that they find nobody else is documented."""
    if capitals and isinstance(claim, Broken) and claim.wanted.startswith("only "):
        return replace(claim, grade="documented")
    return claim


def _same_in_small(ask: Ask, claim: Claim, query: str, *, capitals: bool) -> Claim:
    """Where small letters, in *query*, bring the same wrong contacts, capitals are not to blame."""
    if capitals and isinstance(claim, Broken) and claim.answer.is_list and ask(query).ids == claim.answer.ids:
        return NotShown("the right contacts for the id in small letters")
    return claim


def _within_year(survey: Survey, field: Field, keep: Keep) -> tuple[Keep, Keep]:
    """Which contacts may come in the order of *field*, and which are due.

    In the order of ``last_message_at`` the widest question is a year: those that it shows are due, and, unless it was
    cut at the window, no others may come.
    """
    if field != "last_message_at":
        return keep, keep
    shown = {row.id for row in survey.rows(field)}

    def due(row: Row) -> bool:
        return keep(row) and row.id in shown

    return (keep if len(survey.rows(field)) >= survey.window else due), due


def only_default_stage(window: int) -> Relation:
    """A stage that is only a default stage, with no ticket at it, returns an empty list."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        everyone = survey.everyone().values()
        defaults = {row.default_stage for row in everyone if row.default_stage}
        idle = sorted(defaults - {row.stage for row in everyone if row.stage})
        misled = [stage for stage in telling_stages(list(everyone)) if _defaults_elsewhere(everyone, stage)]
        if not idle or not survey.is_everyone():
            return (
                Shown("seen at other stages") if misled else NotShown("a default stage that is not the ticket's stage")
            )
        answer = listed(ask, f"{TIME_FILTERS['updated_at']}&stage_id={idle[0]}&limit={window}")
        if answer.rows:
            return Broken("nobody at a stage that is only a default", plural(len(answer.rows), "contact"), answer)
        return Shown("nobody at a stage that is only a default")

    return relation


def _defaults_elsewhere(everyone: object, stage: str) -> bool:
    return any(row.default_stage == stage and row.stage != stage for row in everyone)  # type: ignore[attr-defined]


def beside_time_filters(window: int, *, own: bool = False) -> Relation:
    """``stage_id`` with both cursors and ``days`` returns the contacts that pass all four.

    *own*: of the contacts that the target lists for the other three, those at the stage are as good.
    """

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        everyone = list(survey.everyone().values())
        year = {row.id for row in survey.rows("last_message_at")}
        for stage in varied(telling_stages(everyone), [row for row in everyone if row.id in year]):
            there = [row for row in everyone if row.stage == stage and row.id in year]
            updated = [run[0].updated_at or 0 for run in groups(sorted(there, key=_updated), "updated_at")]
            if len(updated) < 2:
                continue
            cursor = updated[0]
            query = f"days=365&created_after={instants.EPOCH}&updated_after={instants.write(cursor)}&stage_id={stage}"
            due = _all_four(stage, cursor, year)
            cut = len(survey.rows("last_message_at")) >= survey.window
            keep = _all_four(stage, cursor, None) if cut else due
            claim = filtered(survey, query, keep, "updated_at", "that all four filters keep", due)
            if own and isinstance(claim, Broken):
                three = listed(ask, f"{query.rpartition('&')[0]}&limit={window}")
                if claim.answer.ids == [row.id for row in three.rows if row.stage == stage]:
                    return NotShown("the right contacts for the time filters without a stage")
            return claim
        return NotShown(SOME)

    return relation


def _updated(row: Row) -> int:
    return row.updated_at or 0


def _all_four(stage: str, cursor: int, year: set[str] | None) -> Keep:
    """Those at the stage after the cursor; of them those of the year, where that is known whole."""
    return lambda row: row.stage == stage and _updated(row) > cursor and (year is None or row.id in year)


def page_of_stage(window: int, field: Field, *, own: bool = False) -> Relation:
    """``offset`` and ``limit`` apply after the filter; *own* as in ``standing``."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        rows = list(survey.rows(field))
        for stage in telling_stages(rows):
            at = standing(ask, window, stage, own=own)
            there = [row.id for row in rows if at(row)]
            if len(there) < 2 or at(rows[0]) or rows[1].id == there[1]:
                continue
            answer = listed(ask, f"{TIME_FILTERS[field]}&stage_id={stage}&offset=1&limit=1")
            if answer.ids != there[1:2]:
                return Broken("the second contact at the stage", answer.summary(), answer)
            return Shown("the second contact at the stage")
        return NotShown("two contacts at a stage, behind one at another")

    return relation


def nobody(query: str, window: int) -> Relation:
    """A well-formed *query* for an id that does not exist, or an instant to come, returns an empty list."""

    def relation(ask: Ask) -> Claim:
        answer = listed(ask, f"{query}&limit=5")
        if answer.rows:
            return Broken("nobody", plural(len(answer.rows), "contact"), answer, "documented")
        return Shown("nobody") if Survey(ask, window).everyone() else NotShown("a contact")

    return relation


def in_pipeline(window: int, field: Field, pipeline: str, stages: Sequence[str]) -> Relation:
    """``pipeline_id`` returns exactly the contacts whose ticket is at one of its stages."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        query = f"{TIME_FILTERS[field]}&pipeline_id={pipeline}"
        if pipeline != pipeline.lower() and (refused := _refused(ask, f"{query}&limit={window}")):
            return refused
        keep, due = _within_year(survey, field, lambda row: row.stage in stages)
        claim = filtered(survey, query, keep, field, "at one of the pipeline's stages", due)
        capitals = pipeline != pipeline.lower()
        small = f"{TIME_FILTERS[field]}&pipeline_id={pipeline.lower()}&limit={window}"
        return _same_in_small(ask, _lettered(claim, capitals=capitals), small, capitals=capitals)

    return relation


def stage_and_pipeline(
    window: int, pipeline: str, stages: Sequence[str], *, inside: bool, own: bool = False
) -> Relation:
    """``stage_id`` and ``pipeline_id`` together: both must hold; *own* as in ``standing``."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        candidates = [one for one in telling_stages(list(survey.everyone().values())) if (one in stages) == inside]
        if not candidates and not inside:
            others = telling_stages(list(survey.everyone().values()))
            query = f"{TIME_FILTERS['updated_at']}&stage_id={others[0] if others else SAMPLE}&pipeline_id={SAMPLE}"
            return nobody(query, window)(ask) if others else NotShown("a ticket at a stage")
        if not candidates:
            return NotShown("a ticket at a stage of the pipeline")
        stage = candidates[0]
        query = f"{TIME_FILTERS['updated_at']}&stage_id={stage}&pipeline_id={pipeline}"
        if not inside:
            return nobody(query, window)(ask)
        at = standing(ask, window, stage, own=own)
        return filtered(survey, query, lambda row: at(row) and row.stage in stages, "updated_at", "at that stage")

    return relation
