"""Getting it there: one delivery per event and destination, one attempt per round of the retry schedule."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from delivery.answer_times import COLUMNS as TIMES
from destinations.models import Destination
from destinations.secrets import EncryptedTextField
from events.fields import JSONTextField
from events.models import Event, Project


class State(models.TextChoices):
    QUEUED = "queued", "Queued"  # no attempt yet
    RETRYING = "retrying", "Retrying"  # failed at least once, another attempt is planned
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"  # waiting cannot cure it: a template error, a refused address
    EXPIRED = "expired", "Expired"  # every attempt of the schedule is used up
    CANCELLED = "cancelled", "Cancelled"  # a person has called it off


OPEN_STATES = (State.QUEUED, State.RETRYING)
LOST_STATES = (State.FAILED, State.EXPIRED)
# What can be sent again: everything but what waits for its first attempt.
REPEATABLE_STATES = (State.RETRYING, State.DELIVERED, *LOST_STATES, State.CANCELLED)


class Delivery(models.Model):
    """One event for one destination: its state, the attempts made, when next.

    Open deliveries have `next_attempt_at`; a worker that has one in hand holds it until `lease_until`. Rows are
    written in bulk and checked by the road itself, so foreign keys stand without database constraints.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    state = models.CharField(max_length=9, choices=State)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    # Whose deliveries go one after another (ordering.py); None unless the destination keeps an order.
    order_key = models.BigIntegerField(null=True)
    # The replay that has begun its last round, and the template version that this round is made with (None: the one in
    # use when it is sent).
    replay = models.ForeignKey("Replay", null=True, on_delete=models.SET_NULL, db_index=False, db_constraint=False)
    pinned_version = models.PositiveIntegerField(null=True)
    # Which of the events that a transformation made of this one; None: there was no transformation.
    part = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(  # a lane's claim
                fields=["destination", "state", "next_attempt_at"],
                name="deliveries_due_of_lane",
                condition=models.Q(state__in=["queued", "retrying"]),
            ),
            models.Index(fields=["project", "id"], name="deliveries_newest_of_project"),
            models.Index(fields=["destination", "id"], name="deliveries_newest_of_lane"),
            models.Index(  # "what went wrong lately"
                fields=["project", "state", "id"],
                name="deliveries_undelivered",
                condition=~models.Q(state="delivered"),
            ),
            models.Index(  # the same of one destination
                fields=["destination", "state", "id"],
                name="deliveries_undelivered_of_lane",
                condition=~models.Q(state="delivered"),
            ),
            models.Index(fields=["event"], name="deliveries_of_event"),
            models.Index(  # what goes before a delivery of a lane that keeps an order
                fields=["destination", "order_key", "event"],
                name="deliveries_in_order",
                condition=models.Q(order_key__isnull=False, state__in=["queued", "retrying"]),
            ),
            models.Index(  # how a replay is going
                fields=["replay", "state", "attempts_made"],
                name="deliveries_of_replay",
                condition=models.Q(replay__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("delivery", args=[self.project.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def shown_state(self) -> str:
        """The state, or `held` while it is open and its destination is paused or held."""
        return "held" if self.is_open and (self.destination.paused_at or self.is_held) else str(self.state)

    @property
    def is_held(self) -> bool:
        """Whether it waits for a probe of its destination to succeed. Lists select `destination__lane_health`."""
        health = getattr(self.destination, "lane_health", None)
        return self.is_open and health is not None and health.held_since is not None


class Transformed(models.Model):
    """What the destination's transformation made of a delivery's event when it was routed, so that every try, retry and
    replay sends the same. `event` None: it failed, and `failure` says why."""

    delivery = models.OneToOneField(
        Delivery, on_delete=models.CASCADE, primary_key=True, related_name="transformed", db_constraint=False
    )
    event = JSONTextField(null=True, default=None)
    failure = models.TextField(blank=True, db_default="")

    class Meta:
        verbose_name_plural = "transformed events"

    def __str__(self) -> str:
        return f"Transformed event of delivery {self.delivery_id}"


class Attempt(models.Model):
    """One round of the schedule: up to three tries (HTTP requests), the request as sent and their answers.

    `tries`: [{"at": epoch seconds, "ms": int, "status": int or null, "error": text}]. Header lists: [[name, value]],
    secrets blanked before they are written. `response_…` are the last try's. `earlier_answers` has one entry for each
    try before it, {"headers": …, "body": text, "cut": bool}, or null where the answer was the last one's; it is None
    after one try. `notes` tells what is not kept in full: {"request_bytes": size of a body that was cut,
    "response_cut": true, "removed": true once the bodies’ time is over, "form": [format, key] of a batch, with its
    first one: how the bodies became one}, or None.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="attempts", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    tries = JSONTextField(default=list)
    request_method = models.CharField(max_length=6)
    request_url = models.TextField()
    request_headers = JSONTextField(default=list)
    request_body = models.TextField(blank=True)
    status = models.SmallIntegerField(null=True)
    response_headers = JSONTextField(default=list)
    response_body = models.TextField(blank=True)
    earlier_answers = JSONTextField(null=True, default=None)
    notes = JSONTextField(null=True, default=None)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=20, blank=True)
    next_attempt_at = models.DateTimeField(null=True)
    # The number of the destination's TemplateVersion that made the body; None where no request could be made.
    template_version = models.PositiveIntegerField(null=True)
    # Where several deliveries shared the request: its id, this one's place in it from 0, and how many they were. Then
    # `request_body` is this one's own part, and all but the first keep the beginning of the answer only.
    batch = models.CharField(max_length=64, null=True)
    batch_position = models.PositiveSmallIntegerField(null=True)
    batch_size = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["number", "id"]
        indexes = [
            models.Index(fields=["delivery", "number"], name="attempts_of_delivery"),
            models.Index(fields=["batch"], name="attempts_of_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of delivery {self.delivery_id}"


class HookSecrets(models.Model):
    """By which a project knows the webhooks that come in: JSON, [{"value": text, "until": ISO time or null}], the
    newest first. No row: they are taken from whoever has the write key. (delivery/hooks/secrets.py)"""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    secrets = EncryptedTextField()

    class Meta:
        verbose_name_plural = "hook secrets"

    def __str__(self) -> str:
        return f"webhooks to {self.project}"


class Replay(models.Model):
    """Deliveries sent again, or made for events that never had one: which, how fast, and how far that has come.

    It works its way up from `cursor` to `last_id`, ids of deliveries or, for a backfill, of events; each step moves
    the cursor in the transaction that sends, so that it goes on where it was, whatever was killed in between.
    """

    class Kind(models.TextChoices):
        AGAIN = "again", "Send again"
        BACKFILL = "backfill", "Backfill"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Done"

    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    # The only one it is about; a backfill always has one.
    destination = models.ForeignKey(Destination, null=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    selection = JSONTextField()  # selection.Selection or backfill.Window, as JSON
    as_it_was = models.BooleanField(default=False)  # with the template version of each delivery's last attempt
    per_second = models.FloatField(null=True)  # deliveries begun per second at most
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(default=now)
    # How many it was about when it was asked for; None where counting took too long.
    expected = models.PositiveIntegerField(null=True)
    first_id = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField()
    cursor = models.BigIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)  # rounds begun, deliveries made
    passed_over = models.PositiveIntegerField(default=0)  # matched, but were under way, had changed, or may not be sent
    paced_at = models.DateTimeField(null=True)  # up to when the rate is used up
    stepped_at = models.DateTimeField(null=True)
    active_seconds = models.FloatField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Replay {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("replay", args=[self.project.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.PAUSED)


class Verdict(models.Model):
    """For one event, which destinations did not want it and the rule of each that said no: {destination id: words}."""

    event_id = models.BigIntegerField(primary_key=True)
    refusals = JSONTextField()


class LaneHealth(models.Model):
    """What a destination's answers of the last minutes say (breaker.py). No row: nothing was ever wrong.

    `level`: at least so many percent of the attempts fail (0, 50, 70 or 90), `level_since` when it came to that, `why`
    both in words. `held_since`: since when nothing is sent but a probe at `next_probe_at`, the `probes`-th so far.
    Attempts count from `counted_from` on, without those that its minute had by then (`good_before`, `bad_before`).
    """

    destination = models.OneToOneField(
        Destination, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="lane_health"
    )
    level = models.PositiveSmallIntegerField(default=0)
    level_since = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)
    held_since = models.DateTimeField(null=True)
    probes = models.PositiveIntegerField(default=0)
    next_probe_at = models.DateTimeField(null=True)
    counted_from = models.DateTimeField(null=True)
    good_before = models.IntegerField(default=0)
    bad_before = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "lane health"

    def __str__(self) -> str:
        return f"Health of destination {self.destination_id}"


class LaneCount(models.Model):
    """What a destination got within one minute or one hour (`span` seconds from `start`).

    `created` to `cancelled` are of the deliveries created in it, by the state they are in now: the others are queued.
    Everything below is of the attempts that ended in it.
    """

    pk = models.CompositePrimaryKey("destination_id", "span", "start")
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    span = models.SmallIntegerField()
    start = models.DateTimeField()
    created = models.IntegerField(db_default=0)
    retrying = models.IntegerField(db_default=0)
    delivered = models.IntegerField(db_default=0)
    delivered_first = models.IntegerField(db_default=0)  # of the delivered ones, those that needed one attempt
    failed = models.IntegerField(db_default=0)
    expired = models.IntegerField(db_default=0)
    cancelled = models.IntegerField(db_default=0)
    answers_2xx = models.IntegerField(db_default=0)
    answers_3xx = models.IntegerField(db_default=0)
    answers_4xx = models.IntegerField(db_default=0)  # without 429
    answers_429 = models.IntegerField(db_default=0)
    answers_5xx = models.IntegerField(db_default=0)
    answers_none = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["span", "start"], name="lane_counts_by_age"),
            models.Index(  # hours of which something is still retried, hardly any of the thousands
                fields=["destination"], name="lane_counts_retrying", condition=models.Q(span=3600, retrying__gt=0)
            ),
        ]


for _name in TIMES:
    LaneCount.add_to_class(_name, models.IntegerField(db_default=0))


# Models of a package of their own; Django looks for models here.
from delivery.monitors.models import Alert, Channel, Gauge, Monitor, Notice  # noqa: E402, F401
