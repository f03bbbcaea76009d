"""Spoiled requests on every path that programs use: none breaks the hub, none that is refused leaves a row behind.

`make fuzz` sends 20,000; the suite a few hundred, always the same, and all that once failed.
"""

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from cohorts.models import Cohort
from cohorts.specification import save_cohort
from delivery.models import Delivery, Replay
from destinations.models import EventRule, KindVersion
from destinations.signing_secrets import shown_secrets
from destinations.specification import save
from events.annotations.models import Annotation
from events.api.limits import Limits
from events.models import Membership, Project
from events.roles import Role
from streamhub.api import doors, portal, trying
from streamhub.models import ApiToken
from tests.cohorts.cast import cast
from tests.fuzz.hub import Failed, Hub, prepared
from tests.fuzz.requests import CORPUS, Request, found, seeds, spoiled
from tests.streamhub.api.operations import Operation, addresses, operations

INPUTS = int(os.environ.get("STREAMHUB_FUZZ", "200"))
SEED = int(os.environ.get("STREAMHUB_FUZZ_SEED", "1"))
MOST_FAILURES = 20
SECRETS = [f"whsec_{b64encode(bytes([number]) * 32).decode()}" for number in (1, 2)]
SIGNED = {
    "name": "Signed",
    "url": "https://example.com/signed",
    "signing": {
        "scheme": "standard",
        "secrets": [{"value": SECRETS[0]}, {"value": SECRETS[1], "until": "2030-01-01T00:00:00Z"}],
    },
}


@pytest.fixture
def hub(busy: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(doors, "MOST_REQUESTS", 10**9)
    monkeypatch.setattr(doors, "MOST_WRONG", 10**9)
    monkeypatch.setattr(Limits, "count", lambda self, project: None)
    for module in (trying, portal):  # what sends real requests
        monkeypatch.setattr(module, "may_send", lambda who: False)
    with prepared(busy, _names) as prepared_hub:
        yield prepared_hub


def _names(project: Project) -> dict[str, str]:
    Membership.objects.create(project=project, user=User.objects.create_user("somebody"), role=Role.VIEWER)
    whole = next(seed["body"]["definition"] for seed in seeds() if seed["path"].endswith("/portal") and "body" in seed)
    of, signed = addresses(project), save(project, SIGNED)[0]
    KindVersion.objects.filter(kind__project=project).update(definition=whole)
    run, delivery = cast(project), Delivery.objects.filter(project=project).latest("pk")
    listed: Cohort = save_cohort(project, {"name": "Listed", "users": ["ada"]})[0]
    return {
        "basic": b64encode(f"{project.api_key}:".encode()).decode(),
        "pair": b64encode(f"{project.api_key}:shk_fuzz".encode()).decode(),
        "inbox": project.inbox_token,
        "destination": str(delivery.destination_id),
        "lane": str(run.sync.destination_id),
        "cohort": run.sync.cohort.public_id,
        "cohort_name": quote(run.sync.cohort.name),
        "listed": listed.public_id,
        "run": str(run.number),
        "delivery": str(delivery.pk),
        "event": str(delivery.event_id),
        "rule": str(EventRule.objects.get(project=project).pk),
        "replay": str(Replay.objects.filter(project=project).latest("pk").pk),
        "annotation": str(Annotation.objects.filter(project=project).latest("pk").pk),
        "other_token": str(ApiToken.objects.get(project=project, name="Other").pk),
        "hook_secret": of(Operation("GET", "{secret}", "", ""), ""),
        "signed": str(signed.pk),
        "signing_secret": shown_secrets(signed)[-1].name,
    }


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_operation_has_a_seed(operation: Operation) -> None:
    path = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.path)))
    found = [seed for seed in seeds() if seed["method"] == operation.method]
    assert [seed for seed in found if path.fullmatch(seed["path"].partition("?")[0])]


def test_seeds_are_taken(hub: Hub) -> None:
    """Otherwise nothing but refusals would be tried."""
    refused = []
    for seed in seeds():
        answer = hub.take(spoiled(seed, _Untouched()))
        if answer.status_code >= 400:
            refused.append((seed["method"], seed["path"], answer.status_code, answer.content[:300]))
    wrong = [one for one in refused if one[2] not in (404, 409, 429)]
    assert wrong == [], "\n".join(map(str, wrong))
    assert len(refused) < len(seeds()) / 5, refused


def test_what_failed_once(hub: Hub) -> None:
    for request in found():
        hub.take(request)


@pytest.mark.timeout(max(120, INPUTS))
def test_spoiled_requests(hub: Hub) -> None:
    random, every, failures = Random(SEED), seeds(), dict[str, Request]()
    for _ in range(INPUTS):
        request = spoiled(random.choice(every), random)
        try:
            hub.take(request)
        except Failed as error:
            failures.setdefault(str(error)[:120], request)
            if len(failures) == MOST_FAILURES:
                break
    if failures and "STREAMHUB_FUZZ" in os.environ:
        kept = [*found(), *failures.values()]
        (CORPUS / "found.json").write_text(json.dumps([one.as_json() for one in kept], indent=1) + "\n")
    assert {why: (request.method, request.path) for why, request in failures.items()} == {}


class _Untouched(Random):
    """Chooses to change nothing."""

    def choice(self, given):  # type: ignore[no-untyped-def]
        return given[0]

    def random(self) -> float:
        return 1.0
