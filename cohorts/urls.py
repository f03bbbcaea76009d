"""Doors below /p/<project>/: cohorts, their syncs and runs, and the profiles of users."""

from django.urls import path

from cohorts.pages import builder, cohort, cohorts, listed, profiles, run, sync

urlpatterns = [
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/new/", builder.cohort_new, name="cohort_new"),
    path("cohorts/new-list/", listed.cohort_new_list, name="cohort_new_list"),
    path("cohorts/rules/", builder.cohort_rules, name="cohort_rules"),
    path("cohorts/preview/", builder.cohort_preview, name="cohort_preview"),
    path("cohorts/look-at-list/", listed.cohort_list_look, name="cohort_list_look"),
    path("cohorts/syncs/", cohorts.cohort_syncs, name="cohort_syncs"),
    path("cohorts/syncs/new/", sync.cohort_sync_from, name="cohort_sync_from"),
    path("cohorts/<slug:cohort>/", cohort.cohort, name="cohort"),
    path("cohorts/<slug:cohort>/edit/", builder.cohort_edit, name="cohort_edit"),
    path("cohorts/<slug:cohort>/list/", listed.cohort_list, name="cohort_list"),
    path("cohorts/<slug:cohort>/compute/", cohort.cohort_compute, name="cohort_compute"),
    path("cohorts/<slug:cohort>/delete/", cohort.cohort_delete, name="cohort_delete"),
    path("cohorts/<slug:cohort>/changes/<int:computation>/", cohort.cohort_changes, name="cohort_changes"),
    path("cohorts/<slug:cohort>/sync/", sync.cohort_sync_new, name="cohort_sync_new"),
    path("cohorts/<slug:cohort>/syncs/<int:pk>/", sync.cohort_sync, name="cohort_sync"),
    path("cohorts/<slug:cohort>/syncs/<int:pk>/edit/", sync.cohort_sync_edit, name="cohort_sync_edit"),
    path("cohorts/<slug:cohort>/syncs/<int:pk>/act/", sync.cohort_sync_act, name="cohort_sync_act"),
    path("cohorts/<slug:cohort>/syncs/<int:pk>/runs/<int:run>/", run.cohort_run, name="cohort_run"),
    path("cohorts/<slug:cohort>/syncs/<int:pk>/runs/<int:run>/act/", run.cohort_run_act, name="cohort_run_act"),
    path(
        "cohorts/<slug:cohort>/syncs/<int:pk>/runs/<int:run>/skipped.csv",
        run.cohort_run_skipped,
        name="cohort_run_skipped",
    ),
    path("profiles/", profiles.profiles, name="profiles"),
]
