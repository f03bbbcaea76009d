"""What was in use once: payloads and transformations of destinations, event transformations of projects."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from destinations.event_rules import as_lines
from destinations.models import Destination, Language, PayloadMode
from events.fields import JSONTextField
from events.jsonlayout import indented
from events.jsontext import dumps
from events.models import Project


class Version(models.Model):
    """Numbers count from 1 in each owner and are never used again."""

    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=now, editable=False)
    # None: a file was applied, or whoever it was is gone.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def kind(self) -> str:
        """What sort of thing it is, in words."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What it says, to be compared line by line."""
        raise NotImplementedError


class TemplateVersion(Version):
    """A payload as it once was in use."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="template_versions")
    mode = models.CharField(max_length=8, choices=PayloadMode)
    language = models.CharField(max_length=10, choices=Language)
    source = models.TextField("payload template", blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["destination", "number"], name="one_template_version_per_number")
        ]

    @property
    def kind(self) -> str:
        """ "FreeMarker", "Jinja2" or "Original event"."""
        return str(PayloadMode.RAW.label if self.mode == PayloadMode.RAW else Language(self.language).label)

    @property
    def text(self) -> str:
        return self.source


class TransformationVersion(Version):
    """A destination's transformation as it once was in use; as Destination.transformation."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="transformation_versions")
    transformation = JSONTextField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["destination", "number"], name="one_transformation_version_per_number")
        ]

    @property
    def kind(self) -> str:
        """ "None", "Steps", "FreeMarker" or "Jinja2"."""
        given: dict[str, Any] = self.transformation
        if "steps" in given:
            return "Steps"
        return str(Language(given["language"]).label) if given else "None"

    @property
    def text(self) -> str:
        given: dict[str, Any] = self.transformation
        return indented(dumps(given["steps"])) if "steps" in given else given.get("template", "")


class EventRulesVersion(Version):
    """All event transformations of a project as they once were in use; a list of EventRule.as_given."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="event_rules_versions")
    rules = JSONTextField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_event_rules_version_per_number")]

    @property
    def kind(self) -> str:
        return "1 rule" if len(self.rules) == 1 else f"{len(self.rules):,} rules"

    @property
    def text(self) -> str:
        return "\n".join(line for rule in self.rules for line in as_lines(rule))
