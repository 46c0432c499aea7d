"""Data that changes while it is read."""

from vambe_judge.calibration.asker import Reply
from vambe_judge.calibration.state import State


def moved(state: State, reply: Reply) -> bool:
    """Whether a contact came that is not as it was: then this answer is not compared with the others."""
    known = {one.id: one.mark for one in state.population.contacts}
    changed = [one for one in reply.contacts or () if known.get(one.id, one.mark) != one.mark]
    if changed or (state.population.is_whole() and any(one.id not in known for one in reply.contacts or ())):
        state.moves += 1
        for rule in ("order", "cursor-is-exclusive", "days-window"):
            state.open.setdefault(
                rule, "data that rests while it is read: contacts changed from one answer to the next"
            )
        return True
    return False
