"""An OpenID Connect provider on this machine. It signs its tokens, holds clients to PKCE, does wrong as it is told."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.local_server import Handler, serving

CLIENT, SECRET = "streamhub", "a secret of thirty-two characters"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`claims`: of the next ID token, over the usual ones; None leaves one out. `wrong`: path -> what is answered there
    instead (status, body). `key`, `algorithm`, `headers`: how it is signed."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    key: Any = KEY
    algorithm: str = "RS256"
    headers: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def consent(self, address: str) -> str:
        """What the provider's page does for who comes to `address` and agrees: the path and query to come back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert set(asked["scope"].split()) == {"openid", "profile", "email"}
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe(8)
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def answers(self, method: str, path: str, body: dict[str, str]) -> tuple[int, bytes]:
        if path in self.wrong:
            return self.wrong[path]
        pages = {
            "/.well-known/openid-configuration": self._configuration,
            "/jwks": self._keys,
            "/userinfo": lambda: self.userinfo,
            "/token": lambda: self._token(body),
        }
        try:
            return 200, json.dumps(pages[path]()).encode()
        except (KeyError, AssertionError):
            return 400, b'{"error": "invalid_grant"}'

    def _configuration(self) -> dict[str, Any]:
        usual = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return {name: value for name, value in (usual | self.configuration).items() if value is not None}

    def _keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def _token(self, body: dict[str, str]) -> dict[str, Any]:
        asked = self.codes.pop(body["code"])
        challenge = urlsafe_b64encode(sha256(body["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"]
        assert body["client_secret"] == SECRET
        assert body["redirect_uri"] == asked["redirect_uri"]
        moment = int(time.time())
        usual = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "4711",
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            "email": "ann@example.com",
            "email_verified": True,
            "given_name": "Ann",
            "family_name": "Lee",
        }
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        token = jwt.encode(claims, self.key, self.algorithm, {"kid": "one"} | self.headers)
        return {"access_token": "an access token", "token_type": "Bearer", "expires_in": 300, "id_token": token}


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()
    with serving(_Handler, made) as made.url:
        yield made


class _Handler(Handler):
    part: Provider

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer({name: values[0] for name, values in parse_qs(self.body().decode()).items()})

    def _answer(self, body: dict[str, str]) -> None:
        address = urlsplit(self.path)
        if address.path == "/authorize":  # a person in a browser, who agrees
            back = urlsplit(dict(parse_qsl(address.query))["redirect_uri"])
            return self.reply(302, Location=f"{back.scheme}://{back.netloc}{self.part.consent(self.path)}")
        status, text = self.part.answers(self.command, address.path, body)
        return self.reply(status, text, Content_Type="application/json")
