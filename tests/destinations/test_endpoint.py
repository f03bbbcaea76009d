"""Which URLs are accepted, and their normal form, as tables."""

from ipaddress import ip_network

import pytest

from destinations.endpoint import BadURL, check_url

ACCEPTED = [
    ("http://172.32.0.1/", "http://172.32.0.1/"),
    ("http://8.8.8.8/", "http://8.8.8.8/"),
    ("https://1.1.1.1:8443/hook", "https://1.1.1.1:8443/hook"),
    ("http://日本.example/", "http://xn--wgv71a.example/"),
    ("http://xn--wgv71a.example/", "http://xn--wgv71a.example/"),
    ("http://faß.example/", "http://xn--fa-hia.example/"),
    ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
    ("http://[64:ff9b::808:808]/", "http://[64:ff9b::808:808]/"),
    ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
    ("http://[2606:4700:4700:0:0:0:0:1111]:8080/", "http://[2606:4700:4700::1111]:8080/"),
    ("http://example.com./hook", "http://example.com/hook"),
    ("http://my_host.example/", "http://my_host.example/"),
    ("http://example.com/a%20b?x=%0d%0a", "http://example.com/a%20b?x=%0d%0a"),
    ("http://example.com/é?q=日本", "http://example.com/%C3%A9?q=%E6%97%A5%E6%9C%AC"),
    ('http://example.com/"a"|b{c}?[d]=100%', "http://example.com/%22a%22%7Cb%7Bc%7D?%5Bd%5D=100%25"),
    ("HTTPS://Example.COM/Hook", "https://example.com/Hook"),
    ("http://example.com:8080/", "http://example.com:8080/"),
    ("http://example.com:80/", "http://example.com/"),
    ("https://example.com:443", "https://example.com/"),
    ("https://example.com:80/", "https://example.com:80/"),
    ("https://example.com:08443/", "https://example.com:8443/"),
    ("https://example.com?x=1", "https://example.com/?x=1"),
    ("https://example.com/a/../b/./c//d", "https://example.com/a/../b/./c//d"),
    ("https://example.com/a@b:c?d=e@f/g?h", "https://example.com/a@b:c?d=e@f/g?h"),
    ("  https://example.com/ \n", "https://example.com/"),
    ("http://redis:6379/", "http://redis:6379/"),  # names are judged when they are dialled
    ("http://metadata.google.internal/", "http://metadata.google.internal/"),
    ("http://127.0.0.1.nip.example/", "http://127.0.0.1.nip.example/"),
    ("https://example.com/" + "a" * 2028, "https://example.com/" + "a" * 2028),
]

