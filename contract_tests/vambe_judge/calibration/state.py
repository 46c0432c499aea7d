"""All that a calibration knows so far, shared by its experiments."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from vambe_judge.asking.instants import SECOND
from vambe_judge.asking.options import CustomField, Options
from vambe_judge.asking.problems import BudgetSpent, Unanswered
from vambe_judge.calibration import lists
from vambe_judge.calibration.asker import Asker, Reply, Request
from vambe_judge.calibration.knowledge import Knowledge
from vambe_judge.calibration.lists import SORTINGS, TIES, Lists, Question
from vambe_judge.calibration.population import NAMES, Contact, Name, Population
from vambe_judge.calibration.refusals import Kind, Values

USUAL_ORDERS: Final = {
    "none": "last_message_at descending",
    "days": "last_message_at descending",
    "created_after": "created_at ascending",
    "updated_after": "updated_at ascending",
    "days+created_after": "created_at ascending",
    "days+updated_after": "updated_at ascending",
    "created_after+updated_after": "updated_at ascending",
    "days+created_after+updated_after": "updated_at ascending",
}
MOST_TIED: Final = 30
"""How many contacts with one instant are compared with each other."""

MOST_MOVES: Final = 3
"""How often a list may have changed before what depends on the data is given up."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request that could be next: what it decides, how much it tells, and how it is taken."""

    name: str
    decides: tuple[str, ...]
    worth: float
    take: Callable[[], None]


@dataclass(slots=True)
class Measured:
    """A rule that goes another way: its value, the replies that show it, and a sentence."""

    value: Any
    replies: list[Reply]
    evidence: str


