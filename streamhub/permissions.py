"""Which role each door below /p/<project>/ asks for. This is the one place: streamhub/gate.py enforces it, pages show
buttons by it, and a door that is not named here stays shut to all but operators (a test names it)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.roles import Role

VIEWER, EDITOR, PUBLISHER, ADMIN = Role


@dataclass(frozen=True, slots=True)
class Rule:
    """`see`: to GET. `change`: to send anything else; None where nothing can be sent. `acts`: where a form's `act` says
    which of several things is meant, what each of them takes."""

    see: Role = VIEWER
    change: Role | None = None
    acts: Mapping[str, Role] = field(default_factory=dict)

    def needed(self, method: str, act: str = "") -> Role | None:
        if method in ("GET", "HEAD", "OPTIONS"):
            return self.see
        return self.acts.get(act, self.change)


LOOK = Rule()
TRY = Rule(change=VIEWER)  # works something out from what is typed, and keeps nothing
EDIT = Rule(change=EDITOR)
PUBLISH = Rule(change=PUBLISHER)
MANAGE = Rule(change=ADMIN)
REVEAL = Rule(see=ADMIN, change=ADMIN)  # and only who says once more who they are (streamhub/pages/secrets.py)

DOORS: dict[str, Rule] = {
    # What came in, and what became of it.
    "overview": LOOK,
    "events": LOOK,
    "event": LOOK,
    "event_payload": LOOK,
    "events_refused": LOOK,
    "events_out": LOOK,
    "deliveries": LOOK,
    "delivery": LOOK,
    "delivery_state": LOOK,
    "delivery_retry": PUBLISH,
    "delivery_cancel": PUBLISH,
    "deliveries_cancel": PUBLISH,
    "replays": LOOK,
    "replay": LOOK,
    "replay_new": Rule(see=PUBLISHER, change=PUBLISHER),
    "replay_act": PUBLISH,
    "event_backfill": PUBLISH,
    "queues": LOOK,
    "inbox_page": LOOK,
    "inbox_clear": EDIT,
    "event_rules": EDIT,
    "event_rule_new": Rule(see=EDITOR, change=EDITOR),
    "event_rule": EDIT,
    "event_rule_preview": TRY,
    # Destinations.
    "catalog": LOOK,
    "kind": LOOK,
    "kind_logo": LOOK,
    "destinations": LOOK,
    "destination_new": Rule(see=EDITOR, change=EDITOR),
    "destinations_import": Rule(see=PUBLISHER, change=PUBLISHER),  # a file may switch on what it brings
    "destination": EDIT,
    "destination_payload": EDIT,
    "destination_preview": TRY,
    "destination_trial": EDIT,
    "destination_samples": EDIT,
    "destination_filter": EDIT,
    "destination_filter_rules": TRY,
    "destination_filter_effect": TRY,
    "destination_filter_explanation": TRY,
    "destination_mappings": EDIT,
    "destination_transformation": EDIT,
    "destination_transformation_preview": TRY,
    "destination_transformation_steps": TRY,
    "destination_mapping_steps": TRY,
    "destination_sending": EDIT,
    "destination_security": EDIT,
    "destination_test": Rule(change=VIEWER, acts={"send": PUBLISHER, "secrets": ADMIN}),
    "destination_activity": LOOK,
    "destination_file": LOOK,
    "destination_duplicate": EDIT,
    "destination_upgrade": EDIT,
    "destination_switch": PUBLISH,
    "destination_pause": PUBLISH,
    "destination_resume": PUBLISH,
    "destination_delete": MANAGE,
    "destination_secrets": REVEAL,
    # Cohorts, and who is told of them.
    "cohorts": LOOK,
    "cohort": LOOK,
    "cohort_changes": LOOK,
    "cohort_new": Rule(see=EDITOR, change=EDITOR),
    "cohort_new_list": Rule(see=EDITOR, change=EDITOR),
    "cohort_edit": EDIT,
    "cohort_list": EDIT,
    "cohort_list_look": TRY,
    "cohort_rules": TRY,
    "cohort_preview": TRY,
    "cohort_compute": EDIT,
    "cohort_delete": MANAGE,
    "cohort_syncs": LOOK,
    "cohort_sync": LOOK,
    "cohort_sync_new": Rule(see=PUBLISHER, change=PUBLISHER),
    "cohort_sync_from": Rule(see=PUBLISHER),
    "cohort_sync_edit": PUBLISH,
    "cohort_sync_act": PUBLISH,
    "cohort_run": LOOK,
    "cohort_run_act": PUBLISH,
    "cohort_run_skipped": LOOK,
    "profiles": LOOK,
    # The developer portal. Who may approve and return is asked besides (destinations/portal/life.py).
    "portal": LOOK,
    "portal_new": Rule(see=EDITOR, change=EDITOR),
    "portal_import": Rule(see=EDITOR, change=EDITOR),
    "portal_kind": EDIT,
    "portal_preview": TRY,
    "portal_logo": LOOK,
    "portal_file": LOOK,
    "portal_test": Rule(change=EDITOR, acts={"send": PUBLISHER}),
    "portal_life": Rule(
        change=PUBLISHER, acts={"submit": EDITOR, "revise": EDITOR, "approve": VIEWER, "return": VIEWER}
    ),
    # What is watched, and who is told.
    "monitors": LOOK,
    "monitor": LOOK,
    "monitor_alerts": LOOK,
    "monitor_new": Rule(see=EDITOR, change=EDITOR),
    "monitor_edit": EDIT,
    "monitor_preview": TRY,
    "monitor_ready": EDIT,
    "monitor_act": Rule(change=PUBLISHER, acts={"delete": EDITOR}),
    "alert_channels": PUBLISH,
    "alert_channel": PUBLISH,
    "alert_channel_act": PUBLISH,
    "alert_channel_secrets": REVEAL,
    # What happened when.
    "annotations": LOOK,
    "annotation": EDIT,
    "annotation_new": Rule(see=EDITOR, change=EDITOR),
    "annotation_delete": EDIT,
    # The project.
    "project": MANAGE,
    "project_secret": MANAGE,
    "project_write_key": MANAGE,
    "project_delete": MANAGE,
    "members": MANAGE,
    "member": MANAGE,
    "member_link": MANAGE,
    "tokens": Rule(see=ADMIN, change=ADMIN),
    "token_revoke": MANAGE,
    "webhooks": Rule(change=ADMIN, acts={"sample": PUBLISHER}),
    "webhook_secrets": REVEAL,
    "audit": LOOK,
}


def allows(role: Role | None, door: str, method: str, act: str = "") -> bool:
    """Whether someone of this role may do that; None is nobody's role, and an unknown door is nobody's."""
    rule = DOORS.get(door)
    needed = rule.needed(method, act) if rule else None
    return role is not None and needed is not None and role.allows(needed)
