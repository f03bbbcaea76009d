"""What allauth asks of us."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from destinations.secrets import opened, sealed


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps secrets encrypted as all others of the hub, and names the hub in the app."""

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SecretUnreadable."""
        return opened(encrypted_text)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return f"StreamHub {context.request.get_host()}"
