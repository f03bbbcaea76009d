"""Doors below /p/<project>/: the log, and the pages of other things that show deliveries."""

from django.urls import path

from delivery import activity_views, breaker_views, event_views, lane_views, trial_views, views

urlpatterns = [
    path("destinations/", lane_views.destinations, name="destinations"),
    path("destinations/<int:pk>/switch/", lane_views.destination_switch, name="destination_switch"),
    path("destinations/<int:pk>/pause/", lane_views.destination_pause, name="destination_pause"),
    path("destinations/<int:pk>/resume/", breaker_views.destination_resume, name="destination_resume"),
    path("destinations/<int:pk>/delete/", lane_views.destination_delete, name="destination_delete"),
    path("destinations/<int:pk>/test/", trial_views.destination_test, name="destination_test"),
    path("destinations/<int:pk>/activity/", activity_views.destination_activity, name="destination_activity"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("deliveries/<int:pk>/state/", views.delivery_state, name="delivery_state"),
    path("deliveries/<int:pk>/retry/", views.delivery_retry, name="delivery_retry"),
    path("events/<int:pk>/", event_views.event, name="event"),
]