REFUSED = [
    ("http://127.0.0.1/", "loopback"),
    ("http://127.255.255.254/", "loopback"),
    ("http://127.0.0.1:6379/", "loopback"),
    ("http://0.0.0.0/", "this machine"),
    ("http://0/", "not a host"),
    ("http://10.0.0.5/", "private"),
    ("http://172.16.0.1/", "private"),
    ("http://172.31.255.255/", "private"),
    ("http://192.168.1.1/", "private"),
    ("http://100.64.0.1/", "carrier"),
    ("http://169.254.169.254/latest/meta-data/", "metadata"),
    ("http://169.254.170.2/v2/credentials", "metadata"),
    ("http://168.63.129.16/", "cloud"),
    ("http://100.100.100.200/", "carrier"),
    ("http://192.0.0.192/", "metadata"),
    ("http://192.0.2.10/", "documentation"),
    ("http://198.51.100.7/", "documentation"),
    ("http://203.0.113.9/", "documentation"),
    ("http://198.18.0.1/", "benchmarks"),
    ("http://192.88.99.1/", "6to4"),
    ("http://224.0.0.1/", "multicast"),
    ("http://239.255.255.250/", "multicast"),
    ("http://240.0.0.1/", "reserved"),
    ("http://255.255.255.255/", "broadcast"),
    ("http://2130706433/", "not a host"),
    ("http://017700000001/", "not a host"),
    ("http://0x7f000001/", "not a host"),
    ("http://0x7f.0.0.1/", "not a host"),
    ("http://0177.0.0.1/", "not a host"),
    ("http://127.1/", "not a host"),
    ("http://127.0.1/", "not a host"),
    ("http://127.0.0.01/", "not a host"),
    ("http://134744072/", "not a host"),
    ("http://1.2.3.4.5/", "not a host"),
    ("http://256.1.1.1/", "not a host"),
    ("http://1.2.3.0x4/", "not a host"),
    ("http://1.2.3.0X4/", "not a host"),
    ("http://example.0x/", "not a host"),
    ("http://127.0.0.1./", "not a host"),
    ("http://%31%32%37.0.0.1/", "percent"),
    ("http://127.0.0.1%2e/", "percent"),
    ("http://example.com%00.evil.example/", "percent"),
    ("http://①②⑦.⓪.⓪.①/", "loopback"),
    ("http://１２７.0.0.1/", "loopback"),
    ("http://127。0。0。1/", "loopback"),
    ("http://ℓocalhost/", "this machine"),
    ("http://xn--/", "hyphen"),
    ("http://日本..example/", "international"),
    ("http://[::1]/", "loopback"),
    ("http://[::]/", "this machine"),
    ("http://[::ffff:127.0.0.1]/", "inside an IPv6"),
    ("http://[::ffff:7f00:1]/", "inside an IPv6"),
    ("http://[::ffff:8.8.8.8]/", "inside an IPv6"),
    ("http://[::127.0.0.1]/", "not a public"),
    ("http://[64:ff9b::7f00:1]/", "loopback"),
    ("http://[64:ff9b::a00:1]/", "private"),
    ("http://[64:ff9b:1::a00:1]/", "not a public"),
    ("http://[2002:7f00:1::]/", "6to4"),
    ("http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "tunnel"),
    ("http://[fc00::1]/", "private"),
    ("http://[fd00:ec2::254]/", "private"),
    ("http://[fe80::1]/", "link-local"),
    ("http://[fe80::1%25eth0]/", "network interface"),
    ("http://[fe80::1%eth0]/", "network interface"),
    ("http://[fec0::1]/", "site-local"),
    ("http://[ff02::1]/", "multicast"),
    ("http://[2001:db8::1]/", "documentation"),
    ("http://[3fff::1]/", "documentation"),
    ("http://[100::1]/", "not a public"),
    ("http://[5f00::1]/", "not a public"),
    ("http://[4000::1]/", "not a public"),
    ("http://[2606:4700:4700::1111]:80:80/", "not a port"),
    ("http://[::1]x/", "not an address in brackets"),
    ("http://[2606:4700:4700::1111/", "not an address in brackets"),
    ("http://[127.0.0.1]/", "not an IPv6"),
    ("http://[v1.x]/", "not an IPv6"),
    ("http://[]/", "not an IPv6"),
    ("http://::1/", "brackets"),
    ("http://localhost/", "this machine"),
    ("http://LOCALHOST:8000/", "this machine"),
    ("http://localhost./", "this machine"),
    ("http://a.localhost/", "this machine"),
    ("http://example..com/", "1 to 63"),
    ("http://./", "1 to 63"),
    ("http://example.com../", "1 to 63"),
    ("http://-a.example/", "hyphen"),
    ("http://a-.example/", "hyphen"),
    ("http://a,b.example/", "cannot stand"),
    ("http://" + "a" * 80 + ".example/", "1 to 63"),
    ("http://" + ".".join(["a" * 60] * 5) + "/", "253"),
    ("http://:8080/", "cannot stand"),
    ("http://user:pw@example.com/", "Authentication"),
    ("http://127.0.0.1@example.com/", "Authentication"),
    ("http://example.com@127.0.0.1/", "Authentication"),
    (r"http://example.com\@127.0.0.1/", "backslash at character 19"),
    (r"http://127.0.0.1\.example.com/", "backslash"),
    ("http://example.com#@127.0.0.1/", "fragment"),
    ("http://example.com/#", "fragment"),
    ("http://example.com/\r\nX-Evil: 1", "white space at character 20"),
    ("http://exam\tple.com/", "white space"),
    ("http://example.com /", "white space"),
    ("http://example.com/a b", "white space"),
    ("http://example.com/a\u00a0b", "white space"),
    ("http://example.com/a\u2028b", "white space"),
    ("http://example.com/\x00", "control character"),
    ("http://example.com/\x7f", "control character"),
    ("http://example.com/\ud800", "control character"),
    ("http:///example.com/", "two slashes"),
    ("http:/example.com/", "two slashes"),
    ("http:example.com", "two slashes"),
    ("//example.com/", "begin with"),
    ("example.com/hook", "begin with"),
    ("example.com:8080/hook", "begin with"),
    ("file:///etc/passwd", "begin with"),
    ("gopher://example.com:6379/_x", "begin with"),
    ("dict://example.com:11211/x", "begin with"),
    ("ftp://example.com/", "begin with"),
    ("ws://example.com/", "begin with"),
    ("javascript:alert(1)", "begin with"),
    ("data:text/plain,x", "begin with"),
    ("http+unix://%2Frun%2Fdocker.sock/", "begin with"),
    (" ", "empty"),
    ("", "empty"),
    ("http://", "no host"),
    ("https://?x", "no host"),
    ("https://#x", "no host"),
    ("http://example.com:/", "not a port"),
    ("http://example.com:0/", "not a port"),
    ("http://example.com:65536/", "not a port"),
    ("http://example.com:-1/", "not a port"),
    ("http://example.com:80a/", "not a port"),
    ("http://example.com:٨٠/", "not a port"),
    ("http://example.com:25/", "Port 25"),
    ("http://example.com:22/", "Port 22"),
    ("http://example.com:10080/", "Port 10080"),
    ("http://example.com/" + "a" * 2100, "2119 characters"),
    ("http://example.com/" + "é" * 1000, "percent-coded"),
]


@pytest.mark.parametrize(("text", "url"), ACCEPTED)
def test_accepted_in_its_normal_form(text, url):
    endpoint = check_url(text)
    assert endpoint.url == url
    assert check_url(endpoint.url) == endpoint


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_refused_in_words(text, words):
    with pytest.raises(BadURL) as refusal:
        check_url(text)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_parts_of_an_endpoint():
    endpoint = check_url("https://[2606:4700:4700::1111]:8443/x")
    assert endpoint.origin == ("https", "2606:4700:4700::1111", 8443)
    assert check_url("http://example.com").port == 80
    assert check_url("https://example.com").port == 443


def test_http_gives_a_warning_or_is_refused():
    assert check_url("https://example.com/").warnings == ()
    assert "unencrypted" in check_url("http://example.com/").warnings[0]
    with pytest.raises(BadURL, match="https"):
        check_url("http://example.com/", require_https=True)
    assert check_url("https://example.com/", require_https=True).scheme == "https"


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("http://127.0.0.1:8000/", "127.0.0.0/8"),
        ("http://localhost:8000/", "127.0.0.0/8"),
        ("http://localhost:8000/", "::1/128"),
        ("http://[::1]:8000/", "::1/128"),
        ("http://10.0.0.5/", "10.0.0.0/8"),
    ],
)
def test_the_operators_exceptions(text, network):
    assert check_url(text, allowed=(ip_network(network),)).url == text
