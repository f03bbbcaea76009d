"""What is watched, what it came to, and who was told.

Models name each other by text: delivery/models.py brings these in.
"""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from delivery.monitors.conditions import Condition
from delivery.monitors.metrics import Metric
from destinations.secrets import EncryptedTextField, masked


class Channel(models.Model):
    """Somewhere people are told of alerts. `address`: an e-mail address, or the URL of a chat's incoming webhook, which
    is a secret."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        CHAT = "chat", "Chat webhook"

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="alert_channels")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=5, choices=Kind)
    address = EncryptedTextField()
    # Told of destinations that fail, are held or recover, besides the monitors that name it.
    health = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_alert_channel_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_address(self) -> str:
        """Without the secret of a chat's URL."""
        if self.kind == self.Kind.EMAIL:
            return self.address
        return "/".join([*self.address.split("/")[:3], masked("")])


class Monitor(models.Model):
    """A metric, a condition on it, and whom to tell. Written by specification.py, judged by evaluation.py.

    `threshold`: the number that the metric is compared with; for a change, percent; for the band, its width in percent.
    """

    class State(models.TextChoices):
        NEW = "new", "Not looked at yet"
        OK = "ok", "OK"
        FIRING = "firing", "Firing"
        NO_DATA = "no data", "No data"

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="monitors")
    name = models.CharField(max_length=100)
    metric = models.CharField(max_length=16, choices=Metric)
    event_type = models.CharField(max_length=255, blank=True)  # of the metric of events; "": any
    # Of the metrics of destinations; None: any of the project's.
    destination = models.ForeignKey("destinations.Destination", null=True, blank=True, on_delete=models.CASCADE)
    cohort = models.CharField(max_length=16, blank=True)  # of a cohort's size: its public id
    condition = models.CharField(max_length=8, choices=Condition)
    threshold = models.FloatField()
    window = models.PositiveIntegerField()  # seconds
    cooldown = models.PositiveIntegerField(default=3600)  # seconds
    tells_recovery = models.BooleanField(default=True)
    channels = models.ManyToManyField(Channel, blank=True, related_name="monitors")
    enabled = models.BooleanField(default=True)
    muted_until = models.DateTimeField(null=True, default=None)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # What it came to.
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    state_since = models.DateTimeField(null=True, default=None)
    value = models.FloatField(null=True, default=None)
    told = models.BooleanField(default=False)  # whether anybody was told that it fires
    alerted_at = models.DateTimeField(null=True, default=None)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_monitor_per_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("monitor", args=[self.project.slug, self.pk])

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > now()


class Alert(models.Model):
    """Something that was told of, or would have been were its monitor not muted."""

    class Kind(models.TextChoices):
        FIRED = "fired", "Fired"
        RECOVERED = "recovered", "Recovered"
        TEST = "test", "Test"
        # Of a destination's health, without a monitor.
        FAILING = "failing", "Destination is failing"
        HELD = "held", "Destination is held"
        HEALTHY = "healthy", "Destination recovered"

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="+", db_index=False)
    monitor = models.ForeignKey(Monitor, null=True, on_delete=models.SET_NULL, related_name="alerts", db_index=False)
    destination = models.ForeignKey("destinations.Destination", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    name = models.CharField(max_length=200)
    text = models.TextField()
    condition = models.CharField(max_length=300, blank=True)
    value = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    at = models.DateTimeField()
    muted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "-id"], name="alerts_of_project"),
            models.Index(fields=["monitor", "-id"], name="alerts_of_monitor"),
            models.Index(fields=["at"], name="alerts_by_age"),
        ]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """One alert for one channel: sent by notices.py, again and again at growing intervals until it arrives."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="+")
    channel_name = models.CharField(max_length=100)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["next_at"], name="notices_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.alert} to {self.channel_name}"


class Gauge(models.Model):
    """What something stood at: the last value within one minute or hour (`span` seconds from `start`).

    For numbers that are not sums: what waits, how large a cohort is, how many distinct users there were. `subject`: a
    destination's id, a cohort's public id, or "" for the whole project.
    """

    project = models.ForeignKey("events.Project", on_delete=models.CASCADE, related_name="+", db_index=False)
    metric = models.CharField(max_length=16)
    subject = models.CharField(max_length=32, blank=True)
    span = models.PositiveIntegerField()
    start = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "metric", "subject", "span", "start"], name="one_gauge")
        ]
        indexes = [models.Index(fields=["span", "start"], name="gauges_by_age")]

    def __str__(self) -> str:
        return f"{self.metric} {self.subject}".strip()
