"""Doors below /p/<project>/. The list of destinations shows deliveries, so its door is in delivery/urls.py."""

from django.urls import path

from destinations import views

urlpatterns = [
    path("destinations/new/", views.destination_new, name="destination_new"),
    path("destinations/<int:pk>/", views.destination, name="destination"),
    path("destinations/<int:pk>/preview/", views.destination_preview, name="destination_preview"),
    path("destinations/<int:pk>/delete/", views.destination_delete, name="destination_delete"),
]
