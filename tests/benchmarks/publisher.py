"""Posts events to /2/httpapi, in batches or one by one: as fast as they are accepted, or at a steady open rate."""

import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

import orjson

PROPERTIES = {
    "order_id": "A-18827", "currency": "EUR", "total": 196.93, "coupon": None, "gift": False, "store": "Lyon",
    "items": [{"sku": "TEA-001", "quantity": 2, "price": 4.5}, {"sku": "POT-001", "quantity": 1, "price": 29.0}],
    "campaign": {"source": "newsletter", "medium": "email", "name": "autumn"}, "note": "leave at the door",
}  # fmt: skip
TEXT = "leave at the door " * 50  # longer texts are cut
HEAD = (
    "POST /2/httpapi HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(slots=True)
class Published:
    """`began`: epoch seconds. `events` were accepted, `refused` were not."""

    events: int = 0
    requests: int = 0
    refused: int = 0
    seconds: float = 0.0
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is posted: events per request, size of one event, and how many connections post side by side."""

    batch: int = 100
    event_bytes: int = 1_000
    connections: int = 2


def event(number: int, users: int = 1000, size: int = 1_000) -> dict[str, object]:
    """One event of about 1 KB, as an SDK sends it, or of about `size` bytes where that is more."""
    properties = PROPERTIES | {"id": number, "sent": time.time()}
    if size > 1_000:
        properties["details"] = {f"text_{n}": TEXT for n in range((size - 1_000) // (len(TEXT) + 12))}
    return {
        "event_type": "Order Placed",
        "user_id": f"user-{number % users:06d}",
        "device_id": f"device-{number % users:06d}",
        "time": int(time.time() * 1000),
        "insert_id": str(uuid4()),
        "event_properties": properties,
        "user_properties": {"plan": "pro", "visits": number // users // 10},
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


def publish(port: int, key: str, numbers: range, load: Load, rate: float | None = None) -> Published:
    """Sends one event per number. `rate` in events/s; None sends the next request as soon as one is answered."""
    batches = [numbers[i : i + load.batch] for i in range(0, len(numbers), load.batch)]
    published = Published(began=time.time())
    lock, begun = threading.Lock(), time.monotonic()

    def work(mine: Iterable[tuple[int, range]]) -> None:
        connection = _Connection(port)
        for index, part in mine:
            if rate:
                time.sleep(max(0.0, begun + index * load.batch / rate - time.monotonic()))
            body = orjson.dumps({"api_key": key, "events": [event(n, size=load.event_bytes) for n in part]})
            accepted = connection.post(body) == 200
            with lock:
                published.requests += accepted
                published.events += len(part) if accepted else 0
                published.refused += 0 if accepted else len(part)

    indexed = list(enumerate(batches))
    parts = (indexed[n :: load.connections] for n in range(load.connections))
    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    published.seconds = time.monotonic() - begun
    return published


class _Connection:
    """A kept-alive connection that costs the machine less than http.client's, which would be measured too."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, body: bytes) -> int:
        """The status of the answer."""
        self._socket.sendall(HEAD.format(port=self._port, length=len(body)).encode() + body)
        head, _, rest = self._read_until(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(rest) < length:
            rest += self._more()
        return int(head.split(b" ", 2)[1])

    def _read_until(self, end: bytes) -> tuple[bytes, bytes, bytes]:
        data = self._more()
        while end not in data:
            data += self._more()
        return data.partition(end)

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("The hub closed the connection in the middle of an answer.")
        return data
