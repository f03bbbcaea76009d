"""Every page that people open, by the name of its door. Tests of pages go through this list: a new page adds a line
(tests/streamhub/test_doors.py names the one that is forgotten)."""

from dataclasses import dataclass

from events.models import Project
from tests.streamhub.addresses import PARAMETER, address, routes


@dataclass(frozen=True)
class Door:
    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def asks_for(self) -> list[str]:
        """What its address is made of: ["project", "pk"]."""
        return PARAMETER.findall(dict(routes())[self.name])

    def url(self, project: Project) -> str:
        """With the project's newest or only row of what it shows."""
        return address(self.name, project)


DOORS = [
    Door("overview"),
    Door("events"),
    Door("events_refused"),
    Door("events_out"),
    Door("event"),
    Door("event_rules"),
    Door("event_rule_new"),
    Door("event_rule"),
    Door("destinations"),
    Door("destinations_import"),
    Door("catalog"),
    Door("kind"),
    Door("destination_new"),
    Door("destination"),
    Door("destination_payload"),
    Door("destination_filter"),
    Door("destination_mappings"),
    Door("destination_transformation"),
    Door("destination_sending"),
    Door("destination_security"),
    Door("destination_test"),
    Door("destination_activity"),
    Door("destination_secrets"),
    Door("deliveries"),
    Door("delivery"),
    Door("replays"),
    Door("replay_new"),
    Door("replay"),
    Door("portal"),
    Door("portal_new"),
    Door("portal_kind"),
    Door("portal_import"),
    Door("inbox_page"),
    Door("cohorts"),
    Door("cohort_new"),
    Door("cohort_new_list"),
    Door("cohort_list"),
    Door("cohort_syncs"),
    Door("cohort"),
    Door("cohort_changes"),
    Door("cohort_edit"),
    Door("cohort_sync_new"),
    Door("cohort_sync"),
    Door("cohort_sync_edit"),
    Door("cohort_run"),
    Door("profiles"),
    Door("monitors"),
    Door("monitor_new"),
    Door("monitor"),
    Door("monitor_edit"),
    Door("monitor_alerts"),
    Door("alert_channels"),
    Door("alert_channel"),
    Door("alert_channel_secrets"),
    Door("annotations"),
    Door("annotation_new"),
    Door("annotation"),
    Door("queues"),
    Door("project"),
    Door("members"),
    Door("tokens"),
    Door("webhooks"),
    Door("webhook_secrets"),
    Door("audit"),
    Door("project_new"),
    Door("password_change"),
    Door("second_factor"),
    Door("help"),
    Door("help_page"),
    Door("api_reference"),
]
