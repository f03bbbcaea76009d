"""Doors below /p/<project>/. An event's page shows its deliveries, so its door is in delivery/urls.py."""

from django.urls import path

from events import views

urlpatterns = [path("events/", views.events, name="events")]
