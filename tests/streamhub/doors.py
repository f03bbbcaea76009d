"""Every page that people open, by the name of its door. Tests of pages go through this list: a new page adds a line."""

from dataclasses import dataclass

from django.urls import reverse

from delivery.models import Delivery
from events.models import Project
from tests.cohorts.cast import cast
from tests.delivery.monitors.cast import watching


@dataclass(frozen=True)
class Door:
    """`of`: what its address needs - nothing, a page of help, the project, a kind, or the newest row of something in
    the project."""

    name: str
    of: str = "project"

    def __str__(self) -> str:
        return self.name

    def url(self, project: Project) -> str:
        if self.of == "nothing":
            return reverse(self.name)
        if self.of == "page":
            return reverse(self.name, args=["templates/guide"])
        if self.of == "project":
            return reverse(self.name, args=[project.slug])
        if self.of == "kind":
            return reverse(self.name, args=[project.slug, "webhook"])
        if self.of in ("cohort", "sync", "run"):
            run = cast(project)
            places = {
                "cohort": [],
                "sync": [run.sync_id],
                "run": [run.sync_id, run.number],
            }
            return reverse(self.name, args=[project.slug, run.sync.cohort.public_id, *places[self.of]])
        if self.of == "monitor":
            return reverse(self.name, args=[project.slug, watching(project).pk])
        delivery = Delivery.objects.filter(project=project).latest("pk")
        row = {"event": delivery.event_id, "destination": delivery.destination_id, "delivery": delivery.pk}[self.of]
        return reverse(self.name, args=[project.slug, row])


DOORS = [
    Door("overview"),
    Door("events"),
    Door("events_refused"),
    Door("events_out"),
    Door("event", of="event"),
    Door("event_rules"),
    Door("event_rule_new"),
    Door("destinations"),
    Door("destinations_import"),
    Door("catalog"),
    Door("kind", of="kind"),
    Door("destination_new", of="kind"),
    Door("destination", of="destination"),
    Door("destination_payload", of="destination"),
    Door("destination_filter", of="destination"),
    Door("destination_mappings", of="destination"),
    Door("destination_transformation", of="destination"),
    Door("destination_sending", of="destination"),
    Door("destination_security", of="destination"),
    Door("destination_test", of="destination"),
    Door("destination_activity", of="destination"),
    Door("deliveries"),
    Door("delivery", of="delivery"),
    Door("replays"),
    Door("replay_new"),
    Door("portal"),
    Door("portal_new"),
    Door("portal_import"),
    Door("inbox_page"),
    Door("cohorts"),
    Door("cohort_new"),
    Door("cohort_new_list"),
    Door("cohort_syncs"),
    Door("cohort", of="cohort"),
    Door("cohort_edit", of="cohort"),
    Door("cohort_sync_new", of="cohort"),
    Door("cohort_sync", of="sync"),
    Door("cohort_sync_edit", of="sync"),
    Door("cohort_run", of="run"),
    Door("profiles"),
    Door("monitors"),
    Door("monitor_new"),
    Door("monitor", of="monitor"),
    Door("monitor_edit", of="monitor"),
    Door("monitor_alerts"),
    Door("alert_channels"),
    Door("annotations"),
    Door("annotation_new"),
    Door("queues"),
    Door("project"),
    Door("members"),
    Door("tokens"),
    Door("webhooks"),
    Door("audit"),
    Door("project_new", of="nothing"),
    Door("password_change", of="nothing"),
    Door("second_factor", of="nothing"),
    Door("help", of="nothing"),
    Door("help_page", of="page"),
    Door("api_reference", of="nothing"),
]
