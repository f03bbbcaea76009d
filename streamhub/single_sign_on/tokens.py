"""An ID token: whether the provider made it, for us, now, and for this sign-in."""

from typing import Any

import jwt
from jwt.exceptions import InvalidSubjectError

from streamhub.single_sign_on.refused import UNREADABLE, Refused

# Signatures by a key pair only: with a shared one (HS256) whoever knows the client secret could make tokens.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60  # seconds that clocks may differ
LONGEST_SUBJECT = 191  # characters: what allauth's column holds


def claims_of(
    token: str, keys: dict[str, Any], *, issuer: str, client_id: str, nonce: str | None, name: str
) -> dict[str, Any]:
    """Raises Refused. `keys`: the provider's, as it publishes them (a JWK set). `name`: of the provider, for words."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError(f"signed by {header.get('alg')}")
        claims = jwt.decode(
            token,
            _key(header, keys),
            algorithms=[header["alg"]],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        _check(claims, client_id, nonce)
    except (jwt.PyJWTError, TypeError, ValueError, AttributeError) as error:
        raise Refused(UNREADABLE.format(name=name), f"ID token: {type(error).__name__}: {error}") from None
    return claims


def _key(header: dict[str, Any], keys: dict[str, Any]) -> jwt.PyJWK:
    known = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    named = [key for key in known if key.key_id == header["kid"]] if "kid" in header else known
    if len(named) != 1:
        raise jwt.InvalidKeyError(f"{len(named)} keys of the provider fit")
    return named[0]


def _check(claims: dict[str, Any], client_id: str, nonce: str | None) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise jwt.InvalidAudienceError("made for another client")
    if not nonce or claims.get("nonce") != nonce:
        raise jwt.InvalidTokenError("its nonce is not that of this sign-in")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\x00" in subject:
        raise InvalidSubjectError("no subject that can be kept")
