"""The client certificate (mTLS) of a destination: whether it will do, and what is known of it. (pure)"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

FEWEST_RSA_BITS = 2048
MOST_CHARACTERS = 64 * 1024
WARN_DAYS = 30

CERTIFICATE, PRIVATE_KEY = "certificate", "private_key"


class BadCertificate(ValueError):
    """`field`: which of the two is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says of itself."""

    subject: str
    issuer: str
    begins: datetime
    ends: datetime

    def days_left(self, moment: datetime) -> int:
        return (self.ends - moment) // timedelta(days=1)


def check_pair(certificate: str, private_key: str, moment: datetime) -> None:
    """The first certificate is our own, those after it lead to its authority. Raises BadCertificate."""
    chain = _chain(certificate)
    key = _key(private_key)
    own = chain[0]
    if own.public_key() != key.public_key():
        raise BadCertificate(PRIVATE_KEY, "This key does not belong to the certificate. Give the key it was made with.")
    for lower, upper in pairwise(chain):
        if lower.issuer != upper.subject:
            raise BadCertificate(
                CERTIFICATE,
                f"The chain is out of order: “{_name(lower.subject)}” was issued by “{_name(lower.issuer)}”, but "
                f"“{_name(upper.subject)}” follows. Begin with your own certificate, then its issuer.",
            )
    if own.not_valid_after_utc <= moment:
        raise BadCertificate(CERTIFICATE, f"The certificate expired on {own.not_valid_after_utc:%Y-%m-%d}.")
    if own.not_valid_before_utc > moment:
        raise BadCertificate(
            CERTIFICATE, f"The certificate is valid from {own.not_valid_before_utc:%Y-%m-%d %H:%M} on."
        )


def facts_of(certificate: str) -> Facts:
    """Of a checked certificate."""
    own = _chain(certificate)[0]
    return Facts(_name(own.subject), _name(own.issuer), own.not_valid_before_utc, own.not_valid_after_utc)


def _chain(text: str) -> list[x509.Certificate]:
    if "PRIVATE KEY" in text:
        raise BadCertificate(CERTIFICATE, "A private key stands here. It belongs in its own field, which is encrypted.")
    try:
        if len(text) > MOST_CHARACTERS:
            raise ValueError
        return x509.load_pem_x509_certificates(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadCertificate(
            CERTIFICATE,
            "This is no PEM certificate: lines from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
        ) from None


def _key(text: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise BadCertificate(PRIVATE_KEY, "The key is protected by a pass phrase. Give it without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadCertificate(
            PRIVATE_KEY,
            "This is no PEM private key: lines from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.",
        ) from None
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < FEWEST_RSA_BITS:
            raise BadCertificate(
                PRIVATE_KEY, f"The RSA key has {key.key_size} bits; at least {FEWEST_RSA_BITS} are needed."
            )
        return key
    if isinstance(key, (ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)):
        return key
    raise BadCertificate(PRIVATE_KEY, "Keys are RSA, elliptic curve (EC) or Ed25519. This is another kind.")


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def is_soon(ends: datetime, moment: datetime | None = None) -> bool:
    """Whether it is time to think of a new one."""
    return ends - (moment or datetime.now(UTC)) < timedelta(days=WARN_DAYS)
