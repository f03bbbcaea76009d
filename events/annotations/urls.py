"""Doors below /p/<project>/."""

from django.urls import path

from events.annotations import views

urlpatterns = [
    path("annotations/", views.annotations, name="annotations"),
    path("annotations/new/", views.annotation_new, name="annotation_new"),
    path("annotations/<int:pk>/", views.annotation, name="annotation"),
    path("annotations/<int:pk>/delete/", views.annotation_delete, name="annotation_delete"),
]
