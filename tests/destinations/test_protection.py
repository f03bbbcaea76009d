"""Which signatures, authentication and certificates may be saved, and which stored secrets may be kept."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from destinations import specification
from destinations.duplication import duplicate
from destinations.models import Destination
from destinations.stored_secrets import secrets_of

pytestmark = pytest.mark.django_db
SECRET = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
OLD = "whsec_jTnEYdZ4HRIHpxLO2LTXZm/CRQXVQr3mFw7lG5fZiOQ="
STANDARD = {"scheme": "standard", "secrets": [{"value": SECRET}]}
HMAC = {"scheme": "hmac", "secrets": [{"value": "long enough"}]}
OAUTH2 = {"kind": "oauth2", "token_url": "https://login.example.com/token", "client_id": "hub", "client_secret": "s3"}
NOW = datetime.now(UTC)


def certificate_pair(subject="hub.example.com", key=None, begins=-1, ends=90, issuer=None, issuer_key=None):
    """Certificate and key in PEM, valid between these days from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer or name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW + timedelta(days=begins)).not_valid_after(NOW + timedelta(days=ends))
    signing = issuer_key or key
    certificate = builder.sign(signing, None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), pem_of(key)


def pem_of(key, encryption=None):
    encryption = encryption or serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, encryption).decode()


def problems(project, **given) -> dict[str, str]:
    wanted = {"name": "Hook", "url": "http://127.0.0.1:8009/hook"} | given
    with pytest.raises(specification.InvalidDestination) as caught:
        specification.save(project, wanted, given.get("existing"))
    return {problem.field: problem.message for problem in caught.value.problems}


