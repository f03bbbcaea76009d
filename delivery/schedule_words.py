"""A retry schedule in words, so that no page states numbers of its own (pure)."""

from delivery.retries import RetrySchedule


def in_words(schedule: RetrySchedule) -> str:
    """`One attempt right away, then up to 9 more over 4 hours. Within an attempt, ...`"""
    return f"{_attempts(schedule)} {_tries(schedule)}".strip()


def span(seconds: float) -> str:
    """`4 hours`, `28 seconds`: rounded to the unit that reads best."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        count = round(seconds / size)
        if count and seconds >= size * 0.95:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "a moment"


def _attempts(schedule: RetrySchedule) -> str:
    more = len(schedule.waits)
    if not more:
        return "One attempt, and no retries."
    return f"One attempt right away, then up to {more} more over {span(sum(schedule.waits))}."


def _tries(schedule: RetrySchedule) -> str:
    tries = schedule.tries
    if tries.most < 2:
        return ""
    some = "5xx and 429 answers" if tries.statuses >= {429, 500} else "some answers"
    return f"Within an attempt, {some} are tried up to {tries.most} times in {span(tries.no_try_after)}."
