"""What came in: projects with their keys, events as they were accepted, and what is known of each user."""

import hashlib
import secrets
import string
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import now

from events.fields import JSONTextField
from events.present import PresentManager
from events.roles import Role

ALPHABET = string.ascii_letters + string.digits


def new_write_key() -> str:
    return secrets.token_hex(16)


def new_secret_key() -> str:
    """`shk_` so that secret scanners find a leaked one; 40 random characters need no slow hash."""
    return "shk_" + "".join(secrets.choice(ALPHABET) for _ in range(40))


def new_token() -> str:
    return secrets.token_urlsafe(24)


def hash_secret(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Project(models.Model):
    """A workspace with its own keys, events and destinations."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True, editable=False)
    # Public: it stands in web pages and apps, so it is kept as it is and may only add events.
    api_key = models.CharField("write key", max_length=64, unique=True, default=new_write_key)
    # When an event last came in by it, to half a minute.
    api_key_used_at = models.DateTimeField(null=True, editable=False)
    # The one before, which works until then.
    old_api_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    old_api_key_until = models.DateTimeField(null=True, editable=False)
    old_api_key_used_at = models.DateTimeField(null=True, editable=False)
    secret_key_hash = models.CharField(max_length=64, blank=True, editable=False)
    secret_key_end = models.CharField("secret key ends in", max_length=4, blank=True, editable=False)
    inbox_token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    is_demo = models.BooleanField("demo data", default=False)
    # Days (retention_rules.py).
    keep_events = models.PositiveSmallIntegerField(default=30, db_default=30)
    keep_deliveries = models.PositiveSmallIntegerField(default=30, db_default=30)
    keep_bodies = models.PositiveSmallIntegerField(default=14, db_default=14)
    # The attempts of its deliveries up to this id have lost their bodies already.
    bodies_removed_to = models.BigIntegerField(default=0, db_default=0, editable=False)
    # User properties that destinations want to hear changes of; "*" for any (changes.py).
    watched_properties = JSONTextField(default=list, db_default=[], editable=False)
    # Where the project's day begins: an IANA name such as Europe/Warsaw.
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    # 0: as many as come (ingest_limit.py).
    most_events_per_second = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    # Since when it is being removed.
    removed_at = models.DateTimeField(null=True, default=None, editable=False)

    objects = PresentManager()
    everything = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        stem = slugify(self.name)[:80] or "project"
        taken = set(Project.everything.filter(slug__startswith=stem).values_list("slug", flat=True))
        return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if s not in taken)

    def get_absolute_url(self) -> str:
        return reverse("overview", args=[self.slug])

    def set_secret_key(self, key: str) -> None:
        self.secret_key_hash, self.secret_key_end = hash_secret(key), key[-4:]


class Membership(models.Model):
    """One person in one project. The rules are in membership.py."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return self.user.get_username()


class AuditEntry(models.Model):
    """One change: who, when, from where, to what, before and after. Written by audit.record; never altered."""

    at = models.DateTimeField(default=now)
    # No constraint: entries outlive their project, and deleting one must not touch them.
    project = models.ForeignKey(
        Project, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=200)
    changes = JSONTextField(default=list)  # [[dotted path, before, after], ...], secrets blanked

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["project", "-id"], name="audit_of_project"),
            models.Index(fields=["project", "by_name", "-id"], name="audit_of_person"),
            models.Index(fields=["project", "object_type", "object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["at"], name="audit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.action} {self.object_type} {self.object_name}".strip()


class Event(models.Model):
    """One thing that came in. `data` is the export shape without its empty fields (events/shape.py fills them in)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False)
    uuid = models.UUIDField()
    topic = models.CharField(max_length=32)  # event.track, event.identify, ...
    event_type = models.CharField(max_length=1024)
    user_id = models.CharField(max_length=512, null=True)
    device_id = models.CharField(max_length=512, null=True)
    event_time = models.DateTimeField()
    received_at = models.DateTimeField()
    data = JSONTextField()
    # The message as its SDK sent it, where that is not the export shape: what is passed on "as it came" loses nothing.
    message = JSONTextField(null=True, default=None)
    # Where its sender does not want it (restrictions.py); None where it may go anywhere.
    restrictions = JSONTextField(null=True, default=None)
    # What was changed on the way in ("1 character replaced"), so that nothing is altered silently.
    notes = JSONTextField(null=True, default=None)

    class Meta:
        indexes = [
            models.Index(fields=["project", "id"], name="events_newest_of_project"),
            models.Index(fields=["project", "uuid"], name="events_by_uuid"),
            models.Index(  # the log's search for a user
                fields=["project", "user_id", "id"],
                name="events_newest_of_user",
                condition=models.Q(user_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.uuid}"

    @property
    def input(self) -> dict[str, Any]:
        """The event as payload templates see it: every field of the export shape, null where empty."""
        from events.shape import complete

        return complete(self.data)

    @property
    def who(self) -> str:
        return self.user_id or self.device_id or ""


class Outbox(models.Model):
    """Events that are stored and not yet routed. Written with the event, removed with its deliveries' rows: a narrow
    table, because marking the wide event row itself would write it twice."""

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name_plural = "outbox"


class SeenInsertId(models.Model):
    """One insert_id of the last days, as a 128-bit hash of project, user or device, and insert_id."""

    key = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="insert_ids_by_age")]


class Profile(models.Model):
    """What is known of one user, or of one device while nobody has signed in on it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False)
    # "u:<user_id>", or "d:<device_id>" where no user id is known.
    identity = models.CharField(max_length=514)
    properties = JSONTextField()
    groups = JSONTextField()
    # Public ids of the cohorts that it is in; kept by those who change a cohort's members.
    cohorts = JSONTextField(default=list, db_default=[])
    # The identity of the profile that it has become a part of; empty for those that stand for themselves.
    merged_into = models.CharField(max_length=514, default="", db_default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "identity"], name="one_profile_per_identity")]

    def __str__(self) -> str:
        return self.identity[2:]


