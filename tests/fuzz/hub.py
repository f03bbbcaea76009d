"""One hub for all inputs: each goes in, is looked at, and is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from events.jsontext import dumps
from events.models import Event, Outbox, Project
from events.roles import Role
from streamhub.api_tokens import make_token
from streamhub.scopes import SCOPES
from tests.fuzz.requests import Request

# Rows that a refused request may write: when a token was used, and how many requests were refused.
COUNTED_OUT = (
    "streamhub.apitoken",
    "events.eventcount",
    "sessions.session",
    "contenttypes.contenttype",
    "auth.permission",
)


class Failed(AssertionError):
    """What an input did that it must not."""


@dataclass
class Hub:
    """`names`: what stands for {names} in paths and headers."""

    client: Client
    names: dict[str, str]

    def take(self, request: Request) -> HttpResponse:
        """Raises Failed."""
        with transaction.atomic():
            before = counts()
            response = self._answer(request)
            self._check(request, response, before)
            transaction.set_rollback(True)
        return response

    def _answer(self, request: Request) -> HttpResponse:
        headers = {name: self._filled(value) for name, value in request.headers.items()}
        kind = headers.pop("Content-Type", "application/json")
        content = request.content
        for name, value in self.names.items():
            content = content.replace(b"{%s}" % name.encode(), value.encode())
        try:
            answer = self.client.generic(request.method, self._filled(request.path), content, kind, headers=headers)
            return answer if not answer.streaming else _whole(answer)
        except Exception as error:
            raise Failed(f"{type(error).__name__}: {error}") from error

    def _filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _check(self, request: Request, response: HttpResponse, before: dict[str, int]) -> None:
        if response.status_code >= 500:
            raise Failed(f"answered {response.status_code}: {response.content[:200]!r}")
        if response.status_code >= 400 and (changed := _differences(before, counts())):
            raise Failed(f"answered {response.status_code} and wrote {changed}")
        events = Event.objects.filter(pk__gt=self._newest)
        for event in events:
            dumps([event.data, event.message, event.notes]).encode()
        if events.count() != Outbox.objects.filter(event_id__gt=self._newest).count():
            raise Failed("an event without its row in the outbox, or the other way round")

    @property
    def _newest(self) -> int:
        return int(self.names["newest"])


def _whole(answer: Any) -> HttpResponse:
    return HttpResponse(b"".join(answer.streaming_content), status=answer.status_code)


def counts() -> dict[str, int]:
    """Table -> rows, in one query."""
    tables = _tables()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT COUNT(*) FROM {table})' for table in tables)}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


def _tables() -> list[str]:
    models = [model for model in apps.get_models() if model._meta.label_lower not in COUNTED_OUT]
    return sorted({model._meta.db_table for model in models if model._meta.managed})


def _differences(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - count for table, count in before.items() if after[table] != count}


@contextmanager
def prepared(busy: Project, about: Callable[[Project], dict[str, str]]) -> Iterator[Hub]:
    maker = User.objects.create_superuser("maker")
    token = make_token(busy, name="Fuzz", role=Role.ADMIN, scopes=SCOPES, by=maker)[1]
    busy.set_secret_key("shk_fuzz")
    busy.save()
    newest = Event.objects.latest("pk").pk
    names = {"token": token, "api_key": busy.api_key, "project": busy.slug, "newest": str(newest)}
    cache.clear()
    yield Hub(Client(raise_request_exception=True), names | about(busy))
