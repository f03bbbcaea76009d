"""The tokens of the management API: making one, revoking it, and knowing whose it is."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from events import audit
from events.checking import Problem
from events.membership import may_create_projects
from events.models import ALPHABET, Project, hash_secret
from events.roles import Role
from streamhub.models import ApiToken
from streamhub.scopes import NEW_PROJECTS, SCOPES, WRITE

NEW_PROJECTS_SCOPE = f"{NEW_PROJECTS}:{WRITE}"
PREFIX = "sht_"  # so that secret scanners find a leaked one
MOST_NAME = 60
MOST_LIVING = 50  # tokens of a project that are neither revoked nor expired
LONGEST_DAYS = 3_650
USED_EVERY = timedelta(minutes=1)


class InvalidToken(ValueError):
    """A token that is not made, with what is wrong by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def make_token(
    project: Project,
    *,
    name: str,
    role: str,
    scopes: Sequence[str],
    days: int | None = None,
    by: User | None = None,
) -> tuple[ApiToken, str]:
    """The token's row, and the text that is shown this once. It ends after `days`; None: never. Raises InvalidToken."""
    name = name.strip()
    problems = list(_problems(project, name, role, scopes, days))
    if NEW_PROJECTS_SCOPE in scopes and by is not None and not may_create_projects(by):
        problems.append(Problem("scopes", "Only who may make projects can let a token make them."))
    if problems:
        raise InvalidToken(problems)
    text = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(40))
    with transaction.atomic():
        token = ApiToken.objects.create(
            project=project,
            name=name,
            role=role,
            scopes=[scope for scope in SCOPES if scope in scopes],
            hash=hash_secret(text),
            end=text[-4:],
            expires_at=now() + timedelta(days=days) if days else None,
            created_by=by,
        )
        ends = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else None
        changes = [("role", None, role), ("scopes", None, token.scopes), ("expires", None, ends)]
        audit.record("made", token, [change for change in changes if change[2]])
    return token, text


def revoke(token: ApiToken) -> bool:
    """It opens nothing any more, at once. False where it had been revoked before."""
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
            return False
        audit.record("revoked", token)
    return True


def days_left(token: ApiToken) -> int | None:
    """Whole days until it ends, at least one; None: it does not."""
    return max(1, (token.expires_at - now()).days) if token.expires_at else None


def token_of(text: str) -> ApiToken | None:
    """The token whose text this is, with its project; None for a wrong, revoked or expired one."""
    if not text.startswith(PREFIX) or not text.isascii() or len(text) > 100:
        return None
    living = ApiToken.objects.filter(hash=hash_secret(text), project__removed_at=None)
    return _living(living).select_related("project").first()


def note_use(token: ApiToken, address: str | None, moment: datetime | None = None) -> None:
    """Writes down that it was used; at most once a minute."""
    moment = moment or now()
    if token.last_used_at is None or moment - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment, last_used_from=address)


def _living(tokens: Any) -> Any:
    return tokens.filter(Q(expires_at=None) | Q(expires_at__gt=now()), revoked_at=None)


def _problems(project: Project, name: str, role: str, scopes: Sequence[str], days: int | None) -> Any:
    if not 1 <= len(name) <= MOST_NAME or "\0" in name:
        yield Problem("name", f"Give the token a name of 1 to {MOST_NAME} characters: what uses it.")
    if role not in Role:
        yield Problem("role", f"Choose one of {', '.join(Role)}.")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        yield Problem("scopes", f"Choose at least one of {', '.join(SCOPES)}.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        yield Problem("days", f"Give a whole number of days from 1 to {LONGEST_DAYS:,}, or leave it empty.")
    if _living(ApiToken.objects.filter(project=project)).count() >= MOST_LIVING:
        yield Problem("", f"The project has {MOST_LIVING} tokens. Revoke one that is not used first.")
