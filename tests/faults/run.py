"""One fault: events at an open rate, something breaks, recovers, and the books are balanced."""

import time
from dataclasses import dataclass, field

from tests.faults.books import Account, balance
from tests.faults.faults import IN_HAND, Fault
from tests.faults.publisher import Publisher
from tests.faults.scene import DESTINATIONS, FAULTY, Scene

PATIENCE = 240.0  # seconds for everything to arrive
BEFORE, LONG_BEFORE = 3.0, 8.0  # seconds of traffic before it; longer where the healthy ones' waits are compared
LAST_JOBS = 2.0  # seconds for jobs to end that Redis forgot of while they ran; RQ calls them failed
SWEEP = 6.0  # seconds in which the clock has each of the frequent jobs done


@dataclass
class Result:
    fault: Fault
    kind: str  # embedded or servers
    sent: int
    accepted: int
    delivered: int
    account: Account
    copies_allowed: int
    recovered_after: float  # seconds from the repair until what was sent before it had arrived
    settled_after: float  # seconds from the repair until the log had nothing open, later traffic included
    healthy_before: float = 0.0  # p95 of the other destinations, seconds
    healthy_during: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def run(fault: Fault, kind: str, scene: Scene, *, first: int, after: float = 4.0) -> Result:
    """`after`: seconds of traffic after the repair. Numbers from `first` on belong to this run."""
    scene.declare(fault.timeout, fault.sending)
    newest, seen = scene.log.newest_event(), len(scene.arrivals)
    publisher = Publisher(scene.hub.port, fault.rate, fault.batch, first)
    publisher.start()
    try:
        time.sleep(LONG_BEFORE if fault.receiver else BEFORE)
        struck_at = time.time()
        workers = fault.strike(scene) or 0
        time.sleep(fault.lasts)
        fault.mend(scene)
        mended_at = time.time()
        time.sleep(after)
    finally:
        publisher.stop()
    finished = scene.wait_until(lambda: scene.log.open() == 0, PATIENCE)
    settled_at = time.time()
    time.sleep(LAST_JOBS)
    failed = scene.jobs_failed()
    time.sleep(SWEEP)
    still_fail = scene.jobs_failed() > failed
    came, rows = scene.arrivals[seen:], scene.log.rows(newest)
    account = balance(publisher.accepted, DESTINATIONS, came, rows)
    good: dict[tuple[int, str], float] = {}
    for arrival in came:
        if arrival.answer in ("ok", "huge"):
            good.setdefault((arrival.number, arrival.address), arrival.at)
    early = [at for (number, _), at in good.items() if publisher.sent[number] <= mended_at]
    result = Result(
        fault, kind, len(publisher.sent), len(publisher.accepted),
        sum(row.state == "delivered" for row in rows.deliveries), account, workers * IN_HAND,
        max(0.0, max(early, default=mended_at) - mended_at), settled_at - mended_at,
        problems=list(account.problems),
    )  # fmt: skip
    if fault.receiver:
        healthy = [a for a in came if a.address != FAULTY]
        sent = publisher.sent
        result.healthy_before = _p95([a.waited for a in healthy if sent[a.number] < struck_at])
        result.healthy_during = _p95([a.waited for a in healthy if struck_at <= sent[a.number] < mended_at])
    if not finished:
        result.problems.append(f"{scene.log.open()} still open after {PATIENCE:.0f} s")
    if still_fail:
        result.problems.append("background jobs go on failing")
    if result.accepted < result.sent:
        result.problems.append(f"{result.sent - result.accepted} never got a 200")
    if account.lost:
        result.problems.append(f"{account.lost} lost")
    if account.duplicated > result.copies_allowed:
        result.problems.append(f"{account.duplicated} duplicated, and at most {result.copies_allowed} were in flight")
    return result


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)] if waits else 0.0
