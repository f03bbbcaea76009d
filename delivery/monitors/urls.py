"""Doors below /p/<project>/."""

from django.urls import path

from delivery.monitors import channel_views, views

urlpatterns = [
    path("monitors/", views.monitors, name="monitors"),
    path("monitors/new/", views.monitor_new, name="monitor_new"),
    path("monitors/preview/", views.monitor_preview, name="monitor_preview"),
    path("monitors/ready/<slug:slug>/", views.monitor_ready, name="monitor_ready"),
    path("monitors/alerts/", views.monitor_alerts, name="monitor_alerts"),
    path("monitors/channels/", channel_views.alert_channels, name="alert_channels"),
    path("channels/<int:pk>/", channel_views.alert_channel, name="alert_channel"),
    path("channels/<int:pk>/act/", channel_views.alert_channel_act, name="alert_channel_act"),
    path("monitors/<int:pk>/", views.monitor, name="monitor"),
    path("monitors/<int:pk>/edit/", views.monitor_edit, name="monitor_edit"),
    path("monitors/<int:pk>/act/", views.monitor_act, name="monitor_act"),
]
