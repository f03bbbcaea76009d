"""A small model of the hub as a row of queues: how much it takes, how long an event is under way, what a load needs.

It knows what one event costs each station and nothing else; `python -m tests.benchmarks.queueing` prints what it says.
Its figures are those that docs/performance.md had on 2026-11-20; tests/docs/test_scaling.py holds the model against
what was measured then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

BATCH = 100  # events in a request
GATHERING = 0.020  # seconds that a worker lets events come together, at most
BUSY = 0.6  # share of a station's time that leaves room for peaks


@dataclass(frozen=True, slots=True)
class Costs:
    """Milliseconds of CPU per event: at each station, and of the database for either."""

    web: float
    worker: float
    database_in: float = 0.0
    database_out: float = 0.0

    @property
    def all(self) -> float:
        return self.web + self.worker + self.database_in + self.database_out


@dataclass(frozen=True, slots=True)
class Measured:
    delivered: float  # per second, as fast as it goes
    p50: float  # ms from publishing to arrival, at half that rate


CORES = 2
SQLITE = Costs(0.106, 0.177)
POSTGRESQL = Costs(0.083, 0.227, 0.048, 0.140)
MEASURED = {"SQLite": (SQLITE, Measured(3_588, 31.8)), "PostgreSQL": (POSTGRESQL, Measured(3_224, 54.9))}
# What publisher and receiver cost on the same machine, per event; taken from the run on SQLite.
TOOLS = 1_000 * CORES / MEASURED["SQLite"][1].delivered - SQLITE.all


def throughput(costs: Costs, cores: float = CORES, tools: float = TOOLS) -> float:
    """Events per second with one process of each station: until it, or all cores together, have no time left."""
    station = max(costs.web + costs.database_in, costs.worker + costs.database_out)
    return 1_000 / max(station, (costs.all + tools) / cores)


def latencies(costs: Costs, rate: float, seconds: float = 60.0, seed: int = 1) -> list[float]:
    """Milliseconds from publishing to arrival of each event of a run at `rate` per second, sorted."""
    random, found, clock = Random(seed), list[float](), 0.0
    web_free = worker_free = 0.0
    while clock < seconds:
        clock += BATCH / rate * random.uniform(0.9, 1.1)
        web_free = max(clock, web_free) + BATCH * (costs.web + costs.database_in) / 1_000
        begun = max(web_free + random.uniform(0, GATHERING), worker_free)
        each = (costs.worker + costs.database_out) / 1_000
        found += [1_000 * (begun + number * each - clock) for number in range(1, BATCH + 1)]
        worker_free = begun + BATCH * each
    return sorted(found)


def percentile(values: Sequence[float], share: float) -> float:
    return values[int(share * (len(values) - 1))]


@dataclass(frozen=True, slots=True)
class Needs:
    """Processes of the hub, and cores of PostgreSQL."""

    web: int
    workers: int
    database: int


def needs(rate: float, destinations: int = 1, costs: Costs = POSTGRESQL) -> Needs:
    """For so many events per second, each going to so many destinations, with room for peaks."""

    def processes(milliseconds: float) -> int:
        return max(1, ceil(rate * milliseconds / 1_000 / BUSY))

    out = destinations * costs.database_out
    return Needs(processes(costs.web), processes(destinations * costs.worker), processes(costs.database_in + out))


def table() -> str:
    """As docs/scaling.md has it."""
    rows = [(rate, many, needs(rate, many)) for rate in (1_000, 10_000, 100_000) for many in (1, 3)]
    lines = [f"| {rate:,} | {many} | {n.web} | {n.workers} | {n.database} |" for rate, many, n in rows]
    head = "| events per second | destinations for each | web processes | workers | cores of PostgreSQL |"
    return "\n".join([head, "| ---: | ---: | ---: | ---: | ---: |", *lines])


if __name__ == "__main__":
    for name, (costs, measured) in MEASURED.items():
        run = latencies(costs, measured.delivered / 2)
        print(f"{name}: {throughput(costs):,.0f}/s modelled, {measured.delivered:,.0f} measured; ", end="")
        print(f"p50 {percentile(run, 0.5):.0f} ms modelled, {measured.p50:.0f} measured")
    print(table())
