"""CPU time that id, signature and log line add to a request: built, sent over curl to a local sink, shown for the log.

python -m tests.benchmarks.signing [requests per round, 10000 by default]
"""

import os
import statistics
import sys
import time
from ipaddress import ip_network
from typing import Any

from tests.benchmarks.transports import running_sink

KEY = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
OLD = "whsec_jTnEYdZ4HRIHpxLO2LTXZm/CRQXVQr3mFw7lG5fZiOQ="
HMAC = {"header": "X-Signature", "algorithm": "sha256", "encoding": "hex", "prefix": "sha256=", "content": "{body}"}
VARIANTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "neither id nor signature": ({}, []),
    "id": ({}, []),
    "id and Standard Webhooks": ({"scheme": "standard"}, [KEY]),
    "id and Standard Webhooks, two secrets": ({"scheme": "standard"}, [KEY, OLD]),
    "id and an HMAC header": ({"scheme": "hmac", "timestamp_header": "", **HMAC}, [KEY]),
}
ROUNDS = 7


def main(count: int) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from delivery.transports import make_transport

    transport = make_transport("curl", [ip_network("127.0.0.0/8")], max_connections=20)
    spent: dict[str, list[float]] = {name: [] for name in VARIANTS}
    with running_sink() as url:
        for number in range(ROUNDS + 1):
            for name in VARIANTS:
                seconds = _round(transport, _builder(name, url), count, with_id=not name.startswith("neither"))
                if number:  # the first round warms up
                    spent[name].append(seconds / count * 1e6)
        transport.close()
    plain = statistics.median(spent["neither id nor signature"])
    print("| request of 1 kB with | µs of CPU, median | more | least |\n| --- | ---: | ---: | ---: |")
    for name, values in spent.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.1f} | {middle - plain:.1f} | {min(values):.1f} |")


def _builder(name: str, url: str) -> Any:
    from delivery.requests import RequestBuilder
    from destinations.models import Destination
    from events.jsontext import dumps

    settings, values = VARIANTS[name]
    secrets = [{"value": v, "until": "2099-01-01T00:00:00Z" if n else None} for n, v in enumerate(values)]
    destination = Destination(pk=7, url=url, signing=settings, secrets=dumps({"signing": secrets}))
    destination.header_list = []
    return RequestBuilder(destination)


def _round(transport: Any, builder: Any, count: int, *, with_id: bool) -> float:
    data = {"uuid": "0123456789abcdef0123456789abcdef", "event_type": "Order", "event_properties": {"a": "x" * 900}}
    if not with_id:
        builder.id_header = ""
    began, sent = time.process_time(), 0
    while sent < count or transport.in_flight:
        while sent < count and transport.in_flight < 20:
            transport.submit(builder.build(data))
            sent += 1
        for outcome in transport.wait(1.0):
            assert outcome.ok, outcome.error
            builder.shown(outcome.request)
    return time.process_time() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
