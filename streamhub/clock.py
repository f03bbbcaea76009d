"""Which job runs when. The clock only puts jobs into queues; workers do them."""

from django_rq import get_queue
from django_rq.cron import DjangoCronScheduler
from rq.cron import CronJob
from rq.utils import now

from delivery.jobs import deliver_fresh, deliver_retries, forget_counts, forget_insert_ids, remove_rows
from events.retention import forget_old_audit_entries
from events.wake import FRESH, JOBS, RETRY, wake

SWEEP = 5  # seconds: how long a lost wake-up can delay anything


class Clock(DjangoCronScheduler):
    """RQ's cron, with jobs queued in our serializer, and sweeps as wake-ups: never a second one while one waits."""

    def enqueue_jobs(self) -> list[CronJob]:
        due = [job for job in self.get_jobs() if job.should_run()]
        for job in due:
            if job.queue_name in JOBS:
                wake(job.queue_name)
            else:
                get_queue(job.queue_name).enqueue(job.func, **job.job_options)
            job.set_enqueue_time(now())
        return due


def clock() -> Clock:
    clock = Clock()
    clock.register(deliver_fresh, FRESH, interval=SWEEP)
    clock.register(deliver_retries, RETRY, interval=SWEEP)
    clock.register(forget_insert_ids, "default", interval=3600, result_ttl=0)
    clock.register(remove_rows, "default", interval=300, result_ttl=0)
    clock.register(forget_counts, "default", interval=3600, result_ttl=0)
    clock.register(forget_old_audit_entries, "default", interval=3600, result_ttl=0)
    return clock
