"""Every door, on one page."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("events.urls")),
    path("admin/", admin.site.urls),
]
