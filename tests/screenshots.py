"""Takes the pictures of docs/images anew: a hub of its own with two days of invented traffic, looked at by Chromium.
What is on them was never sent anywhere, but for one test to a receiver of this program."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db.models import F
from django.utils.timezone import now
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, program
from tests.hub import Hub, hub
from tests.receiver import receiver

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
DESK, LOW, PHONE = (1440, 900), (1440, 780), (390, 844)  # CSS pixels

TEMPLATE = """{
  "external_id": "${input.user_id?json_string}",
  "name": "${input.event_type?json_string}",
  "time": "${input.event_time?json_string}",
  <#if input.user_properties.email??>
  "email": "${input.user_properties.email?json_string}",
  </#if>
  "properties": {
    <#list input.event_properties as key, value>
    "${key?json_string}": "${value?string?json_string}"<#sep>,</#sep>
    </#list>
  }
}
"""
SETTINGS = {
    "headers": [
        {"name": "Authorization", "value": "Bearer sk_live_9f8e7d6c4f2a", "secret": True},
        {"name": "X-Source", "value": "streamhub", "secret": False},
    ],
    "payload": {"mode": "template", "language": "freemarker", "template": TEMPLATE},
    "filter": {
        "event_types": ["order_completed", "plan_upgraded", "cart_updated"],
        "conditions": [
            {"property": "event_properties.plan", "operator": "in list", "value": ["pro", "team"]},
            {"property": "event_properties.amount", "operator": "at least", "value": 20},
        ],
    },
}


@dataclass(frozen=True, slots=True)
class Picture:
    """`path`: below the project's address, with the ids that `prepare` gives."""

    name: str
    path: str
    theme: str = "light"
    size: tuple[int, int] = DESK


PICTURES = (
    Picture("overview", ""),
    Picture("catalog", "catalog/"),
    Picture("setup", "destinations/{order}/", "dark"),
    Picture("payload", "destinations/{order}/payload/", size=LOW),
    Picture("filter", "destinations/{order}/filter/"),
    Picture("test", "destinations/{tried}/test/", "dark"),
    Picture("delivery", "deliveries/{failed}/", "dark"),
    Picture("activity", "destinations/{order}/activity/", size=PHONE),
)


def main() -> None:
    with receiver() as shop, hub() as running:
        shop.answer = b'{"accepted": true, "id": "ord_7Qm2"}'
        running.manage("seed", "--deliveries", "40000", "--hours", "48")
        rows = prepare(running, shop.url)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
            for picture in PICTURES:
                context = chromium.new_context(
                    base_url=f"http://127.0.0.1:{running.port}",
                    viewport={"width": picture.size[0], "height": picture.size[1]},
                    color_scheme=picture.theme,
                )
                take(context.new_page(), picture, running, rows)
                context.close()
            chromium.close()


def take(page: Page, picture: Picture, running: Hub, rows: dict[str, int]) -> None:
    page.goto("/login/?next=/p/sample-traffic/" + picture.path.format(**rows))
    page.get_by_label("User name").fill("admin")
    password = re.search(r"with the password +(\S+)", running.printed)
    page.get_by_label("Password").fill(password[1] if password else "")
    page.get_by_role("button", name="Sign in").click()
    page.locator("h1").wait_for()
    page.wait_for_load_state("networkidle")
    if picture.name == "test":
        page.get_by_role("button", name="Send test now").click()
        expect(page.locator("#test-answer")).to_contain_text("HTTP 200 OK")
    path = FOLDER / f"{picture.name}.png"
    page.screenshot(path=path, animations="disabled")
    _lighten(path)
    print(f"{path.relative_to(FOLDER.parents[1])}: {path.stat().st_size // 1000} kB")


def prepare(running: Hub, url: str) -> dict[str, int]:
    """Dresses the invented project up; the ids of what is looked at."""
    with tables_of(running):
        from delivery.models import Attempt, Delivery, State
        from destinations.models import Destination
        from destinations.specification import describe, save

        order = Destination.objects.get(name="Order webhook")
        save(order.project, describe(order) | SETTINGS, order)
        tried = save(order.project, describe(order) | {"name": "Order archive", "url": url} | SETTINGS)[0]
        waiting = Delivery.objects.filter(state=State.RETRYING).order_by("-created_at")
        crm = waiting.filter(destination__name="CRM contact sync", last_status=503)
        retried = crm.filter(created_at__lt=now() - timedelta(minutes=10))[0]
        (first,) = retried.attempts.all()
        for number in range(2, 6):
            statuses = [429, 503] if number % 2 else [503, 503, 429]
            again = first.started_at + timedelta(seconds=30 * 2 ** (number - 1))
            tries = [{"at": again.timestamp(), "ms": 310, "status": status, "error": ""} for status in statuses]
            Attempt.objects.create(
                delivery=retried, number=number, started_at=again, duration_ms=930, tries=tries, status=statuses[-1],
                request_method="POST", request_url=first.request_url, request_headers=first.request_headers,
                request_body=first.request_body, response_body='{"error": "try again later"}', error_kind="status",
            )  # fmt: skip
        # Nothing falls due while the pictures are taken: these addresses do not exist.
        waiting.update(next_attempt_at=F("next_attempt_at") + timedelta(minutes=9))
        next_at = max(retried.created_at + timedelta(minutes=24), now() + timedelta(minutes=9))
        Delivery.objects.filter(pk=retried.pk).update(attempts_made=5, next_attempt_at=next_at)
        Destination.objects.exclude(pk=tried.pk).filter(project=order.project).update(enabled=True)
        return {"order": order.pk, "tried": tried.pk, "failed": retried.pk}


@contextmanager
def tables_of(running: Hub) -> Iterator[None]:
    """The hub's own database, in this process."""
    import django

    os.environ |= running.environment
    os.environ |= {"STREAMHUB_DATA": str(running.data), "DJANGO_SETTINGS_MODULE": "streamhub.settings"}
    django.setup()
    yield
    django.db.connections.close_all()


def _lighten(path: Path) -> None:
    """Pages have few colours: a palette of 256 looks the same and weighs a third."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
