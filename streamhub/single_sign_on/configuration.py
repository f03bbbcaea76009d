"""What the environment says of the provider (STREAMHUB_OIDC_*). Read before Django is set up: it imports none of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Oidc:
    """`domains`: of e-mail addresses that may sign in; empty: all. `project`, `role`: where accounts that are made on
    their first sign-in belong. `passwords`: whether one may still sign in by password."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = "single sign-on"
    domains: tuple[str, ...] = ()
    makes_accounts: bool = False
    project: str = ""
    role: str = "viewer"
    passwords: bool = True

    @property
    def is_on(self) -> bool:
        return bool(self.issuer and self.client_id and self.client_secret)

    @property
    def by_password(self) -> bool:
        """Never off where nothing else is on."""
        return self.passwords or not self.is_on

    def takes(self, email: str) -> bool:
        return not self.domains or email.rpartition("@")[2].lower() in self.domains


def domain(text: str) -> str:
    """As people write them: `@Example.com` is example.com."""
    return text.strip().removeprefix("@").lower()
