"""A name server that changes its mind, real receivers, and a transport between them: run in a network of its own, where
this program is the only name server there is. Prints what came of it as JSON.

    unshare --map-root-user --mount --net python -m tests.delivery.rebinding curl
"""

import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from ipaddress import ip_network

from delivery.transports import OutgoingRequest, make_transport, send_many
from tests.delivery.misbehaving import OK

ALLOWED, REFUSED, PORT = "127.0.0.2", "127.0.0.1", 8080
ADDRESS_RECORD = 1


def main(transport_name: str) -> None:
    _begin_network()
    answers: list[list[str]] = []
    _in_background(lambda: _name_server(lambda: answers.pop(0)))
    reached = {address: _receiver(address) for address in (ALLOWED, REFUSED)}
    transport = make_transport(transport_name, (ip_network(f"{ALLOWED}/32"),))

    def send(host: str) -> str:
        url = f"http://{host}:{PORT}/"
        (outcome,) = send_many([OutgoingRequest("POST", url, (("Content-Type", "text/plain"),), b"x")], transport)
        return outcome.error_kind or str(outcome.status)

    # One look-up by who only looks, and a second one by who connects.
    answers += [[ALLOWED], [REFUSED]]
    looked_up = socket.getaddrinfo("rebind.example", PORT, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    rebound = send("rebind.example")
    answers += [[REFUSED, ALLOWED]]
    mixed = send("mixed.example")
    answers += [[REFUSED]]
    refused = send("refused.example")
    transport.close()
    told = {"looked_up": looked_up, "rebound": rebound, "mixed": mixed, "refused": refused}
    print(json.dumps(told | {"reached": {address: len(seen) for address, seen in reached.items()}}))


def _begin_network() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)


def _name_server(next_answer: Callable[[], list[str]]) -> None:
    """Answers each question for an IPv4 address with the next answer, good for no time at all; all others with none."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, asked_by = server.recvfrom(512)
        end = query.index(b"\0", 12) + 5
        question, kind = query[12:end], struct.unpack(">H", query[end - 4 : end - 2])[0]
        found = next_answer() if kind == ADDRESS_RECORD else []
        records = b"".join(b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04" + socket.inet_aton(address) for address in found)
        header = query[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, len(found), 0, 0)
        server.sendto(header + question + records, asked_by)


def _receiver(address: str) -> list[bytes]:
    """What was received there, up to now."""
    seen: list[bytes] = []
    server = socket.create_server((address, PORT))

    def serve() -> None:
        while True:
            connection, _ = server.accept()
            with connection:
                seen.append(connection.recv(65536))
                connection.sendall(OK)

    _in_background(serve)
    return seen


def _in_background(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
