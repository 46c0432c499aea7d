"""Queries whose every value is wrong: one answer of a server that tells all faults tells ten of them.

Values are such as no text has by chance, so that an echo of one is seen. The parameters come in another order than the
document's, which tells the order of the faults.
"""

from dataclasses import dataclass
from typing import Any, Final

from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.asking.instants import EPOCH
from vambe_judge.calibration.usual import SAFE

ID: Final = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
OTHER_ID: Final = "7c9e6679-7425-40de-944b-e07fc1f90ae8"
OLD_ID: Final = "7c9e6679-7425-00de-944b-e07fc1f90ae7"
"""A version that the document's pattern does not know."""

INSTANT: Final = "2024-01-15T10:00:00Z"
NEVER: Final = "2099-01-01T00:00:00Z"
"""A cursor that nothing follows."""

LEAST: Final = {"days": 1, "limit": 1, "offset": 0}
MOST: Final = {"days": 365, "limit": 1_000, "offset": SAFE}
NUMBERS: Final = ("days", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that is wrong: the faults that it usually has, and what it means if it is taken."""

    parameter: str
    texts: tuple[str, ...]
    faults: tuple[str, ...]
    taken: str = ""
    """The rule, and the key of its table, that then goes another way."""
    number: float | int | None = None
    bound: int | None = None
    """The end of the range that it is beyond, if that is not the usual one."""

    def values(self, fault: str) -> dict[str, Any]:
        """What the placeholders of a fault's template stand for."""
        found: dict[str, Any] = {"received": ",".join(self.texts)}
        if fault in ("below", "above"):
            usual = LEAST[self.parameter] if fault == "below" else MOST[self.parameter]
            found["minimum" if fault == "below" else "maximum"] = usual if self.bound is None else self.bound
        if fault == "unsafe-integer":
            found["maximum"] = SAFE
        if self.number is not None:
            found["number-json"] = self.number
        return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """Values that are wrong together, in the order in which they are sent, and others that are fine."""

    name: str
    wrong: tuple[Wrong, ...]
    fine: tuple[tuple[str, str], ...] = ()

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """What is sent."""
        return (*((one.parameter, text) for one in self.wrong for text in one.texts), *self.fine)

    def of(self, parameter: str) -> Wrong | None:
        """The wrong value of one parameter."""
        return next((one for one in self.wrong if one.parameter == parameter), None)


def _one(parameter: str, text: str, fault: str, taken: str = "", number: float | None = None) -> Wrong:
    return Wrong(parameter, (text,), (fault,), taken, number)


def _twice(parameter: str, first: str, second: str, fault: str) -> Wrong:
    return Wrong(parameter, (first, second), (fault,), f"repeated-parameter.{parameter}")


def _malformed(parameter: str, text: str, fault: str) -> Wrong:
    return _one(parameter, text, fault, f"malformed-values.{parameter}")


FIRST: Final = Sheet(
    "each parameter below its range or malformed",
    (
        _malformed("entity_type", "zq1x", "no-option"),
        _one("custom_field_value", "", "empty-text", "empty-values.custom_field_value"),
        _one("custom_field_key", "", "empty-text", "empty-values.custom_field_key"),
        _malformed("pipeline_id", "zq2x", "bad-id"),
        _malformed("stage_id", "zq3x", "bad-id"),
        _one("offset", "-9", "below", "offset-range.least", -9),
        _one("limit", "-8", "below", "limit-range.least", -8),
        _malformed("updated_after", "zq4x", "bad-instant"),
        _one("created_after", "2024-01-15", "bad-instant", "timestamp-syntax.date_alone"),
        _one("days", "-7", "below", "days-range.least", -7),
    ),
)
SECOND: Final = Sheet(
    "values above their range, and texts twice",
    (
        _twice("entity_type", "ticket", "customer", "repeated-option"),
        _twice("custom_field_value", "zq1x", "zq2x", "repeated-text"),
        _twice("custom_field_key", "zq3x", "zq4x", "repeated-text"),
        _twice("pipeline_id", ID, OTHER_ID, "repeated-text"),
        _twice("stage_id", ID, OTHER_ID, "repeated-text"),
        _malformed("offset", "zq6x", "not-a-number"),
        Wrong(
            "limit", ("100000000000000000",), ("unsafe-integer", "above"), "limit-range.most", 100_000_000_000_000_000
        ),
        _twice("updated_after", INSTANT, "2024-01-16T10:00:00Z", "repeated-text"),
        _one("created_after", "", "bad-instant", "empty-values.created_after"),
        _one("days", "4711", "above", "days-range.most", 4711),
    ),
)
THIRD: Final = Sheet(
    "fractions, instants in other forms, and an id of version 0",
    (
        _one("entity_type", "", "no-option", "empty-values.entity_type"),
        _one("pipeline_id", "", "bad-id", "empty-values.pipeline_id"),
        _one("stage_id", OLD_ID, "bad-id", "uuid-syntax"),
        _twice("offset", "21", "22", "repeated-number"),
        _one("limit", "1.5", "not-whole", "limit-offset-whole", 1.5),
        _one("updated_after", "2024-01-15T10:00:00", "bad-instant", "timestamp-syntax.zone"),
        _one("created_after", "2024-01-15 10:00:00Z", "bad-instant", "timestamp-syntax.blank"),
        _one("days", "30zq7", "not-a-number", "number-syntax.rest"),
    ),
)
FOURTH: Final = Sheet(
    "an infinite number, and empty and blank values, beside a custom field's key without its value",
    (
        _one("stage_id", "", "bad-id", "empty-values.stage_id"),
        _one("offset", "Infinity", "infinite", "number-syntax.infinity"),
        _one("limit", " ", "below", "number-syntax.blank", 0),
        _one("updated_after", "2024-01-15t10:00:00z", "bad-instant", "timestamp-syntax.small_letters"),
        _one("created_after", "2024-01-15T10:00:00+0100", "bad-instant", "timestamp-syntax.colon"),
        _one("days", "", "below", "number-syntax.empty", 0),
    ),
    fine=(("custom_field_key", "zq9x"),),
)
TWINS: Final = Sheet(
    "faults of parameters whose likes were not refused",
    (
        _one("offset", "0.5", "not-whole", "limit-offset-whole", 0.5),
        _twice("limit", "21", "22", "repeated-number"),
        _one("updated_after", "", "bad-instant", "empty-values.updated_after"),
        _twice("created_after", INSTANT, "2024-01-16T10:00:00Z", "repeated-text"),
        _twice("days", "21", "22", "repeated-number"),
    ),
)
MORE_TWINS: Final = Sheet(
    "malformed values of parameters whose likes were not refused",
    (
        _malformed("limit", "zq6x", "not-a-number"),
        _malformed("created_after", "zq4x", "bad-instant"),
        _malformed("days", "zq7x", "not-a-number"),
    ),
)
SHEETS: Final = (FIRST, SECOND, THIRD, FOURTH)
MORE_SHEETS: Final = {
    TWINS: frozenset(("limit-offset-whole", "repeated-parameter", "empty-values")),
    MORE_TWINS: frozenset(("malformed-values", "number-syntax", "timestamp-syntax")),
}
"""Asked where a value of the first four was taken, by its rule: parameters of one type are alike, unless one is not."""

FAULTS: Final = (
    "below", "above", "not-a-number", "bad-instant", "bad-id", "no-option", "empty-text", "repeated-text",
    "repeated-number", "not-whole", "infinite", "repeated-option", "unsafe-integer",
)  # fmt: skip
"""In the order in which they are asked of a server that tells one fault at a time."""


def alone(fault: str, parameter: str = "") -> Sheet | None:
    """One wrong value with that fault, beside values that are fine; None if there is none for the *parameter*."""
    for sheet in (*SHEETS, *MORE_SHEETS):
        for one in sheet.wrong:
            if fault in one.faults and parameter in ("", one.parameter):
                fine = [("days", "1") if one.parameter == "updated_after" else ("updated_after", EPOCH)]
                if one.parameter != "limit":
                    fine.append(("limit", "1"))
                if one.parameter == "custom_field_key":
                    fine.append(("custom_field_value", "zq8x"))
                if one.parameter == "custom_field_value":
                    fine.append(("custom_field_key", "zq8x"))
                return Sheet(f"{fault} in {one.parameter}", (one,), tuple(fine))
    return None


def parameters_of(fault: str) -> list[str]:
    """The parameters that can have that fault, in the document's order."""
    found = {one.parameter for sheet in (*SHEETS, *MORE_SHEETS) for one in sheet.wrong if fault in one.faults}
    return [name for name in PARAMETERS if name in found]
