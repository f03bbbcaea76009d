"""The addresses that events come in by. Each answers with and without a slash at its end: a redirected POST is lost."""

from django.urls import re_path

from events.dialects import amplitude, amplitude_identify

urlpatterns = [
    re_path(r"^2/httpapi/?$", amplitude.httpapi, name="amplitude-httpapi"),
    re_path(r"^batch/?$", amplitude.batch, name="amplitude-batch"),
    re_path(r"^identify/?$", amplitude_identify.identify, name="amplitude-identify"),
    re_path(r"^groupidentify/?$", amplitude_identify.groupidentify, name="amplitude-groupidentify"),
]