@dataclass(slots=True)
class State:
    """What is known, and how to ask. ``window`` is the largest ``limit`` to use."""

    asker: Asker
    options: Options
    window: int
    large: bool
    knowledge: Knowledge = field(
        default_factory=lambda: Knowledge(
            {rule: values[0] for rule, values in lists.VALUES.items()},
            dict(lists.VALUES),
            {lists.WINDOW: (lists.EXCLUSIVE_HOURS,)},
        )
    )
    lists: Lists = field(default_factory=lambda: Lists(Population()))
    pipelines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    base: dict[str, Reply] = field(default_factory=dict)
    """The widest list by each time filter alone."""
    orders: dict[str, set[str]] = field(default_factory=lambda: {one: set(SORTINGS) for one in USUAL_ORDERS})
    order_replies: dict[str, list[Reply]] = field(default_factory=dict)
    ties: dict[Name, set[str]] = field(default_factory=lambda: {name: set(TIES) for name in NAMES})
    tie_replies: dict[Name, list[Reply]] = field(default_factory=dict)
    tie_pairs: set[tuple[str, str, str]] = field(default_factory=set)
    """Of contacts with equal instants, by the order of their list: which id came before which."""
    nulls: set[str] = field(default_factory=set)
    null_replies: list[Reply] = field(default_factory=list)
    learnt: dict[str, list[tuple[Question, Reply]]] = field(default_factory=dict)
    """The questions of which the answers speak of each rule."""
    values: Values = field(default_factory=Values)
    kinds: list[Kind] = field(default_factory=list)
    keys: list[Kind] = field(default_factory=list)
    places: list[Reply] = field(default_factory=list)
    measured: dict[str, Measured] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)
    """Rules that were seen to be as usual, by slug or key of one, with a sentence."""
    open: dict[str, str] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    shelved: dict[str, tuple[Hashable, ...]] = field(default_factory=dict)
    suspects: list[str] = field(default_factory=list)
    """Forms of a request one of which is to blame for an answer that was not as foretold."""
    astray: bool = False
    """Whether a list by ``days`` was what no alternative foretells: the target's clock may be another one."""
    fickle: bool = False
    """Whether one request was answered in two ways, though the data was the same."""
    reworded: set[int] = field(default_factory=set)
    """The numbers of refusals that came in other words when they were asked for again."""
    moves: int = 0
    default_limit: int = 0
    without_limit: Reply | None = None
    """A list that was asked for without a limit, and that tells of a default one."""
    cap: int = 0
    coarse: bool = False
    """Whether instants are printed without a fraction, so that they cannot be compared with cursors."""

    @property
    def population(self) -> Population:
        """The contacts that are known."""
        return self.lists.population

    @property
    def now(self) -> int | None:
        """The target's clock, about."""
        return self.population.now[1] if self.population.now else None

    @property
    def fields(self) -> tuple[CustomField, ...]:
        """The custom fields that the user described."""
        return self.options.custom_fields

    def ask(self, request: Request, decides: Iterable[str], case: str = "") -> Reply:
        """Ask. Raises Unanswered."""
        return self.asker.ask(request, ", ".join(decides), case)

    def try_to_ask(self, request: Request, decides: Sequence[str], case: str = "") -> Reply | None:
        """Ask; without an answer the rules stay open, and that is told."""
        try:
            return self.ask(request, decides, case)
        except Unanswered as error:
            if self.asker.client.gave_up or isinstance(error, BudgetSpent):
                raise
            for rule in decides:
                self.open.setdefault(rule.partition(".")[0], f"an answer: {error}")
            return None

    def clock(self, reply: Reply) -> tuple[int, int] | None:
        """The earliest and latest instant that the target's clock can have shown."""
        if self.options.now is not None:
            return self.options.now, self.options.now
        at = reply.answer.at
        return None if at is None else (at - 2 * SECOND, at + 120 * SECOND)

    def shelve(self, rule: str) -> None:
        """Weigh the rule no longer: what the data cannot show, or a request could not decide."""
        if self.knowledge.is_open(rule):
            self.shelved[rule] = self.knowledge.left[rule]
            self.knowledge.left[rule] = (self.knowledge.likeliest(rule),)

    def order_of(self, combination: str) -> str | None:
        """The order of a combination of time filters, if it is known; the usual one while it may be."""
        left = self.orders[combination]
        if USUAL_ORDERS[combination] in left:
            return USUAL_ORDERS[combination]
        return next(iter(left)) if len(left) == 1 else None

    def in_order(self, contacts: Iterable[Contact], combination: str) -> list[Contact] | None:
        """*contacts* as a list would have them; None where the order is not known."""
        sorting = self.order_of(combination)
        if sorting is None:
            return None
        name = lists.sorting_key(sorting)[0]
        left = self.ties.get(name, {"id-up"})  # type: ignore[call-overload]
        ties = "id-up" if "id-up" in left or not left else next(iter(sorted(left)))
        return lists.arranged(contacts, sorting, ties, next(iter(self.nulls)) if len(self.nulls) == 1 else "last")

    def see_order(self, combination: str, reply: Reply) -> None:
        """What a list says of the order of its combination, and of ties."""
        came = reply.contacts or ()
        left = {one for one in self.orders[combination] if lists.is_sorted(came, one)}
        if left != self.orders[combination]:
            self.order_replies.setdefault(combination, []).append(reply)
        self.orders[combination] = left
        sorting = self.order_of(combination)
        if sorting is None:
            return
        if sorting.startswith("last_message_at") and (nulls := lists.nulls_at(came)):
            self.nulls.add(nulls)
            self.null_replies.append(reply)
        if self.coarse:
            return
        ties = lists.ties_of(came, sorting)
        name: Name = lists.sorting_key(sorting)[0]  # type: ignore[assignment]
        if ties is not None:
            self.ties[name] &= ties
            self.tie_replies.setdefault(name, []).append(reply)
            self.see_ties(came, sorting)

    def see_ties(self, came: Sequence[Contact], sorting: str) -> None:
        """Which of the contacts with equal instants came before which, in a list of that order."""
        for run in lists.runs_of(came, lists.sorting_key(sorting)[0]):  # type: ignore[arg-type]
            ids = [one.id for one in run[:MOST_TIED]]
            self.tie_pairs.update((sorting, first, second) for first, second in combinations(ids, 2))

    def unstable(self, name: Name) -> bool:
        """Whether two contacts with equal instants came now in one order, now in the other, in lists of one order."""
        return any(
            (sorting, second, first) in self.tie_pairs
            for sorting, first, second in self.tie_pairs
            if sorting.startswith(name)
        )
