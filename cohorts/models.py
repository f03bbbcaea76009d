"""Groups of users, who entered and left them, and what of that goes where."""

import secrets
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from delivery.models import Delivery
from destinations.models import Destination
from events.fields import JSONTextField
from events.models import Event, Project
from events.present import PresentManager

ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without the letters that are read as others


def new_cohort_id() -> str:
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(8))


def new_download_token() -> str:
    return secrets.token_urlsafe(12)


class Kind(models.TextChoices):
    DEFINED = "defined", "Defined"  # by conditions over profiles and events
    LISTED = "listed", "Listed"  # by somebody's list of user ids


class Cadence(models.TextChoices):
    """When something is done by itself. `once`: never again; `daily`: at an hour of the project's day."""

    ONCE = "once", "Once"
    MINUTES = "minutes", "Every few minutes"
    HOURLY = "hourly", "Hourly"
    DAILY = "daily", "Daily"


class Scheduled(models.Model):
    """Something with a cadence. `next_at` is when it is done next; None: only by hand."""

    cadence = models.CharField(max_length=8, choices=Cadence, default=Cadence.ONCE)
    every_minutes = models.PositiveIntegerField(null=True, blank=True)
    daily_at = models.TimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class Cohort(Scheduled):
    """A group of users, its name unique in its project. `public_id` is what receivers and the API know it by."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cohorts")
    public_id = models.CharField(max_length=16, unique=True, default=new_cohort_id, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DEFINED)
    definition = JSONTextField(blank=True)  # definition.py
    size = models.PositiveIntegerField(default=0, editable=False)
    computed_at = models.DateTimeField(null=True, editable=False)
    # Whoever computes or reads the members for a sync holds this until then; nobody else starts meanwhile.
    busy_until = models.DateTimeField(null=True, editable=False)
    # The last Change that stands in its users' profiles (marks.py).
    marked_until = models.BigIntegerField(default=0, db_default=0, editable=False)
    # Of a list: the last Profile that was looked at for members who were listed before it was there.
    profiles_until = models.BigIntegerField(default=0, db_default=0, editable=False)
    # It is deleted as soon as its last sync has told that everybody leaves.
    is_leaving = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    # Since when it is being removed (removal.py).
    removed_at = models.DateTimeField(null=True, default=None, editable=False)

    objects = PresentManager()
    everything = models.Manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_cohort_per_name")]
        indexes = [models.Index(fields=["next_at"], name="cohorts_due", condition=models.Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohort", args=[self.project.slug, self.public_id])


class Member(models.Model):
    """One user in a cohort, by identity as `Profile.identity` writes it: "u:<user id>" or "d:<device id>"."""

    pk = models.CompositePrimaryKey("cohort_id", "identity")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    identity = models.CharField(max_length=514)


class Computation(models.Model):
    """One time that a cohort's members were worked out, or changed by a list."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="computations", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    cause = models.CharField(max_length=200)  # "on schedule", "by hand", "CSV upload", "API"
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["cohort", "-id"], name="computations_of_cohort")]


class Change(models.Model):
    """One user who entered or left. For one user they alternate; a sync sends what lies beyond its last one."""

    id = models.BigAutoField(primary_key=True)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    computation = models.ForeignKey(Computation, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    identity = models.CharField(max_length=514)
    entered = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["cohort", "id"], name="changes_of_cohort")]


class Sync(Scheduled):
    """A cohort's link to a destination: what of its users is sent there, and when."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="syncs")
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="cohort_syncs")
    properties = JSONTextField(default=list, blank=True)  # names of user properties that travel along, 50 at most
    batch_size = models.PositiveIntegerField(default=1_000)  # users; 1: one request per user
    # The last Change that the receiver has been told of, or is being told of; None: nothing yet.
    told_until = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Since when it is being removed.
    removed_at = models.DateTimeField(null=True, default=None, editable=False)

    objects = PresentManager()
    everything = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "destination"],
                name="one_sync_per_destination",
                condition=models.Q(removed_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["next_at"], name="syncs_due", condition=models.Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.cohort} to {self.destination}"

    def get_absolute_url(self) -> str:
        return reverse("cohort_sync", args=[self.cohort.project.slug, self.cohort.public_id, self.pk])


class Run(models.Model):
    """One time that a sync sends. Its batches are deliveries like any other."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"  # for the run before, or for the cohort to be computed
        PREPARING = "preparing", "Preparing"  # batches are being made
        SENDING = "sending", "Sending"
        DELIVERED = "delivered", "Delivered"
        PARTLY = "partly", "Partly delivered"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Content(models.TextChoices):
        CHANGES = "changes", "Changes"
        EVERYBODY = "everybody", "Everybody"  # the first run, and a resync
        FAREWELL = "farewell", "Everybody leaves"  # the sync is being removed

    OPEN = (State.WAITING, State.PREPARING, State.SENDING)

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="runs", db_index=False)
    number = models.PositiveIntegerField()
    token = models.UUIDField(default=uuid4, editable=False)  # what its batches' message ids begin with
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    content = models.CharField(max_length=9, choices=Content, default=Content.CHANGES)
    cause = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=now)
    prepared_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    entered = models.PositiveIntegerField(default=0)  # users to be told of, as entering
    left = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    batches = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    # Whoever moves the run on holds it until then.
    busy_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["sync", "number"], name="one_run_per_number")]
        indexes = [
            models.Index(fields=["sync", "-id"], name="runs_of_sync"),
            models.Index(
                fields=["state"],
                name="runs_open",
                condition=models.Q(state__in=["waiting", "preparing", "sending"]),
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"{self.sync.get_absolute_url()}runs/{self.number}/"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Pending(models.Model):
    """A user whom a run still has to put into a batch. Rows go as their batch is made, so a crash repeats nothing."""

    pk = models.CompositePrimaryKey("run_id", "leaving", "identity")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    leaving = models.BooleanField()
    identity = models.CharField(max_length=514)


class Batch(models.Model):
    """One request's users: an event with the topic cohort.update and its delivery to the sync's destination."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="batch_rows", db_index=False)
    entering = models.BooleanField()
    number = models.PositiveIntegerField()  # from 0 in each direction
    users = models.PositiveIntegerField()
    event = models.ForeignKey(Event, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, db_index=False, db_constraint=False)

    class Meta:
        ordering = ["-entering", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "entering", "number"], name="one_batch_per_number"),
        ]


class Skipped(models.Model):
    """A user of whom a run could not tell the receiver, and why."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="skipped_users", db_index=False)
    identity = models.CharField(max_length=514)
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="skipped_of_run")]


class Download(models.Model):
    """One request for a cohort's members as a file. `properties`: the columns wanted; None: every property."""

    token = models.CharField(max_length=32, unique=True, default=new_download_token, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="downloads")
    properties = JSONTextField(null=True, default=list)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["-id"]


def identity_of_user(user_id: str) -> str:
    return f"u:{user_id}"


def user_id_of(identity: str) -> str | None:
    """The user id of an identity; None for a device that nobody has signed in on."""
    return identity[2:] if identity.startswith("u:") else None


__all__ = [
    "Batch", "Cadence", "Change", "Cohort", "Computation", "Download", "Kind", "Member", "Pending", "Run", "Skipped",
    "Sync", "identity_of_user", "user_id_of",
]  # fmt: skip
