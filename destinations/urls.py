"""Doors below /p/<project>/. What shows or touches deliveries too (the list, the switch) is in delivery/urls.py."""

from django.urls import path

from destinations import views

urlpatterns = [
    path("destinations/new/", views.destination_new, name="destination_new"),
    path("destinations/<int:pk>/", views.destination, name="destination"),
    path("destinations/<int:pk>/preview/", views.destination_preview, name="destination_preview"),
]