class Group(models.Model):
    """Properties of one group (a company, a team), set by group identifies."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False)
    group_type = models.CharField(max_length=256)
    group_name = models.CharField(max_length=512)
    properties = JSONTextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "group_type", "group_name"], name="one_row_per_group")
        ]

    def __str__(self) -> str:
        return f"{self.group_type} {self.group_name}"


class EventCount(models.Model):
    """What came in for a project within one minute or one hour (`span` seconds from `start`)."""

    pk = models.CompositePrimaryKey("project_id", "span", "start")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    span = models.SmallIntegerField()
    start = models.DateTimeField()
    received = models.IntegerField(db_default=0)
    duplicates = models.IntegerField(db_default=0)
    refused = models.IntegerField(db_default=0)  # requests, not events: nobody can count what cannot be read

    class Meta:
        indexes = [models.Index(fields=["span", "start"], name="event_counts_by_age")]


class TypeCount(models.Model):
    """How many events of one type came in for a project on one day (UTC)."""

    pk = models.CompositePrimaryKey("project_id", "day", "event_type")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    day = models.DateField()
    event_type = models.CharField(max_length=255)  # a key in an index cannot be as long as a type may be
    received = models.IntegerField(db_default=0)

    class Meta:
        indexes = [models.Index(fields=["day"], name="type_counts_by_age")]


class TypeRate(models.Model):
    """How many events of one type came in for a project within one minute or one hour (`span` seconds from `start`)."""

    pk = models.CompositePrimaryKey("project_id", "event_type", "span", "start")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    event_type = models.CharField(max_length=255)
    span = models.SmallIntegerField()
    start = models.DateTimeField()
    received = models.IntegerField(db_default=0)

    class Meta:
        indexes = [models.Index(fields=["span", "start"], name="type_rates_by_age")]


def dedup_key(project_id: int, who: str, insert_id: str) -> UUID:
    """The `SeenInsertId` key: 128 bits, so that no two of a week's billions meet by chance."""
    text = f"{project_id}\0{who}\0{insert_id}".encode()
    return UUID(bytes=hashlib.blake2b(text, digest_size=16).digest())


# Models of a package of their own; Django looks for models here.
from events.annotations.models import Annotation, AnnotationCategory  # noqa: E402, F401
