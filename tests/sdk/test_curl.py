"""Without an SDK: messages by curl come out as the body of a POST and as the query of a GET."""

import json
import subprocess
from ipaddress import ip_network

import pytest
from pytest_django.live_server_helper import LiveServer

from delivery.transports import make_transport
from destinations.specification import save
from events.models import Project
from tests.delivery.road import run_fresh
from tests.destinations.messages.samples import MESSAGES as SAMPLES
from tests.destinations.messages.samples import QUERIES
from tests.receiver import receiver

# The page shows all of them with one id, by which two of them would be copies.
MESSAGES = {name: message | {"messageId": f"sample-{name}"} for name, message in SAMPLES.items()}


@pytest.mark.django_db(transaction=True)
def test_samples_by_curl(live_server: LiveServer, project: Project) -> None:
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    with receiver() as hook:
        for method in ("POST", "GET"):
            given = {"name": method, "kind": "rudderstack-webhook", "url": hook.url, "method": method, "enabled": True}
            save(project, given)
        for name, message in MESSAGES.items():
            command = ["curl", "--silent", "--show-error", "--fail", "--user", f"{project.api_key}:", "--json", "@-"]
            sent = [*command, f"{live_server.url}/v1/{name}"]
            done = subprocess.run(sent, input=json.dumps(message), capture_output=True, text=True, timeout=30)
            assert (done.stdout.strip().lower(), done.stderr) == ("ok", "")
        run_fresh(transport)
    transport.close()
    gets = {one.path for one in hook.requests if one.method == "GET"}
    assert gets == {f"/hook?{query}" for query in QUERIES.values()}
    bodies = [json.loads(one.body) for one in hook.requests if one.method == "POST"]
    for body in bodies:
        message = MESSAGES[body["type"]]
        assert {key: body[key] for key in message.keys() - {"context"}} == {
            key: value for key, value in message.items() if key != "context"
        }
    assert len(bodies) == len(MESSAGES)
