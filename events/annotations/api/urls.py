"""The addresses of the annotations API, each with and without a slash at its end."""

from django.urls import re_path

from events.annotations.api import categories, version_2, version_3

ANNOTATION, CATEGORY = r"(?P<annotation>\d{1,18})", r"(?P<category>\d{1,18})"

urlpatterns = [
    re_path(r"^api/3/annotations/?$", version_3.annotations, name="annotations-api"),
    re_path(rf"^api/3/annotations/{ANNOTATION}/?$", version_3.annotation, name="annotations-api-one"),
    re_path(r"^api/3/annotation-categories/?$", categories.categories, name="annotations-api-categories"),
    re_path(rf"^api/3/annotation-categories/{CATEGORY}/?$", categories.category, name="annotations-api-category"),
    re_path(rf"^api/3/annotation-categories/bulk/{CATEGORY}/?$", categories.bulk, name="annotations-api-bulk"),
    re_path(r"^api/2/annotations/?$", version_2.annotations, name="annotations-api-2"),
    re_path(rf"^api/2/annotations/{ANNOTATION}/?$", version_2.annotation, name="annotations-api-2-one"),
]
