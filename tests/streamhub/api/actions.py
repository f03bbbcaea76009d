"""What can be done in the browser, and by which operation of the API. A new door that takes something adds a line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class By:
    """Operations as “METHOD path below the project”; `because`: why there is none."""

    operations: tuple[str, ...] = ()
    because: str = ""


def by(*operations: str) -> By:
    return By(operations)


def none(because: str) -> By:
    return By(because=because)


SHOWN = none("shown to people, who have signed in a moment ago or confirm their password")
ROWS = none("adds, removes or moves a row of a form that is not saved yet")
ONE = "/destinations/{destination}"
COHORT, SYNC = "/cohorts/{cohort}", "/cohorts/{cohort}/syncs/{destination}"

# Door, and `door__act` where a form's `act` says which of several things is meant.
ACTIONS: dict[str, By] = {
    "delivery_retry": by("POST /deliveries/{delivery}/retry"),
    "delivery_cancel": by("POST /deliveries/{delivery}/cancel"),
    "deliveries_cancel": by("POST /deliveries/cancel"),
    "replay_new": by("POST /replays/dry-run", "POST /replays"),
    "replay_act": by("POST /replays/{replay}/pause", "POST /replays/{replay}/resume", "POST /replays/{replay}/stop"),
    "event_backfill": by("POST /events/{event}/backfill"),
    "inbox_clear": by("DELETE /inbox"),
    "event_rules": by("POST /event-transformations/versions/{number}/use"),
    "event_rule_new": by("POST /event-transformations"),
    "event_rule": by("PUT /event-transformations/{rule}", "DELETE /event-transformations/{rule}"),
    "event_rule_preview": by("POST /event-transformations/preview"),
    "destination_new": by(f"PUT {ONE}"),
    "destinations_import": by("POST /configuration"),
    "destination": by(f"PUT {ONE}", f"PATCH {ONE}"),
    "destination_payload": by(f"PUT {ONE}/template", f"POST {ONE}/template/versions/{{number}}/use"),
    "destination_preview": by(f"POST {ONE}/preview"),
    "destination_trial": by(f"POST {ONE}/template/trial"),
    "destination_samples": by(f"PUT {ONE}/samples/{{sample}}", f"DELETE {ONE}/samples/{{sample}}"),
    "destination_filter": by(f"PUT {ONE}/filter"),
    "destination_filter_rules": ROWS,
    "destination_filter_effect": by(f"POST {ONE}/filter/effect"),
    "destination_filter_explanation": by(f"POST {ONE}/filter/explanation"),
    "destination_mappings": by(f"PUT {ONE}/mappings"),
    "destination_transformation": by(f"PUT {ONE}/transformation", f"POST {ONE}/transformation/versions/{{number}}/use"),
    "destination_transformation_preview": by(f"POST {ONE}/transformation/preview"),
    "destination_transformation_steps": ROWS,
    "destination_mapping_steps": ROWS,
    "destination_sending": by(f"PATCH {ONE}"),
    "destination_security": by(
        f"PATCH {ONE}", f"POST {ONE}/signing-secret", f"DELETE {ONE}/signing-secrets/{{secret}}"
    ),
    "destination_test": none("chooses the sample without scripts"),
    "destination_test__send": by(f"POST {ONE}/test"),
    "destination_test__secrets": SHOWN,
    "destination_secrets": SHOWN,
    "destination_duplicate": by(f"POST {ONE}/duplicate"),
    "destination_upgrade": by(f"POST {ONE}/upgrade"),
    "destination_switch": by(f"POST {ONE}/enable", f"POST {ONE}/disable"),
    "destination_pause": by(f"POST {ONE}/pause"),
    "destination_resume": by(f"POST {ONE}/resume"),
    "destination_delete": by(f"DELETE {ONE}"),
    "cohort_new": by(f"PUT {COHORT}"),
    "cohort_new_list": by(f"PUT {COHORT}"),
    "cohort_edit": by(f"PUT {COHORT}"),
    "cohort_list": by(f"PUT {COHORT}", f"POST {COHORT}/members"),
    "cohort_list_look": none("shows how a file of the browser will be read; the API takes ids, not files"),
    "cohort_rules": ROWS,
    "cohort_preview": by("POST /cohort-previews"),
    "cohort_compute": by(f"POST {COHORT}/compute"),
    "cohort_delete": by(f"DELETE {COHORT}"),
    "cohort_sync_new": by(f"PUT {SYNC}"),
    "cohort_sync_edit": by(f"PUT {SYNC}"),
    "cohort_sync_act": by(f"POST {SYNC}/runs", f"DELETE {SYNC}"),
    "cohort_run_act": by(f"POST {SYNC}/runs/{{number}}/cancel", f"POST {SYNC}/runs/{{number}}/resend"),
    "portal_new": by("POST /portal"),
    "portal_import": by("POST /portal"),
    "portal_kind": by("PUT /portal/{kind}"),
    "portal_preview": by("POST /portal/{kind}/preview"),
    "portal_test": by("POST /portal/{kind}/preview"),
    "portal_test__send": by("POST /portal/{kind}/test"),
    "portal_life": by("POST /portal/{kind}/publish", "POST /portal/{kind}/withdraw", "POST /portal/{kind}/restore"),
    "portal_life__submit": by("POST /portal/{kind}/submit"),
    "portal_life__revise": by("POST /portal/{kind}/revise"),
    "portal_life__approve": none("a person reviews what others wrote"),
    "portal_life__return": none("a person reviews what others wrote"),
    "monitor_new": by("PUT /monitors/{monitor}"),
    "monitor_edit": by("PUT /monitors/{monitor}"),
    "monitor_preview": by("POST /monitor-previews"),
    "monitor_ready": none("fills in one of four monitors; the API takes them whole"),
    "monitor_act": by("PUT /monitors/{monitor}", "POST /monitors/{monitor}/mute", "POST /monitors/{monitor}/test"),
    "monitor_act__delete": by("DELETE /monitors/{monitor}"),
    "alert_channels": by("PUT /alert-channels/{channel}"),
    "alert_channel": by("PUT /alert-channels/{channel}"),
    "alert_channel_act": by("DELETE /alert-channels/{channel}", "POST /alert-channels/{channel}/test"),
    "alert_channel_secrets": SHOWN,
    "annotation": by("PATCH /annotations/{annotation}"),
    "annotation_new": by("POST /annotations"),
    "annotation_delete": by("DELETE /annotations/{annotation}"),
    "project": by("PUT "),
    "project_secret": by("POST /secret-key"),
    "project_write_key": by("POST /write-key", "DELETE /write-key/old"),
    "project_delete": by("DELETE "),
    "members": by("PUT /members/{username}"),
    "member": by("PUT /members/{username}", "DELETE /members/{username}"),
    "member_link": by("POST /members/{username}/password-link"),
    "tokens": none("a token that made tokens could outlive its own end"),
    "token_revoke": by("POST /tokens/{token}/revoke"),
    "webhooks": by("POST /webhooks/secret", "DELETE /webhooks/secrets/{secret}"),
    "webhooks__sample": by("POST /webhooks/samples"),
    "webhook_secrets": SHOWN,
}

# Outside of projects: names of doors that take something.
ELSEWHERE: dict[str, By] = {
    "project_new": by("POST /api/v1/projects"),
    "login": none("signing in: programs have tokens"),
    "logout": none("signing in: programs have tokens"),
    "password_change": none("a person’s own password"),
    "welcome": none("a person’s own password"),
}
