"""Where events can go, and in what shape."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from destinations.event_rules import in_words
from destinations.secrets import EncryptedTextField
from events.fields import JSONTextField
from events.models import Project
from events.present import PresentManager

if TYPE_CHECKING:
    from destinations.kind.definition import Kind

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class PayloadMode(models.TextChoices):
    RAW = "raw", "Original event"
    TEMPLATE = "template", "Template"


class Language(models.TextChoices):
    FREEMARKER = "freemarker", "FreeMarker"
    JINJA2 = "jinja2", "Jinja2"


class Stage(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"


class PortalKind(models.Model):
    """A kind that was made in the portal. Its project's people write it; published, it is in everybody's catalog."""

    slug = models.SlugField(max_length=64, unique=True)
    section = models.CharField(max_length=8, default="events", db_default="events")  # of all its versions
    # None: the project is gone; destinations of other projects go on.
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="kinds")
    # The one that new destinations get. None: never published.
    current = models.ForeignKey("KindVersion", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, default=None)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["slug"]
        permissions = [("review_kind", "Can approve and return kinds that others submit")]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("portal_kind", args=[self.project.slug if self.project else "", self.pk])


class KindVersion(models.Model):
    """What a portal's kind says: the same definition as in a folder (kind/rules.py). Published ones never change, so a
    destination that was made with one stays as it is."""

    kind = models.ForeignKey(PortalKind, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = JSONTextField()
    logo = models.BinaryField(default=bytes)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT)
    # What its reviewer asks for.
    comment = models.TextField(blank=True)
    # The test instance (portal/trial_values.py): values without secrets, mapped fields, an event.
    trial = JSONTextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="one_kind_version_per_number")]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether its authors may change it."""
        return self.stage in (Stage.DRAFT, Stage.RETURNED)


class Destination(models.Model):
    """A configured kind. Its name is the sync name, unique in its project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="destinations")
    name = models.CharField("sync name", max_length=100)
    kind = models.CharField(max_length=64, default="webhook")  # checked against the catalog, not by choices
    # Of a portal's kind: what it was made with, until it is upgraded (portal/upgrades.py).
    kind_version = models.ForeignKey(KindVersion, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    url = models.CharField("URL", max_length=2048, blank=True)
    method = models.CharField(max_length=6, default="POST", choices=[(m, m) for m in METHODS])
    payload_mode = models.CharField(max_length=8, choices=PayloadMode, default=PayloadMode.RAW)
    language = models.CharField(max_length=10, choices=Language, default=Language.FREEMARKER)
    template = models.TextField("payload template", blank=True)
    # The number of the TemplateVersion that holds the payload as it is now; every attempt notes it.
    template_version = models.PositiveIntegerField(default=0, editable=False)
    filter = JSONTextField(blank=True)
    # The consents of a user that it needs (consent_rules.py).
    consent = JSONTextField(default=list, blank=True, db_default=[])
    # Whether it gets events as they came in, not as its project transforms them (sight.py).
    raw_events = models.BooleanField(default=False, db_default=False)
    # User properties whose change by an event yields an identify (events/changes.py); ["*"]: any.
    identify_on = JSONTextField(default=list, blank=True, db_default=[])
    # What its kind asks for (kind_parameters.py), as JSON; all values are encrypted, as those of headers are.
    parameters = EncryptedTextField(blank=True, default="", db_default="", editable=False)
    # Which properties are forwarded (mappings.py); {}: all of them.
    mappings = JSONTextField(blank=True)
    # What is made of events before filter and payload see them (transformations/rules.py); {}: nothing.
    transformation = JSONTextField(blank=True, db_default={})
    # Of kinds that send messages: whether those may choose headers and path themselves (messages/controls.py).
    event_controls = models.BooleanField(default=False, db_default=False)
    # The header that carries the id of the message, the same in every try and retry.
    id_header = models.CharField(max_length=256, default="webhook-id", db_default="webhook-id")
    # How requests are signed and who they say they come from (signing_rules.py, auth_rules.py); {}: not at all. The
    # secrets of both, and the client certificate's key, are one encrypted JSON object (stored_secrets.py).
    signing = JSONTextField(blank=True, db_default={})
    auth = JSONTextField(blank=True, db_default={})
    client_certificate = models.TextField(blank=True, default="", db_default="", help_text="PEM.")
    secrets = EncryptedTextField(blank=True, default="", db_default="")
    connect_timeout = models.FloatField(default=5.0, help_text="Seconds.")
    total_timeout = models.FloatField(default=10.0, help_text="Seconds for one request, connecting included.")
    # Retries, limits, order (sending_rules.py); {}: the defaults.
    sending = JSONTextField(blank=True, db_default={})
    enabled = models.BooleanField(default=False)
    # Since when its deliveries are made and held; None: they are sent.
    paused_at = models.DateTimeField(null=True, default=None, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    # Also the version that workers compare: every change of the row or its headers moves it.
    updated_at = models.DateTimeField(auto_now=True)
    # Since when it is being removed.
    removed_at = models.DateTimeField(null=True, default=None, editable=False)

    # Set on the portal's test instance, which is never saved: a kind that is still in the making.
    kind_in_making: "Kind | None" = None

    objects = PresentManager()
    everything = models.Manager()

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


class EventRule(models.Model):
    """An event transformation of a project (event_rules.py): types get the name `to`, a category, or are dropped."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="event_rules")
    types = JSONTextField()
    to = models.CharField(max_length=1024, blank=True)
    category = models.CharField(max_length=100, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "event transformation"

    def __str__(self) -> str:
        return in_words(self.as_given)

    @property
    def as_given(self) -> dict[str, Any]:
        given = {name: value for name in ("to", "category") if (value := getattr(self, name))}
        return {"types": self.types} | (given or {"drop": True})


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


class Sample(models.Model):
    """An event that was kept under a name, to try payloads on. `data`: as Event.data."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="samples")
    name = models.CharField(max_length=60)
    data = JSONTextField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["destination", "name"], name="one_sample_per_name")]

    def __str__(self) -> str:
        return self.name


# Models of a file of their own; Django looks for models here.
from destinations.version_models import EventRulesVersion, TemplateVersion, TransformationVersion  # noqa: E402, F401
