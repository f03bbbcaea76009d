"""The addresses of the cohorts API, each with and without a slash at its end."""

from django.urls import re_path

from cohorts.api import download, listing, membership, upload

COHORT, TOKEN = r"(?P<cohort>[^/]+)", r"(?P<token>[\w-]{1,32})"

urlpatterns = [
    re_path(r"^api/3/cohorts/?$", listing.list_cohorts, name="cohorts-list"),
    re_path(r"^api/3/cohorts/upload/?$", upload.upload, name="cohorts-upload"),
    re_path(r"^api/3/cohorts/membership/?$", membership.membership, name="cohorts-membership"),
    re_path(rf"^api/5/cohorts/request/{COHORT}/?$", download.ask, name="cohorts-request"),
    re_path(rf"^api/5/cohorts/request-status/{TOKEN}/?$", download.status, name="cohorts-request-status"),
    re_path(rf"^api/5/cohorts/request/{TOKEN}/file/?$", download.file, name="cohorts-request-file"),
]
