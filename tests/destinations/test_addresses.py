"""Which addresses may be dialled, as a table."""

from ipaddress import ip_address, ip_network

import pytest

from destinations.addresses import address_refusal, parse_networks

REFUSED = [
    ("0.0.0.0", "this machine"),
    ("0.255.255.255", "this machine"),
    ("10.0.0.5", "private"),
    ("10.255.255.255", "private"),
    ("100.64.0.1", "carrier"),
    ("100.100.100.200", "carrier"),
    ("100.127.255.255", "carrier"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "cloud"),
    ("169.254.169.254", "metadata"),
    ("169.254.170.2", "metadata"),
    ("172.16.0.1", "private"),
    ("172.18.0.3", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.192", "metadata"),
    ("192.0.2.10", "documentation"),
    ("192.88.99.1", "6to4"),
    ("192.168.1.1", "private"),
    ("198.18.0.1", "benchmarks"),
    ("198.19.255.255", "benchmarks"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "this machine"),
    ("::1", "loopback"),
    ("::ffff:127.0.0.1", "inside an IPv6"),
    ("::ffff:7f00:1", "inside an IPv6"),
    ("::ffff:10.0.0.1", "inside an IPv6"),
    ("::ffff:8.8.8.8", "inside an IPv6"),
    ("::127.0.0.1", "outside 2000::/3"),
    ("::ffff:0:7f00:1", "outside 2000::/3"),
    ("64:ff9b::7f00:1", "loopback"),
    ("64:ff9b::a00:1", "private"),
    ("64:ff9b:1::a00:1", "outside 2000::/3"),
    ("100::1", "outside 2000::/3"),
    ("2001::1", "tunnel"),
    ("2001:0:4136:e378:8000:63bf:80ff:fffe", "tunnel"),
    ("2001:20::1", "tunnel"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("3fff::1", "documentation"),
    ("4000::1", "outside 2000::/3"),
    ("5f00::1", "outside 2000::/3"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fd20:ce::254", "private"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "zone"),
    ("2606:4700:4700::1111%eth0", "zone"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("127.1", "not an IP address"),
    ("example.com", "not an IP address"),
    ("", "not an IP address"),
]

LET_THROUGH = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.17",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2606:2800:220:1::1",
    "2606:4700:4700::1111",
    "3ffe::1",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize(("ip", "words"), REFUSED)
def test_refused(ip, words):
    assert words in address_refusal(ip)


@pytest.mark.parametrize("ip", LET_THROUGH)
def test_let_through(ip):
    assert address_refusal(ip) is None
    assert address_refusal(ip_address(ip)) is None


@pytest.mark.parametrize(
    ("ip", "network", "refused"),
    [
        ("127.0.0.1", "127.0.0.0/8", False),
        ("127.0.0.1", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.0.0/16", False),
        ("10.2.2.3", "10.1.0.0/16", True),
        ("::1", "::1/128", False),
        ("::1", "127.0.0.0/8", True),
        ("::ffff:127.0.0.1", "127.0.0.0/8", False),
        ("::ffff:127.0.0.1", "::ffff:0:0/96", False),
        ("64:ff9b::a00:1", "10.0.0.0/8", False),
        ("64:ff9b::a00:1", "64:ff9b::/96", False),
        ("64:ff9b::7f00:1", "10.0.0.0/8", True),
        ("fe80::1%eth0", "fe80::/10", True),
    ],
)
def test_the_operators_exceptions(ip, network, refused):
    assert bool(address_refusal(ip, (ip_network(network),))) is refused


def test_networks_from_a_setting():
    assert parse_networks("10.0.0.0/8, fd00::/8  127.0.0.1") == (
        ip_network("10.0.0.0/8"),
        ip_network("fd00::/8"),
        ip_network("127.0.0.1/32"),
    )
    assert parse_networks("") == ()


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "10.0.0.0/33"])
def test_a_setting_that_is_no_network(text):
    with pytest.raises(ValueError, match=f"“{text}” is not a network"):
        parse_networks(text)
