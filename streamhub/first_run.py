"""What a new installation begins with: an administrator, and a demo project that delivers to the built-in inbox."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.utils.timezone import now

from destinations import specification
from events.accept import Incoming, accept
from events.models import Project
from events.shape import time_text

DEMO = "Demo shop"
MINE = "My project"


@dataclass(frozen=True, slots=True)
class Login:
    name: str
    password: str


def create_administrator() -> Login | None:
    """The first administrator with a random password, or None if there is a user already."""
    users = get_user_model()
    if users.objects.exists():
        return None
    login = Login("admin", secrets.token_urlsafe(12))
    users.objects.create_superuser(login.name, email="", password=login.password)
    return login


def create_projects(address: str, *, demo: bool) -> None:
    """An empty project to begin with and, if wanted, the demo; nothing if there are projects already."""
    if Project.objects.exists():
        return
    Project.objects.create(name=MINE)
    if demo:
        project = Project.objects.create(name=DEMO, is_demo=True)
        _create_demo_destinations(project, f"http://{address}/inbox/{project.inbox_token}")


def send_demo_events() -> None:
    """Fills a demo project that has none yet: called once the hub runs, so that they are delivered at once."""
    for project in Project.objects.filter(is_demo=True, event=None):
        accept(project, _demo_events(project), now())


def _create_demo_destinations(project: Project, inbox: str) -> None:
    specification.save(
        project,
        {"name": "Everything to the inbox", "url": inbox, "payload": {"mode": "raw"}, "enabled": True},
    )
    specification.save(
        project,
        {
            "name": "Orders to the warehouse",
            "url": f"{inbox}?for=warehouse",
            "headers": [{"name": "Authorization", "value": "Bearer demo-token-4f2a", "secret": True}],
            "payload": {"mode": "template", "language": "jinja2", "template": ORDER_TEMPLATE},
            "filter": {"event_types": ["Order Placed"]},
            "enabled": True,
        },
    )


ORDER_TEMPLATE = """\
{
  "order": {{ input.event_properties.order_id|tojson }},
  "customer": {{ input.user_id|tojson }},
  "placed_at": {{ input.event_time|tojson }},
  "total": {{ input.event_properties.total|tojson }},
  "lines": [
    {%- for item in input.event_properties["items"] %}
    {"sku": {{ item.sku|tojson }}, "quantity": {{ item.quantity }}}{{ "," if not loop.last }}
    {%- endfor %}
  ]
}
"""


def _demo_events(project: Project) -> list[Incoming]:
    """Twenty-four events of the last ten minutes: a few visitors, some of whom sign up and order."""
    moment = now() - timedelta(minutes=10)
    events = []
    for number in range(6):
        user = f"demo-user-{number + 1}"
        steps: list[tuple[str, dict[str, object]]] = [
            ("Page Viewed", {"path": ["/", "/sale", "/tea"][number % 3]}),
            ("Product Viewed", {"sku": f"TEA-{number + 1:03d}", "price": 4.5 + number}),
            ("Product Added", {"sku": f"TEA-{number + 1:03d}", "quantity": 1 + number % 3}),
            ("Order Placed", _order(number)),
        ]
        for step, (event_type, properties) in enumerate(steps):
            at = moment + timedelta(seconds=90 * number + 20 * step)
            events.append(_demo_event(project, user, event_type, properties, at))
    return events


def _order(number: int) -> dict[str, object]:
    quantity = 1 + number % 3
    lines = [{"sku": f"TEA-{number + 1:03d}", "quantity": quantity}, {"sku": "POT-001", "quantity": 1}]
    return {"order_id": f"A-{1800 + number}", "total": round((4.5 + number) * quantity + 29, 2), "items": lines}


def _demo_event(project: Project, user: str, event_type: str, properties: dict[str, object], at: datetime) -> Incoming:
    uuid = uuid4()
    data = {
        "event_type": event_type,
        "event_time": time_text(at),
        "user_id": user,
        "uuid": str(uuid),
        "event_properties": properties,
        "client_event_time": time_text(at),
        "server_received_time": time_text(now()),
        "app": project.pk,
        "platform": "Web",
        "library": "streamhub/demo",
    }
    return Incoming("event.track", event_type, user, None, at, uuid, data)
