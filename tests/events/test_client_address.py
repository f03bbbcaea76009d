from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from events.client_address import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.5", None, [], "203.0.113.5"),
        ("203.0.113.5", "1.2.3.4", [], "203.0.113.5"),
        ("203.0.113.5", "<script>", [], "203.0.113.5"),
        ("10.0.0.1", "1.2.3.4", ["10.0.0.0/8"], "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", ["10.0.0.0/8"], "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, <script>", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.7", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", None, ["10.0.0.0/8"], "10.0.0.1"),
        ("::ffff:192.0.2.7", None, [], "192.0.2.7"),
        ("2001:db8::7", None, [], "2001:db8::7"),
        ("", None, [], None),
    ],
)
def test_who_sent_it(settings, peer, forwarded, trusted, address):
    settings.TRUSTED_PROXIES = tuple(map(ip_network, trusted))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)) == address
