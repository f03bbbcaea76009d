"""Doors below /p/<project>/: the log, and the pages of other things that show deliveries."""

from django.urls import path

from delivery import (
    activity_views,
    breaker_views,
    event_views,
    lane_views,
    live_out_views,
    live_refused_views,
    live_views,
    portal_views,
    replay_views,
    trial_views,
    views,
)

urlpatterns = [
    path("destinations/", lane_views.destinations, name="destinations"),
    path("destinations/<int:pk>/switch/", lane_views.destination_switch, name="destination_switch"),
    path("destinations/<int:pk>/pause/", lane_views.destination_pause, name="destination_pause"),
    path("destinations/<int:pk>/resume/", breaker_views.destination_resume, name="destination_resume"),
    path("destinations/<int:pk>/delete/", lane_views.destination_delete, name="destination_delete"),
    path("destinations/<int:pk>/test/", trial_views.destination_test, name="destination_test"),
    path("destinations/<int:pk>/activity/", activity_views.destination_activity, name="destination_activity"),
    path("portal/<int:pk>/test/", portal_views.portal_test, name="portal_test"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("deliveries/<int:pk>/state/", views.delivery_state, name="delivery_state"),
    path("deliveries/<int:pk>/retry/", views.delivery_retry, name="delivery_retry"),
    path("deliveries/<int:pk>/cancel/", views.delivery_cancel, name="delivery_cancel"),
    path("deliveries/cancel/", views.deliveries_cancel, name="deliveries_cancel"),
    path("replays/", replay_views.replays, name="replays"),
    path("replays/new/", replay_views.replay_new, name="replay_new"),
    path("replays/<int:pk>/", replay_views.replay, name="replay"),
    path("replays/<int:pk>/act/", replay_views.replay_act, name="replay_act"),
    path("events/", live_views.events, name="events"),
    path("events/refused/", live_refused_views.events_refused, name="events_refused"),
    path("events/out/", live_out_views.events_out, name="events_out"),
    path("events/<int:pk>/", event_views.event, name="event"),
    path("events/<int:pk>/payload/", live_views.event_payload, name="event_payload"),
    path("events/<int:pk>/backfill/", event_views.event_backfill, name="event_backfill"),
]
