"""Which job runs when. The clock only puts jobs into queues; workers do them."""

from typing import Any

from django_rq import get_queue
from django_rq.cron import DjangoCronScheduler
from rq.cron import CronJob
from rq.utils import now

from cohorts.jobs import remove_rows as remove_cohort_rows
from cohorts.jobs import tend_cohorts
from delivery.jobs import deliver_fresh, deliver_retries, forget_counts, forget_insert_ids, plan_again, remove_rows
from delivery.monitors.jobs import send_notices, tend_monitors
from delivery.monitors.wake import wake_monitors, wake_notices
from delivery.replay_job import run_replays
from delivery.replay_wake import wake_replays
from events.retention import forget_old_audit_entries
from events.wake import COHORTS, FRESH, JOBS, RETRY, wake
from streamhub.set_back import SetBack

# Jobs of which never a second one waits in the queue.
WOKEN = {run_replays: wake_replays, tend_monitors: wake_monitors, send_notices: wake_notices}
MONITORS = 10  # seconds between two looks at the monitors
SWEEP = 5  # seconds: how long a lost wake-up can delay anything


class Clock(DjangoCronScheduler):
    """RQ's cron, with jobs queued in our serializer, and sweeps as wake-ups: never a second one while one waits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set_back = SetBack()

    def enqueue_jobs(self) -> list[CronJob]:
        set_back = self._set_back.look()
        if set_back:  # what was planned by the old time would wait for that much longer
            get_queue("default").enqueue(plan_again, set_back, result_ttl=0)
        due = [job for job in self.get_jobs() if set_back or job.should_run()]
        for job in due:
            if job.queue_name in JOBS:
                wake(job.queue_name)
            elif job.func in WOKEN:
                WOKEN[job.func]()
            else:
                assert job.func is not None  # below, functions are registered and no names
                get_queue(job.queue_name).enqueue(job.func, **job.job_options)
            job.set_enqueue_time(now())
        return due

    def calculate_sleep_interval(self) -> float:
        """Never longer than a sweep, so that a clock that is set back does not put the next one off."""
        return min(super().calculate_sleep_interval(), SWEEP)


def clock() -> Clock:
    clock = Clock()
    clock.register(deliver_fresh, FRESH, interval=SWEEP)
    clock.register(deliver_retries, RETRY, interval=SWEEP)
    clock.register(tend_cohorts, COHORTS, interval=SWEEP)
    clock.register(run_replays, "default", interval=SWEEP, result_ttl=0)
    clock.register(tend_monitors, "default", interval=MONITORS, result_ttl=0)
    clock.register(send_notices, "default", interval=MONITORS, result_ttl=0)
    clock.register(forget_insert_ids, "default", interval=3600, result_ttl=0)
    clock.register(remove_rows, "default", interval=300, result_ttl=0)
    clock.register(remove_cohort_rows, "default", interval=60, result_ttl=0)
    clock.register(forget_counts, "default", interval=3600, result_ttl=0)
    clock.register(forget_old_audit_entries, "default", interval=3600, result_ttl=0)
    return clock
