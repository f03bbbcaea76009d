"""Both transports over TLS: who is believed, and what is made of a handshake that fails."""

import socket
import ssl
from datetime import timedelta

import pytest

from delivery.transports import make_transport, send_many
from delivery.transports.seam import ClientCertificate
from tests.delivery.certificates import Authority
from tests.delivery.misbehaving import Receiver, does
from tests.delivery.test_transports import HEAD, LOOPBACK, SOON, drips, post, send


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture(params=["curl", "requests"])
def name(request):
    return request.param


@pytest.fixture
def transport(name, authority):
    transport = make_transport(name, LOOPBACK, str(authority.bundle))
    yield transport
    transport.close()


def at_localhost(receiver, **changes):
    return post(f"https://localhost:{receiver.port}/hook", **changes)


def test_a_receiver_with_a_good_certificate(transport, authority):
    with Receiver(tls=authority.server()) as receiver:
        for _ in range(3):
            outcome = send(transport, at_localhost(receiver, body=b"x" * 200_000))
            assert (outcome.status, outcome.body) == (200, b"ok")
        assert receiver.connections == 1
        assert [len(each.body) for each in receiver.requests] == [200_000] * 3


BAD = {
    "expired": {"begins": timedelta(days=-2), "ends": timedelta(days=-1)},
    "not yet valid": {"begins": timedelta(days=1), "ends": timedelta(days=2)},
    "self-signed": {"self_signed": True},
    "wrong name": {"host": "elsewhere.example"},
}


@pytest.mark.parametrize("case", BAD)
def test_certificates_that_are_not_accepted(transport, authority, case):
    with Receiver(tls=authority.server(**BAD[case])) as receiver:
        outcome = send(transport, at_localhost(receiver))
        assert receiver.requests == []
    assert (outcome.error_kind, outcome.permanent, len(outcome.tries)) == ("tls", True, 1)
    assert outcome.error.startswith("The receiver's certificate was not accepted: ")


def test_an_unknown_authority_is_not_believed(name, authority):
    transport = make_transport(name, LOOPBACK)  # with the public authorities only
    with Receiver(tls=authority.server()) as receiver:
        outcome = send(transport, at_localhost(receiver))
        assert receiver.requests == []
    transport.close()
    assert (outcome.error_kind, outcome.permanent) == ("tls", True)


def test_a_name_is_not_an_address(transport, authority):
    with Receiver(tls=authority.server()) as receiver:
        outcome = send(transport, post(receiver.url))  # by 127.0.0.1, which the certificate does not have
    assert (outcome.error_kind, outcome.permanent) == ("tls", True)


def test_refused_addresses_see_no_handshake(name, authority):
    transport = make_transport(name, (), str(authority.bundle))
    with Receiver(tls=authority.server()) as receiver:
        assert send(transport, at_localhost(receiver)).error_kind == "refused_address"
        assert receiver.connections == 0
    transport.close()


def test_a_receiver_that_wants_a_client_certificate(transport, authority):
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.bundle)
    with Receiver(tls=context) as receiver:
        outcome = send(transport, at_localhost(receiver))
    assert outcome.status is None
    assert (outcome.error_kind, outcome.permanent) == ("tls", True)


def test_old_versions_of_tls_are_refused(transport, authority):
    context = authority.server()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Receiver(tls=context) as receiver:
        outcome = send(transport, at_localhost(receiver))
    assert (outcome.error_kind, outcome.permanent) == ("tls", False)


def test_a_receiver_without_tls(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport.submit(post(f"https://localhost:{listener.getsockname()[1]}/"))
        transport.wait(0.05)
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            (outcome,) = send_many([], transport)
    assert (outcome.error_kind, outcome.permanent) == ("tls", False)


def test_a_handshake_that_never_ends(transport):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://localhost:{silent.getsockname()[1]}/"
        outcome = send(transport, post(url, connect_timeout=SOON))
    assert outcome.error_kind == "timeout"
    assert outcome.error == "No connection within 0.3 s."
    assert outcome.duration < SOON * 4


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (drips(b"HTTP/1.1 200 OK\r\nX-A: ", b"x"), "No answer within 0.3 s."),
        (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "No answer within 0.3 s."),
        (drips(HEAD, b"x"), "The answer (status 200) was not complete within 0.3 s."),
    ],
)
def test_slow_receivers_are_left_at_the_deadline(transport, authority, behaviour, words):
    with Receiver(does(behaviour), tls=authority.server()) as receiver:
        outcome = send(transport, at_localhost(receiver, total_timeout=SOON))
    assert outcome.error_kind == "timeout"
    assert outcome.error == words
    assert outcome.duration < SOON * 4


def test_a_receiver_that_hangs_up(transport, authority):
    def hang_up(connection, stopped):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")
        return True

    with Receiver(does(hang_up), tls=authority.server()) as receiver:
        outcome = send(transport, at_localhost(receiver))
    assert (outcome.error_kind, outcome.status) == ("reset", None)


def test_a_client_certificate_is_shown_to_whom_it_is_meant_for(name, authority):
    """And not to others: connections made with it are not used for requests without it, nor the other way round."""
    own, other = (ClientCertificate(*authority.client(subject)) for subject in ("hub", "other"))
    context = authority.server()
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(authority.bundle)
    with Receiver(tls=context) as receiver:
        transport = make_transport(name, LOOPBACK, str(authority.bundle), max_connections=1)
        for certificate in (own, None, own, other, None):
            assert send(transport, at_localhost(receiver, certificate=certificate)).status == 200
        transport.close()
        assert receiver.subjects == ["hub", None, "hub", "other", None]


def test_a_receiver_that_insists_on_a_client_certificate_gets_it(transport, authority):
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.bundle)
    certificate = ClientCertificate(*authority.client("hub"))
    with Receiver(tls=context) as receiver:
        for _ in range(2):
            assert send(transport, at_localhost(receiver, certificate=certificate)).status == 200
        assert send(transport, at_localhost(receiver)).error_kind == "tls"
        assert len(receiver.requests) == 2


def test_a_client_certificate_of_another_authority_is_refused(transport, authority, tmp_path):
    (tmp_path / "stranger").mkdir()
    certificate = ClientCertificate(*Authority(tmp_path / "stranger").client("hub"))
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.bundle)
    with Receiver(tls=context) as receiver:
        outcome = send(transport, at_localhost(receiver, certificate=certificate))
        assert receiver.requests == []
    assert (outcome.status, outcome.error_kind, outcome.permanent) == (None, "tls", True)


def test_a_client_certificate_that_cannot_be_read(transport, authority):
    with Receiver(tls=authority.server()) as receiver:
        outcome = send(transport, at_localhost(receiver, certificate=ClientCertificate(b"no", b"key")))
        assert receiver.requests == []
    assert (outcome.status, outcome.error_kind, outcome.permanent) == (None, "bad_request", True)
    assert outcome.error.startswith("Not sent: the client certificate or its key cannot be used")
