"""Sends numbered events at an open rate, as an SDK does: what gets no 200 is sent again, with the same insert ids."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import orjson

KEY = "faults0123456789abcdef0123456789"
PATIENCE = 90.0  # seconds of trying again before a batch counts as refused


@dataclass
class Publisher:
    """`run` in a thread of its own until `stop`. `sent`: number -> epoch seconds of the first try; `accepted`: those
    that got a 200; `again`: requests that were repeated."""

    port: int
    rate: float  # events per second
    batch: int
    first: int = 0
    sent: dict[int, float] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)
    again: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Nothing new is sent; returns once each batch is accepted or given up."""
        self.stopping.set()
        if self.thread:
            self.thread.join()

    def _run(self) -> None:
        """A batch is due whether or not earlier ones were answered."""
        begun, count = time.monotonic(), 0
        with ThreadPoolExecutor(64) as pool:
            while not self.stopping.wait(max(0.0, begun + count * self.batch / self.rate - time.monotonic())):
                first = self.first + count * self.batch
                pool.submit(self._publish, range(first, first + self.batch))
                count += 1

    def _publish(self, numbers: range) -> None:
        now = time.time()
        with self.lock:
            self.sent.update(dict.fromkeys(numbers, now))
        body = orjson.dumps({"api_key": KEY, "events": [_event(number, now) for number in numbers]})
        end, pause = time.monotonic() + PATIENCE, 0.2
        while not self._accepted(body):
            if time.monotonic() > end:
                return
            with self.lock:
                self.again += 1
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)
        with self.lock:
            self.accepted.update(numbers)

    def _accepted(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            connection.request("POST", "/2/httpapi", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _event(number: int, now: float) -> dict[str, object]:
    return {
        "event_type": "Order Placed",
        "user_id": f"user-{number % 500:05d}",
        "insert_id": f"fault-{number}",
        "time": int(now * 1000),
        "event_properties": {"number": number, "sent": now, "currency": "EUR", "total": 196.93},
    }
