"""What Redis knows of the road's machinery: jobs in the queues, workers, the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.timezone import now
from django_rq import get_queue
from redis import Redis
from rq.cron_scheduler_registry import get_registry_key
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker, Worker

from events.hub_redis import hub_redis

# Queue -> what its jobs do.
QUEUES = {
    "fresh": "Routing and first attempts",
    "retry": "Further attempts",
    "cohorts": "Cohorts and their syncs",
    "default": "Everything else",
}
CLOCK_SILENCE = timedelta(seconds=120)  # RQ's clock says that it lives every minute


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """Counts jobs, not deliveries: one job works through all that is due. `failed`: those that RQ still keeps."""

    name: str
    purpose: str
    waiting: int
    running: int
    failed: int
    workers: int


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """`seen_at` is when it last told Redis that it lives; an idle one does so every few minutes only."""

    name: str
    host: str
    pid: int | None
    queues: list[str]
    busy: bool
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Machinery:
    """`clock_seen_at` is None where no clock has reported for two minutes."""

    queues: list[QueueFacts]
    workers: list[WorkerFacts]
    clock_seen_at: datetime | None

    @property
    def unserved(self) -> list[str]:
        """Queues that no worker takes jobs from."""
        return [queue.name for queue in self.queues if not queue.workers]


def machinery() -> Machinery:
    """Raises RedisError where Redis does not answer."""
    connection = hub_redis()
    workers = [_worker(found) for found in Worker.all(connection=connection, serializer=JSONSerializer)]
    workers.sort(key=lambda worker: (worker.queues, worker.host, worker.name))
    return Machinery([_queue(name, workers) for name in QUEUES], workers, _clock_seen_at(connection))


def _queue(name: str, workers: list[WorkerFacts]) -> QueueFacts:
    queue = get_queue(name, connection=hub_redis())
    return QueueFacts(
        name,
        QUEUES[name],
        waiting=queue.count,
        running=queue.started_job_registry.get_job_count(cleanup=False),
        failed=queue.failed_job_registry.get_job_count(cleanup=False),
        workers=sum(name in worker.queues for worker in workers),
    )


def _worker(worker: BaseWorker) -> WorkerFacts:
    seen_at = worker.last_heartbeat
    return WorkerFacts(
        worker.name,
        worker.hostname or "",
        worker.pid,
        worker.queue_names(),
        busy=worker.get_state() == "busy",
        seen_at=seen_at.replace(tzinfo=UTC) if seen_at and seen_at.tzinfo is None else seen_at,
    )


def _clock_seen_at(connection: Redis) -> datetime | None:
    newest = connection.zrange(get_registry_key(), -1, -1, withscores=True)
    moment = datetime.fromtimestamp(float(newest[0][1]), UTC) if newest else None
    return moment if moment and now() - moment < CLOCK_SILENCE else None