BAD = {
    "scheme": ({"signing": {"scheme": "v1a"}}, "signing.scheme", "is not one of none, standard, hmac"),
    "key of another scheme": ({"signing": STANDARD | {"header": "X"}}, "signing.header", "not a known key"),
    "no secret": ({"signing": {"scheme": "standard"}}, "signing.secrets", "The signing secret is missing."),
    "no prefix": ({"signing": {"secrets": [{"value": "abc"}]}}, "signing.secrets.0.value", "begins with whsec_"),
    "URL-safe": (
        {"signing": {"secrets": [{"value": SECRET.replace("/", "_")}]}},
        "signing.secrets.0.value",
        "URL-safe alphabet",
    ),
    "line feed": ({"signing": {"secrets": [{"value": SECRET + "\n"}]}}, "signing.secrets.0.value", "blanks"),
    "short": ({"signing": {"secrets": [{"value": "whsec_YWJj"}]}}, "signing.secrets.0.value", "3 bytes; 24 to 64"),
    "no end": (
        {"signing": {"secrets": [{"value": SECRET}, {"value": OLD}]}},
        "signing.secrets.1.until",
        "needs the time at which it ends",
    ),
    "end of the newest": (
        {"signing": {"secrets": [{"value": SECRET, "until": "2030-01-01"}]}},
        "signing.secrets.0.until",
        "it has no end",
    ),
    "no time": (
        {"signing": {"secrets": [{"value": SECRET}, {"value": OLD, "until": "soon"}]}},
        "signing.secrets.1.until",
        "Write a time",
    ),
    "two for one header": (
        {"signing": HMAC | {"secrets": [{"value": "long enough"}, {"value": "x" * 9, "until": "2030-01-01"}]}},
        "signing.secrets",
        "write 1.",
    ),
    "algorithm": ({"signing": HMAC | {"algorithm": "md5"}}, "signing.algorithm", "is not one of"),
    "no body": ({"signing": HMAC | {"content": "{id}"}}, "signing.content", "holds {body} once"),
    "unknown place": ({"signing": HMAC | {"prefix": "{url}"}}, "signing.prefix", "Between braces"),
    "line in a prefix": ({"signing": HMAC | {"prefix": "a\r\nX: 1"}}, "signing.prefix", "plain ASCII"),
    "header": ({"signing": HMAC | {"header": "X Sign"}}, "signing.header", "is not a header name"),
    "same header twice": (
        {"signing": HMAC | {"timestamp_header": "x-signature"}},
        "signing.timestamp_header",
        "headers of their own",
    ),
    "id header": ({"id_header": "Content-Type"}, "id_header", "it is always sent"),
    "id header of signing": ({"id_header": "X-Id", "signing": STANDARD}, "id_header", "Standard Webhooks has the id"),
    "own header": (
        {"headers": [{"name": "Webhook-Signature", "value": "1"}], "signing": STANDARD},
        "headers",
        "belongs to the signature",
    ),
    "own Authorization": (
        {"headers": [{"name": "authorization", "value": "1"}], "auth": {"kind": "bearer", "token": "abc"}},
        "headers",
        "Authentication writes it",
    ),
    "key and id in one header": (
        {"id_header": "X-Key", "auth": {"kind": "api_key", "header": "x-key", "value": "abc"}},
        "auth.header",
        "it carries the message's id",
    ),
    "kind": ({"auth": {"kind": "digest"}}, "auth.kind", "is not one of"),
    "colon": ({"auth": {"kind": "basic", "username": "a:b", "password": "c"}}, "auth.username", "no colon"),
    "word before the token": ({"auth": {"kind": "bearer", "token": "Bearer x"}}, "auth.token", "Leave the word"),
    "line in a key": ({"auth": {"kind": "api_key", "value": "a\nb"}}, "auth.value", "line break"),
    "no password": ({"auth": {"kind": "basic", "username": "a"}}, "auth.password", "The password is missing."),
    "token URL": ({"auth": OAUTH2 | {"token_url": "ftp://x"}}, "auth.token_url", "must begin with https://"),
    "a number": ({"auth": OAUTH2 | {"scope": 5}}, "auth.scope", "Write text."),
    "no mapping": ({"client_certificate": "PEM"}, "client_certificate", "Write {certificate: PEM"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_and_where(project, case):
    given, field, words = BAD[case]
    assert words in problems(project, **given)[field]


def with_key(key):
    return certificate_pair(key=key)


CERTIFICATES = {
    "another key": (lambda: (certificate_pair()[0], certificate_pair()[1]), "private_key", "does not belong"),
    "expired": (lambda: certificate_pair(begins=-9, ends=-1), "certificate", "expired on"),
    "not yet": (lambda: certificate_pair(begins=1), "certificate", "is valid from"),
    "no certificate": (lambda: ("hello", certificate_pair()[1]), "certificate", "no PEM certificate"),
    "no key": (lambda: (certificate_pair()[0], "hello"), "private_key", "no PEM private key"),
    "key for certificate": (lambda: (certificate_pair()[1],) * 2, "certificate", "A private key stands here"),
    "1024 bits": (lambda: with_key(rsa.generate_private_key(65537, 1024)), "private_key", "at least 2048"),
    "DSA": (lambda: (certificate_pair()[0], pem_of(dsa.generate_private_key(2048))), "private_key", "another kind"),
    "wrong order": (lambda: (certificate_pair("b")[0] + certificate_pair("a")[0], ""), "private_key", "no PEM"),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_certificates_that_will_not_do(project, case):
    make, field, words = CERTIFICATES[case]
    certificate, key = make()
    given = {"certificate": certificate, "private_key": key}
    assert words in problems(project, client_certificate=given)[f"client_certificate.{field}"]


def test_a_chain_that_is_out_of_order(project):
    key = ec.generate_private_key(ec.SECP256R1())
    own, pem = certificate_pair("own", key=key)
    chain = own + certificate_pair("stranger")[0]
    found = problems(project, client_certificate={"certificate": chain, "private_key": pem})
    assert "“own” was issued by “own”, but “stranger” follows" in found["client_certificate.certificate"]


def test_a_key_with_a_pass_phrase(project):
    key = ec.generate_private_key(ec.SECP256R1())
    locked = pem_of(key, serialization.BestAvailableEncryption(b"x"))
    pair = {"certificate": certificate_pair(key=key)[0], "private_key": locked}
    assert "pass phrase" in problems(project, client_certificate=pair)["client_certificate.private_key"]


@pytest.mark.parametrize("make", [ed25519.Ed25519PrivateKey.generate, lambda: rsa.generate_private_key(65537, 2048)])
def test_kinds_of_keys_that_do(make_destination, make):
    certificate, key = certificate_pair(key=make())
    made = make_destination(client_certificate={"certificate": certificate, "private_key": key})
    assert secrets_of(made)["private_key"] == key


ALL = {"signing": STANDARD, "auth": OAUTH2}


def test_secrets_are_null_where_they_are_described_and_kept_where_they_are_null(make_destination):
    pair = dict(zip(("certificate", "private_key"), certificate_pair(), strict=True))
    made = make_destination(**ALL, client_certificate=pair)
    shown = specification.describe(made)
    assert shown["signing"] == {"scheme": "standard", "secrets": None}
    assert shown["auth"]["client_secret"] is None
    assert shown["client_certificate"]["private_key"] is None
    before = secrets_of(made)
    assert specification.save(made.project, shown | {"method": "PUT"}, made)[1] == "changed"
    assert secrets_of(Destination.objects.get(pk=made.pk)) == before
    assert specification.save(made.project, specification.describe(made, with_secrets=True), made)[1] == "unchanged"


def test_secrets_do_not_move_to_another_host(make_destination):
    pair = dict(zip(("certificate", "private_key"), certificate_pair(), strict=True))
    made = make_destination(**ALL, client_certificate=pair)
    given = specification.describe(made) | {"url": "http://127.0.0.1:8010/hook"}
    with pytest.raises(specification.InvalidDestination) as caught:
        specification.save(made.project, given, made)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["signing.secrets", "auth.client_secret", "client_certificate.private_key"]
    assert "The URL now leads to another host" in str(caught.value)
    same_host = specification.describe(made) | {"url": "http://127.0.0.1:8009/another"}
    assert specification.save(made.project, same_host, made)[1] == "changed"


def test_a_client_secret_does_not_move_to_another_token_host(make_destination):
    made = make_destination(auth=OAUTH2)
    shown = specification.describe(made)
    for url, moves in (("https://evil.example.com/token", True), ("https://login.example.com/v2/token", False)):
        given = shown | {"auth": shown["auth"] | {"token_url": url}}
        if moves:
            with pytest.raises(specification.InvalidDestination, match="The token URL now leads to another host"):
                specification.save(made.project, given, made)
        else:
            assert specification.save(made.project, given, made)[1] == "changed"


def test_a_secret_of_one_kind_is_not_one_of_another(make_destination):
    made = make_destination(auth={"kind": "basic", "username": "u", "password": "p"})
    with pytest.raises(specification.InvalidDestination, match=r"auth\.token: The token is missing"):
        specification.save(made.project, specification.describe(made) | {"auth": {"kind": "bearer"}}, made)


def test_they_are_encrypted_where_they_are_stored(make_destination):
    from django.db import connection

    make_destination(**ALL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM destinations_destination")
        row = str(cursor.fetchall())
    assert SECRET not in row
    assert SECRET.removeprefix("whsec_") not in row


def test_a_copy_signs_with_nothing_that_the_first_one_signs_with(make_destination):
    made = make_destination(**ALL)
    copy = duplicate(made)
    assert copy.signing == {}
    assert secrets_of(copy) == {"auth": "s3"}


def test_an_old_secret_that_has_ended_is_described_no_more(make_destination):
    ended = (NOW - timedelta(hours=1)).isoformat()
    secrets = [{"value": SECRET}, {"value": OLD, "until": ended}]
    made = make_destination(signing={"scheme": "standard", "secrets": secrets})
    described = specification.describe(made, with_secrets=True)["signing"]["secrets"]
    assert described == [{"value": SECRET, "until": None}]
