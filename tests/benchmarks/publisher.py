"""Posts batches of events to /2/httpapi: as fast as they are accepted, or at a steady open rate."""

import http.client
import json
import threading
import time
from dataclasses import dataclass
from uuid import uuid4

PROPERTIES = {
    "order_id": "A-18827", "currency": "EUR", "total": 196.93, "coupon": None, "gift": False, "store": "Lyon",
    "items": [{"sku": "TEA-001", "quantity": 2, "price": 4.5}, {"sku": "POT-001", "quantity": 1, "price": 29.0}],
    "campaign": {"source": "newsletter", "medium": "email", "name": "autumn"}, "note": "leave at the door",
}  # fmt: skip


@dataclass(slots=True)
class Published:
    events: int = 0
    refused: int = 0
    seconds: float = 0.0
    began: float = 0.0


def event(number: int, users: int = 1000) -> dict[str, object]:
    """One event of about 1 KB, as an SDK sends it."""
    return {
        "event_type": "Order Placed",
        "user_id": f"user-{number % users:06d}",
        "device_id": f"device-{number % users:06d}",
        "time": int(time.time() * 1000),
        "insert_id": str(uuid4()),
        "event_properties": PROPERTIES | {"id": number, "sent": time.time()},
        "platform": "Web",
        "os_name": "Chrome",
        "os_version": "131",
        "language": "en",
        "ip": "192.0.2.7",
        "country": "France",
        "city": "Lyon",
        "app_version": "4.2.0",
        "library": "amplitude-python/1.3.0",
    }


def publish(port: int, key: str, numbers: range, *, batch: int, rate: float | None, connections: int) -> Published:
    """Sends one event per number. `rate` in events/s; None sends the next batch as soon as one is accepted."""
    batches = [numbers[i : i + batch] for i in range(0, len(numbers), batch)]
    published = Published(began=time.time())
    lock, begun = threading.Lock(), time.monotonic()

    def work(mine: list[tuple[int, range]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for index, part in mine:
            if rate:
                time.sleep(max(0.0, begun + index * batch / rate - time.monotonic()))
            body = json.dumps({"api_key": key, "events": [event(n) for n in part]})
            connection.request("POST", "/2/httpapi", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            with lock:
                published.events += len(part) if answer.status == 200 else 0
                published.refused += len(part) if answer.status != 200 else 0

    indexed = list(enumerate(batches))
    threads = [threading.Thread(target=work, args=(indexed[n::connections],)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    published.seconds = time.monotonic() - begun
    return published
