"""Which deliveries of a batch its answer refuses by name, and what that says of the others, by the rule of the kind."""

from dataclasses import dataclass, replace

from delivery.batches import Batch, Part, is_about_events
from delivery.recording import Done
from delivery.retries import RetrySchedule
from delivery.transports.seam import Outcome

REFUSED = "The answer names this event among those that it refuses."


@dataclass(frozen=True, slots=True)
class NamedApart:
    """`ended`: what came of those that need no further request. `again`: what is still to be sent, in their order."""

    ended: list[Done]
    again: list[Part]


def named_apart(batch: Batch, outcome: Outcome, schedule: RetrySchedule) -> NamedApart | None:
    """None where the answer does not refuse some of several by name."""
    of_kind = batch.parts[0].builder.of_kind
    if of_kind is None or len(batch.parts) < 2 or not is_about_events(outcome):
        return None
    refused = _parts_at(batch, of_kind.refused_items(outcome))
    if not refused:
        return None
    ended: list[Done] = []
    again: list[Part] = []
    for position, (part, done) in enumerate(zip(batch.parts, batch.settled(outcome, schedule), strict=True)):
        if position in refused:
            done.outcome = replace(outcome, verdict="final", error=REFUSED)
        elif of_kind.kind.answers.others_taken:
            done.outcome = replace(outcome, verdict="done", error="")
        else:
            again.append(part)
            continue
        ended.append(done)
    return NamedApart(ended, again)


def _parts_at(batch: Batch, items: frozenset[int]) -> set[int]:
    """The positions of the parts that these items are of; none where there is no such item."""
    owners = [position for position, part in enumerate(batch.parts) if part.piece for _ in range(part.piece.count)]
    if not items or not all(0 <= item < len(owners) for item in items):
        return set()
    return {owners[item] for item in items}
