"""How to send a first event, ready to paste: with the project's own key and this hub's own address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Family:
    """The SDKs of one maker."""

    label: str
    snippets: list[Snippet]


def snippets(address: str, key: str) -> list[Family]:
    """curl and the SDKs people already use. `address` is the hub's origin without a slash at its end."""
    fill = {"[address]": address, "[key]": key}
    return [
        Family(maker, [Snippet(label, _filled(text.strip(), fill)) for label, text in texts.items()])
        for maker, texts in TEXTS.items()
    ]


def _filled(text: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


AMPLITUDE = {
    "curl": """
curl [address]/2/httpapi \\
  -H 'Content-Type: application/json' \\
  -d '{
    "api_key": "[key]",
    "events": [{
      "user_id": "user-0001",
      "event_type": "Signup Finished",
      "event_properties": {"plan": "free"}
    }]
  }'
""",
    "Python": """
# pip install amplitude-analytics
from amplitude import Amplitude, BaseEvent

client = Amplitude("[key]")
client.configuration.server_url = "[address]/2/httpapi"
client.track(BaseEvent("Signup Finished", user_id="user-0001", event_properties={"plan": "free"}))
client.shutdown()
""",
    "Node": """
// npm install @amplitude/analytics-node
import { init, track, flush } from "@amplitude/analytics-node";

init("[key]", { serverUrl: "[address]/2/httpapi" });
track("Signup Finished", { plan: "free" }, { user_id: "user-0001" });
await flush().promise;
""",
    "Browser": """
// npm install @amplitude/analytics-browser
import * as amplitude from "@amplitude/analytics-browser";

amplitude.init("[key]", "user-0001", {
  serverUrl: "[address]/2/httpapi",
  autocapture: false,
});
amplitude.track("Signup Finished", { plan: "free" });
""",
}

RUDDERSTACK = {
    "curl": """
curl [address]/v1/track \\
  -u '[key]:' \\
  -d '{
    "userId": "user-0001",
    "event": "Signup Finished",
    "properties": {"plan": "free"}
  }'
""",
    "Python": """
# pip install rudder-sdk-python
import rudderstack.analytics as client

client.write_key = "[key]"
client.dataPlaneUrl = "[address]"
client.track("user-0001", "Signup Finished", {"plan": "free"})
client.shutdown()
""",
    "Node": """
// npm install @rudderstack/rudder-sdk-node
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const client = new RudderAnalytics("[key]", { dataPlaneUrl: "[address]" });
client.track({ userId: "user-0001", event: "Signup Finished", properties: { plan: "free" } });
await client.flush();
""",
    "Browser": """
// npm install @rudderstack/analytics-js
import { RudderAnalytics } from "@rudderstack/analytics-js";

const client = new RudderAnalytics();
client.load("[key]", "[address]", { configUrl: "[address]" });
client.track("Signup Finished", { plan: "free" });
""",
}

SEGMENT = {
    "Python": """
# pip install segment-analytics-python
import segment.analytics as client

client.write_key = "[key]"
client.host = "[address]"
client.track("user-0001", "Signup Finished", {"plan": "free"})
client.shutdown()
""",
    "Node": """
// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node";

const client = new Analytics({ writeKey: "[key]", host: "[address]" });
client.track({ userId: "user-0001", event: "Signup Finished", properties: { plan: "free" } });
await client.closeAndFlush();
""",
    "Browser": """
// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next";

const client = AnalyticsBrowser.load({ writeKey: "[key]", cdnURL: "[address]" });
client.track("Signup Finished", { plan: "free" });
""",
}

TEXTS = {"Amplitude": AMPLITUDE, "RudderStack": RUDDERSTACK, "Segment": SEGMENT}
