"""Facts in the documentation, held against the program."""

import re
from pathlib import Path

import pytest
import yaml

from delivery import breaker
from delivery.places import TTL
from delivery.retries import AMPLITUDE
from delivery.room import MOST_UNDER_WAY, SLOW_UNDER_WAY
from delivery.transports import BODY_CAP
from destinations import checked_sending, specification
from destinations.header_rules import MOST_EXTRA_HEADERS
from destinations.models import Destination
from destinations.sending_rules import CONCURRENCY, KEYS, MOST_CONCURRENT, PAUSE_AT, check_sending
from events import retention_rules, write_keys
from events.models import Project
from events.roles import MEANING, Role
from streamhub import buffering, sign_in_limit
from streamhub.processes import CONNECTIONS
from streamhub.request_threads import INGEST, PAGES, STORING

ROOT = Path(__file__).resolve().parents[2]
DELIVERY = (ROOT / "docs/delivery.md").read_text()
ROLES = (ROOT / "docs/roles.md").read_text()
OPERATING = (ROOT / "docs/operating.md").read_text()


def spoken(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    while parts and not parts[0][0]:
        parts.pop(0)
    while parts and not parts[-1][0]:
        parts.pop()
    return " ".join(f"{number} {unit}" for number, unit in parts)


def test_the_schedule_in_the_table_is_the_one_in_use():
    table = DELIVERY.partition("<!-- schedule -->\n")[2].partition("<!-- /schedule -->")[0]
    rows = [
        f"| {number} | {spoken(wait)} | {spoken(sum(AMPLITUDE.waits[:number]))} |"
        for number, wait in enumerate(AMPLITUDE.waits, 1)
    ]
    assert table.splitlines() == rows


def test_numbers_in_the_text():
    assert (CONCURRENCY, MOST_EXTRA_HEADERS, BODY_CAP) == (10, 5, 64 * 1024)
    assert (Destination().connect_timeout, Destination().total_timeout) == (5.0, 10.0)
    assert checked_sending.TIMEOUTS["total"][2] == 60


def test_numbers_of_keys_and_signing_in():
    assert (write_keys.OVERLAP_HOURS, write_keys.FOUND_SECONDS) == ((24, 0, 720), 30)
    assert (sign_in_limit.OF_ONE_NAME, sign_in_limit.FROM_ONE_ADDRESS, sign_in_limit.SECONDS) == (5, 30, 300)
    assert sign_in_limit.CODES_OF_ONE_ACCOUNT == 5


def test_numbers_of_slow_senders():
    assert (PAGES, INGEST, STORING) == (8, 48, 4)
    assert (buffering.SILENCE, CONNECTIONS) == (20, 4096)
    assert (buffering.IN_MEMORY, buffering.MOST_BUFFERED) == (2**20, 2**31)


def test_numbers_of_limits_and_breaker():
    assert (CONCURRENCY, MOST_CONCURRENT, TTL, MOST_UNDER_WAY, SLOW_UNDER_WAY) == (10, 100, 5.0, 400, 200)
    assert (PAUSE_AT, breaker.LEAST_ATTEMPTS, breaker.WINDOW.total_seconds()) == (95, 20, 300)
    assert [breaker.interval(n).total_seconds() / 60 for n in range(6)] == [0.5, 1, 2, 4, 8, 15]


def test_the_sending_settings_in_the_text_are_accepted():
    text = re.search(r"```yaml\n(sending:.*?)```", DELIVERY, re.DOTALL)[1]
    given = yaml.safe_load(text)["sending"]
    assert set(given) == set(KEYS)
    assert check_sending(given) == given


@pytest.mark.django_db
def test_the_declaration_in_the_operators_page_applies():
    text = re.search(r"```yaml\n(.*?)```", OPERATING, re.DOTALL)[1]
    (shop,) = yaml.safe_load(text)["projects"]
    project = Project.objects.create(name=shop["name"])
    assert specification.save(project, shop["destinations"][0])[1] == "created"


def test_the_roles_in_the_table_are_the_ones_there_are():
    table = ROLES.partition("<!-- roles -->\n")[2].partition("<!-- /roles -->")[0]
    assert table.splitlines()[2:] == [f"| {role.label} | {MEANING[role]} |" for role in Role]


def test_the_periods_in_the_roles_page(settings):
    assert f"({settings.AUDIT_DAYS} unless set)" in ROLES
    assert f"for {settings.PASSWORD_RESET_TIMEOUT // 86_400} days" in ROLES


def test_retention_in_the_operators_page_is_the_default():
    text = re.search(r"```yaml\n(.*?)```", OPERATING, re.DOTALL)[1]
    assert yaml.safe_load(text)["projects"][0]["retention"] == retention_rules.describe(Project())
    assert "events and deliveries for 30 days and the bodies of requests and answers for 14" in OPERATING


def test_every_variable_is_listed():
    settings = (ROOT / "streamhub/settings.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|networks|switch|number|database|redis_address)\(\s*"([A-Z_]+)"', settings))
    listed = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == listed


TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "destinations").rglob("*.md")]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)", _without_code(path))
    missing = [link for link, _ in links if not (path.parent / link).exists()]
    pages = [(path.parent / link if link else path, anchor) for link, anchor in links if anchor]
    missing += [f"{page.name}#{anchor}" for page, anchor in pages if anchor not in _anchors(page)]
    assert missing == []


def _anchors(page):
    """What Git hosts make of the headings."""
    headings = re.findall(r"^#+ (.+)$", _without_code(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def _without_code(page):
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
