"""What monitoring reads: the hub's totals and its present state, in the form of the Prometheus client.

Totals are of all processes (events/totals.py), gauges are asked of the database and Redis at each scrape: any web
process gives the same answer. Lanes beyond the longest hundred are added up, so that series stay few.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

from delivery import lag, worker  # noqa: F401 - worker: its totals
from events import totals
from streamhub.queue_facts import Machinery, machinery

MOST_LANES = 100
LANE = ("project", "destination", "name")
REST = ("", "others", "others")  # the labels of all other lanes together


class Hub:
    """A collector of the Prometheus client."""

    def collect(self) -> Iterator[Metric]:
        yield from _totals()
        yield from _lanes()
        yield from _machinery()


def registry() -> CollectorRegistry:
    made = CollectorRegistry(auto_describe=False)
    made.register(Hub())
    return made


def _totals() -> Iterable[Metric]:
    try:
        numbers = totals.read()
    except RedisError:
        return
    for total in totals.Total.known.values():
        counter = CounterMetricFamily(total.name, total.meaning, labels=total.labels)
        for values, number in sorted(numbers.get(total.name, {} if total.labels else {(): 0.0}).items()):
            counter.add_metric(values, number)
        yield counter
    for spread in totals.Spread.known.values():
        yield _histogram(spread, {values[0]: number for values, number in numbers.get(spread.name, {}).items()})


def _histogram(spread: totals.Spread, counts: dict[str, float]) -> Metric:
    buckets, below = [], 0.0
    for bound in (*(str(bound) for bound in spread.bounds), "+Inf"):
        below += counts.get(bound, 0)
        buckets.append((bound, below))
    return HistogramMetricFamily(spread.name, spread.meaning, buckets=buckets, sum_value=counts.get(totals.SUM, 0.0))


def _lanes() -> Iterable[Metric]:
    waiting = GaugeMetricFamily("streamhub_lane_waiting", "Deliveries that wait in a lane.", labels=LANE)
    behind = GaugeMetricFamily(
        "streamhub_lane_lag_seconds", "How long the first of what waits could have been sent.", labels=LANE
    )
    lanes = lag.lanes_behind()
    for lane in lanes[:MOST_LANES]:
        labels = (lane.destination.project.slug, str(lane.destination.pk), lane.destination.name)
        waiting.add_metric(labels, lane.waiting.number)
        behind.add_metric(labels, lane.seconds)
    if rest := lanes[MOST_LANES:]:
        waiting.add_metric(REST, sum(lane.waiting.number for lane in rest))
        behind.add_metric(REST, max(lane.seconds for lane in rest))
    number, seconds = lag.unrouted()
    flowing = [lane.seconds for lane in lanes if lane.flows]
    return (
        waiting,
        behind,
        GaugeMetricFamily(
            "streamhub_lag_seconds",
            "The longest lag of the lanes that send.",
            max(flowing, default=0),
        ),
        GaugeMetricFamily("streamhub_events_unrouted", "Stored events that routing has not come to.", number),
        GaugeMetricFamily("streamhub_routing_lag_seconds", "How long the oldest of them has waited.", seconds),
    )


def _machinery() -> Iterable[Metric]:
    up = GaugeMetricFamily("streamhub_redis_up", "Whether Redis answers.")
    try:
        found = machinery()
    except RedisError:
        up.add_metric((), 0)
        return (up,)
    up.add_metric((), 1)
    return (up, *_queues(found))


def _queues(found: Machinery) -> Iterable[Metric]:
    workers = GaugeMetricFamily("streamhub_workers", "Workers that take jobs of a queue.", labels=("queue",))
    jobs = GaugeMetricFamily("streamhub_jobs", "Jobs of a queue by state.", labels=("queue", "state"))
    for queue in found.queues:
        workers.add_metric((queue.name,), queue.workers)
        for state, number in (("waiting", queue.waiting), ("running", queue.running), ("failed", queue.failed)):
            jobs.add_metric((queue.name, state), number)
    clock = GaugeMetricFamily(
        "streamhub_clock_seen", "Whether a clock has reported within two minutes.", found.clock_seen_at is not None
    )
    return workers, jobs, clock
