"""Notes on the time line of a project: what happened when, drawn as marks on its charts.

Models name each other by text: events/models.py brings these in.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now


class AnnotationCategory(models.Model):
    """What kind of thing happened: "Releases", "Incidents"."""

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="annotation_categories")
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "annotation categories"
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_annotation_category_per_name")]

    def __str__(self) -> str:
        return self.name


class Annotation(models.Model):
    """A moment, or with `end` a stretch of time. Written by rules.py, which checks, audits and announces."""

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="annotations", db_index=False)
    label = models.CharField(max_length=255)
    details = models.TextField(blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    category = models.ForeignKey(AnnotationCategory, null=True, on_delete=models.SET_NULL, related_name="annotations")
    # What the API's clients call a chart of theirs; kept for them.
    chart_id = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100)  # "browser", "API": where it was made
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["-start", "-id"]
        indexes = [models.Index(fields=["project", "-start"], name="annotations_of_project")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("annotation", args=[self.project.slug, self.pk])
