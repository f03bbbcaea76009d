"""Where events can go, and in what shape."""

from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from destinations.secrets import EncryptedTextField
from events.fields import JSONTextField
from events.models import Project

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class PayloadMode(models.TextChoices):
    RAW = "raw", "Original event"
    TEMPLATE = "template", "Template"


class Language(models.TextChoices):
    FREEMARKER = "freemarker", "FreeMarker"
    JINJA2 = "jinja2", "Jinja2"


class Destination(models.Model):
    """A configured kind. Its name is the sync name, unique in its project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="destinations")
    name = models.CharField("sync name", max_length=100)
    kind = models.CharField(max_length=64, default="webhook")  # checked against the catalog, not by choices
    url = models.CharField("URL", max_length=2048, blank=True)
    method = models.CharField(max_length=6, default="POST", choices=[(m, m) for m in METHODS])
    payload_mode = models.CharField(max_length=8, choices=PayloadMode, default=PayloadMode.RAW)
    language = models.CharField(max_length=10, choices=Language, default=Language.FREEMARKER)
    template = models.TextField("payload template", blank=True)
    filter = JSONTextField(blank=True)
    connect_timeout = models.FloatField(default=5.0, help_text="Seconds.")
    total_timeout = models.FloatField(default=10.0, help_text="Seconds for one request, connecting included.")
    enabled = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)
    # Also the version that workers compare: every change of the row or its headers moves it.
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_destination_per_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("destination", args=[self.project.slug, self.pk])

    @cached_property
    def header_list(self) -> list["Header"]:
        return list(self.headers.all())


class Header(models.Model):
    """One of up to five extra headers. Values are all encrypted: which of them is a secret may change later."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="headers")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=256)
    value = EncryptedTextField(blank=True)
    secret = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Destination.objects.filter(pk=self.destination_id).update(updated_at=now())
