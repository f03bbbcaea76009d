"""Whose account of the hub that is: by what was linked once, else by an e-mail address that the provider verified."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from events import audit
from events.audit import acting
from events.membership import add_member
from events.models import Project
from events.roles import Role
from streamhub.single_sign_on.refused import ASK, Refused


@transaction.atomic
def account_of(login: SocialLogin) -> User:
    """Raises Refused. `login`: what the provider said, looked up by allauth already; nothing of it is saved yet."""
    claims = login.account.extra_data["id_token"]
    email = _email(claims)
    linked = login.user if login.is_existing else None
    user = linked or _by_email(email) or _new(email, claims)
    if not user.is_active:
        raise Refused(f"The account {user.get_username()} is switched off. {ASK}")
    if not linked:
        _link(user, login.account, email)
    return user


def _email(claims: dict[str, Any]) -> str:
    """Verified, and of a domain that may come in. Of those who are linked already too: people leave."""
    name = settings.OIDC.name
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise Refused(f"{name} told no e-mail address of yours. {ASK}")
    if claims.get("email_verified") not in (True, "true"):
        raise Refused(f"{name} has not verified your e-mail address {email}. Verify it there, then sign in again.")
    if not settings.OIDC.takes(email):
        raise Refused(f"People with an address like {email} don’t sign in here. {ASK}")
    return email


def _by_email(email: str) -> User | None:
    """The account with this address; or one that was made with the address as its name, and has no password yet."""
    found = list(User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email, email=""))[:2])
    if len(found) > 1:
        raise Refused(f"Several accounts have the address {email}. {ASK}")
    if found and not found[0].email and found[0].has_usable_password():
        raise Refused(f"The account {email} has a password and no e-mail address. Sign in by password. {ASK}")
    return found[0] if found else None


def _new(email: str, claims: dict[str, Any]) -> User:
    if not settings.OIDC.makes_accounts:
        raise Refused(f"No account here has the address {email}. {ASK}")
    user = User(username=email.lower(), email=email)
    user.first_name, user.last_name = (str(claims.get(key) or "")[:150] for key in ("given_name", "family_name"))
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refused(f"No account can be made of the address {email}. {ASK}", " ".join(error.messages)) from None
    user.save()
    with acting("single sign-on"):
        audit.record("made the account", user)
        if project := Project.objects.filter(slug=settings.OIDC.project).first():
            add_member(project, user, Role(settings.OIDC.role))
    return user


def _link(user: User, account: SocialAccount, email: str) -> None:
    account.user = user
    account.save()
    if not user.email:
        user.email = email
        user.save(update_fields=["email"])
    with acting("single sign-on"):
        audit.record("linked", user, name=f"{email} to {user.get_username()}")
