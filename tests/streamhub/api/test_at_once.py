"""Two who make the same thing at once: one makes it, the other replaces it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from destinations.models import Destination
from events.models import AuditEntry, Project
from streamhub.api.hub import api
from tests.cohorts.cast import DEFINITION
from tests.delivery.monitors.cast import ORDERS

pytestmark = pytest.mark.django_db(transaction=True)

HOOK = {"url": "http://127.0.0.1:8009/hook", "method": "POST"}
AUDIENCE = {"name": "Audience", "kind": "cohort-webhook", "url": "http://127.0.0.1:8009/cohort", "enabled": True}
MADE_BY_PUT = {
    "put_destination": ("/destinations/Hook", HOOK),
    "put_sample": ("/destinations/Audience/samples/order", {"data": {"event_type": "Order Placed"}}),
    "put_cohort": ("/cohorts/Paying", {"kind": "defined", "definition": DEFINITION}),
    "put_sync": ("/cohorts/Testers/syncs/Audience", {}),
    "put_monitor": ("/monitors/Orders", ORDERS),
    "put_channel": ("/alert-channels/Team", {"kind": "email", "address": "team@example.com"}),
    "put_member": ("/members/newcomer", {"role": "viewer", "make": True}),
}
# What is there already when it is put.
ONLY_CHANGED = {
    "put_project", "put_template", "put_filter", "put_mappings", "put_transformation", "put_own_kind",
    "put_event_transformation", "put_event_transformations",
}  # fmt: skip


def test_every_put_is_looked_at() -> None:
    names = {
        operation.view_func.__name__
        for _, router in api._routers
        for path in router.path_operations.values()
        for operation in path.operations
        if "PUT" in operation.methods
    }
    assert names == {*MADE_BY_PUT, *ONLY_CHANGED}


@pytest.mark.parametrize("name", MADE_BY_PUT)
def test_one_makes_it_and_the_other_replaces_it(name: str, call: Callable[..., Any], project: Project) -> None:
    assert call("PUT", "/destinations/Audience", AUDIENCE).status_code == 201
    assert call("PUT", "/cohorts/Testers", {"users": ["ada"]}).status_code == 201
    AuditEntry.objects.all().delete()
    path, body = MADE_BY_PUT[name]
    both = threading.Barrier(2)

    def put() -> int:
        try:
            with connection.execute_wrapper(_wait_before_saving(both)):
                return call("PUT", path, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.result() for one in [pool.submit(put), pool.submit(put)])
    assert answers == ([200, 200] if name == "put_member" else [200, 201])
    assert AuditEntry.objects.filter(action__in=("created", "added")).count() <= 1
    assert call("GET", path).status_code in (200, 405)


def test_what_is_wrong_is_refused_all_the_same(call: Callable[..., Any]) -> None:
    assert call("PUT", "/destinations/Hook", {"url": "nonsense"}).status_code == 422
    assert Destination.objects.count() == 0


def _wait_before_saving(both: threading.Barrier) -> Callable[..., Any]:
    """Holds each of the two until the other has looked as well. Where the database lets only one at a time so far, the
    one that got there goes on alone."""
    waited = False

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal waited
        if not waited and sql.startswith("INSERT"):
            waited = True
            with suppress(threading.BrokenBarrierError):
                both.wait(timeout=1)
        return execute(sql, params, many, context)

    return wrapper
