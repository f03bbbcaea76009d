"""The faults: what is done, how it is undone, and how many copies it may cost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.faults.scene import DESTINATIONS, FAULTY, WORKERS, Scene
from tests.hub import wait_for

# Of one worker process: requests that were sent and not recorded when it died. Ten of a lane are under way at once, and
# up to 250 outcomes wait while as many are written.
IN_HAND = 500 + 10 * len(DESTINATIONS)
EMBEDDED, SERVERS = "embedded", "servers"
BOTH = (EMBEDDED, SERVERS)
# Tries again soon and does not hold back, so that a run ends in time. Where it is left out, the defaults are at work.
SOON: dict[str, object] = {"retries": [5.0] * 20, "pause_at": False}
Strike = Callable[[Scene], int | None]


@dataclass(slots=True, frozen=True)
class Fault:
    """`strike` breaks something and returns how many worker processes it took with it; after `lasts` seconds `mend`
    puts it right. `receiver`: the fault is that of one of the five receivers."""

    name: str
    title: str
    strike: Strike
    mend: Callable[[Scene], None] = lambda scene: None
    lasts: float = 0.0
    on: tuple[str, ...] = BOTH
    timeout: float = 10.0
    rate: float = 100.0  # events per second, each for five destinations
    batch: int = 4
    receiver: bool = False
    sending: dict[str, object] = field(default_factory=dict)


def _kill(*parts: str, most: int = 100) -> Strike:
    def strike(scene: Scene) -> int:
        count = scene.kill(*parts, most=most)
        return count if parts[0] in WORKERS else 0

    return strike


def _kill_web_again_and_again(scene: Scene) -> None:
    for _ in range(3):
        scene.kill("web")
        wait_for(scene.hub.port, "/readyz")
        time.sleep(0.5)


def _flush(scene: Scene) -> None:
    scene.redis_client().flushall()


def _start_redis(scene: Scene) -> None:
    if scene.redis:
        scene.redis.start()


def _stop_postgres(scene: Scene) -> None:
    assert scene.postgres
    scene.postgres.stop("fast")


def _kill_postgres(scene: Scene) -> None:
    assert scene.postgres
    scene.postgres.kill()


def _start_postgres(scene: Scene) -> None:
    assert scene.postgres
    scene.postgres.start()


def _behave(name: str, scene: Scene) -> None:
    scene.behave(FAULTY, name)


def _step_back(scene: Scene) -> None:
    """While deliveries wait for their next attempt."""
    scene.behave(FAULTY, "down")
    time.sleep(2.5)
    scene.step_clock(-3600.0)
    scene.behave(FAULTY, "ok")


def _receiver(
    name: str, title: str, sending: dict[str, object] = SOON, lasts: float = 8.0, timeout: float = 2.0
) -> Fault:
    strike, mend = partial(_behave, name), partial(_behave, "ok")
    # At a rate that leaves the machine room, since the healthy ones' waits are measured.
    return Fault(name, title, strike, mend, lasts, (SERVERS,), timeout, rate=50.0, receiver=True, sending=sending)


FAULTS = (
    Fault("worker", "kill -9 of one worker", _kill("worker fresh", most=1)),
    Fault("workers", "kill -9 of all workers", _kill(*WORKERS)),
    Fault("web", "kill -9 of web in mid-request, three times", _kill_web_again_and_again, batch=1),
    Fault("clock", "kill -9 of the clock", _kill("clock")),
    Fault("redis-flushed", "Redis flushed", _flush),
    Fault("redis-killed", "Redis killed with -9, started again empty", Scene.kill_redis, _start_redis, 3.0),
    Fault("postgres-restarted", "PostgreSQL restarted", _stop_postgres, _start_postgres, 2.0, on=(SERVERS,)),
    Fault(
        "postgres-killed", "PostgreSQL killed with -9, started again", _kill_postgres, _start_postgres, 2.0, (SERVERS,)
    ),
    Fault("disk-full", "disk full", Scene.fill_disk, Scene.free_disk, 6.0, on=(EMBEDDED,)),
    _receiver("hang", "one of five receivers hangs", {}, lasts=12.0, timeout=10.0),
    _receiver("flap", "a receiver flaps between 200 and 503"),
    _receiver("reset", "a receiver resets the connection in mid-answer"),
    _receiver("drip", "a receiver drips a byte a second"),
    _receiver("huge", "a receiver answers with 100 MB"),
    Fault("clock-stepped", "clock stepped back an hour, with retries waiting", _step_back, sending=SOON),
)
