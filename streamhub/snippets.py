"""How to send a first event, ready to paste: with the project's own key and this hub's own address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    label: str
    text: str


def snippets(address: str, key: str) -> list[Snippet]:
    """curl and the SDKs people already use. `address` is the hub's origin without a slash at its end."""
    fill = {"[address]": address, "[key]": key}
    return [Snippet(label, _filled(text.strip(), fill)) for label, text in TEXTS.items()]


def _filled(text: str, values: dict[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


TEXTS = {
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
