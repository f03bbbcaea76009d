"""Monitors and channels as plain data: what `apply` reads, `dump` prints and forms send. One set of rules.

monitor: {name, metric, event_type | destination | cohort, condition, threshold, window, cooldown, tells_recovery,
          channels: [name, …], enabled}; window and cooldown in seconds
channel: {name, kind: email|chat, address, health}
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from delivery.models import Channel, Monitor
from delivery.monitors import users
from delivery.monitors.cohort_names import cohort_names
from delivery.monitors.conditions import BANDS, Condition
from delivery.monitors.metrics import HOUR, TRAITS, WINDOWS, Metric
from destinations.endpoint import BadURL, check_url
from destinations.secrets import DOTS
from events import audit
from events.audit_changes import HIDDEN, differences
from events.checking import CheckingMapping, Invalid
from events.dialects.jsonbody import clean
from events.models import Project

Specification = dict[str, Any]
Change = Literal["created", "changed", "unchanged"]

MONITOR_KEYS = (
    "name", "metric", "event_type", "destination", "cohort", "condition", "threshold", "window", "cooldown",
    "tells_recovery", "channels", "enabled",
)  # fmt: skip
CHANNEL_KEYS = ("name", "kind", "address", "health")
MOST_MONITORS, MOST_CHANNELS = 1_000, 100
LONGEST_COOLDOWN = 7 * 86_400


class InvalidMonitor(Invalid):
    """A monitor or a channel that was refused; nothing was saved."""


def save_monitor(
    project: Project, given: Specification, existing: Monitor | None = None, by: User | None = None
) -> tuple[Monitor, Change]:
    """Creates or replaces a monitor. Raises InvalidMonitor with every problem found, having saved nothing.

    One that asks something else than before begins anew.
    """
    checked = CheckedMonitor(project, given, existing)
    checked.raise_problems()
    before = describe_monitor(existing) if existing else None
    monitor = existing or Monitor(project=project, created_by=by)
    for field, value in checked.columns.items():
        setattr(monitor, field, value)
    with transaction.atomic():
        if before != describe_monitor(monitor, checked.channels):
            if existing is None or _question(before or {}) != _question(describe_monitor(monitor, checked.channels)):
                monitor.state, monitor.state_since, monitor.value = Monitor.State.NEW, None, None
                monitor.told, monitor.alerted_at = False, None
            monitor.save()
            monitor.channels.set(checked.channels)
            change: Change = "created" if before is None else "changed"
            audit.record(change, monitor, differences(before or {}, describe_monitor(monitor)), by=by)
        else:
            change = "unchanged"
        if monitor.metric == Metric.USERS:
            transaction.on_commit(lambda: users.begin(project.pk))
    return monitor, change


def draft_of(project: Project, given: Specification, existing: Monitor | None = None) -> Monitor:
    """The monitor as it would be, not saved; a name that is missing does not matter. Raises InvalidMonitor."""
    checked = CheckedMonitor(project, given | {"name": "…"}, existing)
    checked.raise_problems()
    return Monitor(project=project, **checked.columns)


def describe_monitor(monitor: Monitor, channels: list[Channel] | None = None) -> Specification:
    """What `save_monitor` would take to make it again. `channels`: where they are not stored yet."""
    of = TRAITS[monitor.metric].of
    named = channels if channels is not None else list(monitor.channels.all()) if monitor.pk else []
    about: Specification = {}
    if of == "type" and monitor.event_type:
        about["event_type"] = monitor.event_type
    if of in ("lane", "lane now") and monitor.destination:
        about["destination"] = monitor.destination.name
    if of == "cohort":
        about["cohort"] = cohort_names(monitor.project_id).get(monitor.cohort, monitor.cohort)
    return {
        "name": monitor.name,
        "metric": str(monitor.metric),
        **about,
        "condition": str(monitor.condition),
        "threshold": _plain(monitor.threshold),
        "window": monitor.window,
        "cooldown": monitor.cooldown,
        "tells_recovery": monitor.tells_recovery,
        "channels": sorted(channel.name for channel in named),
        "enabled": monitor.enabled,
    }


def save_channel(project: Project, given: Specification, existing: Channel | None = None) -> tuple[Channel, Change]:
    """Creates or replaces a channel. Raises InvalidMonitor. An `address` that is empty or null stays as it is."""
    checked = CheckedChannel(project, given, existing)
    checked.raise_problems()
    before = describe_channel(existing, with_secrets=True) if existing else None
    channel = existing or Channel(project=project)
    shown = describe_channel(existing) if existing else {}
    for field, value in checked.columns.items():
        setattr(channel, field, value)
    after = describe_channel(channel, with_secrets=True)
    if before == after:
        return channel, "unchanged"
    change: Change = "created" if before is None else "changed"
    with transaction.atomic():
        channel.save()
        changes = differences(before or {}, after, shown, describe_channel(channel))
        audit.record(change, channel, changes)
    return channel, change


def describe_channel(channel: Channel, *, with_secrets: bool = False) -> Specification:
    """A chat's address is a secret: left out unless asked for, as null."""
    is_secret = channel.kind == Channel.Kind.CHAT and not with_secrets
    return {
        "name": channel.name,
        "kind": str(channel.kind),
        "address": None if is_secret else channel.address,
        "health": channel.health,
    }


def _question(described: Specification) -> Specification:
    return {key: described.get(key) for key in MONITOR_KEYS[1:8]}


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


class _Checked(CheckingMapping):
    refusal = InvalidMonitor

    def __init__(self, project: Project, given: Any, known: tuple[str, ...]) -> None:
        super().__init__(given, known)
        self.project = project

    def name(self, what: str, taken: Callable[[str], bool]) -> None:
        name = self.given.get("name")
        name = name.strip() if isinstance(name, str) else ""
        if not 1 <= len(name) <= 100 or clean(name)[1]:
            self.problem("name", f"Give the {what} a name of 1 to 100 characters.")
        elif taken(name):
            self.problem("name", f"This project already has a {what} called “{name}”. Choose another name.")
        self.columns["name"] = name

    def switch(self, key: str, usual: bool) -> None:
        self.columns[key] = self.flag(key, self.given.get(key, usual))


class CheckedMonitor(_Checked):
    """`columns` and `channels` of a monitor as given, and everything that is wrong with it."""

    def __init__(self, project: Project, given: Any, existing: Monitor | None) -> None:
        super().__init__(project, given, MONITOR_KEYS)
        others = Monitor.objects.filter(project=project).exclude(pk=existing.pk if existing else 0)
        self.name("monitor", lambda name: others.filter(name=name).exists())
        if existing is None and others.count() >= MOST_MONITORS:
            self.problem("name", f"A project has at most {MOST_MONITORS:,} monitors.")
        self.channels: list[Channel] = []
        self._metric()
        self._condition()
        self._cooldown()
        self._channels()
        self.switch("tells_recovery", usual=True)
        self.switch("enabled", usual=True)

    def _metric(self) -> None:
        metric = self.given.get("metric")
        self.columns |= {"event_type": "", "destination": None, "cohort": ""}
        if metric not in Metric.values:
            return self.problem("metric", f"Choose one of {', '.join(Metric.values)}.")
        self.columns["metric"] = metric
        window = self.given.get("window", HOUR)
        allowed = TRAITS[metric].windows
        if isinstance(window, bool) or not isinstance(window, int) or window not in WINDOWS:
            self.problem("window", f"Write one of these numbers of seconds: {', '.join(map(str, WINDOWS))}.")
        elif window not in allowed:
            per = " or ".join(WINDOWS[one] for one in allowed)
            self.problem("window", f"{Metric(metric).label} can be watched per {per}.")
        self.columns["window"] = window
        about = {"type": "event_type", "lane": "destination", "lane now": "destination", "cohort": "cohort"}
        wanted = about.get(TRAITS[metric].of, "")
        for key in ("event_type", "destination", "cohort"):
            if self.given.get(key) and key != wanted:
                self.problem(key, f"{Metric(metric).label} is not about one. Leave it out.")
        check = {"event_type": self._event_type, "destination": self._destination, "cohort": self._cohort}.get(wanted)
        return check(self.given.get(wanted)) if check else None

    def _event_type(self, given: Any) -> None:
        name = given or ""
        if not isinstance(name, str) or len(name) > 255 or clean(name)[1]:
            return self.problem("event_type", "Write the event type as it is sent, at most 255 characters.")
        self.columns["event_type"] = name
        return None

    def _destination(self, given: Any) -> None:
        if not given:
            return None
        found = self.project.destinations.filter(name=given).first() if isinstance(given, str) else None
        if found is None:
            return self.problem("destination", f"There is no destination “{given}” in this project.")
        self.columns["destination"] = found
        return None

    def _cohort(self, given: Any) -> None:
        names = cohort_names(self.project.pk)
        by_name = {name: public_id for public_id, name in names.items()}
        if not isinstance(given, str) or given not in names | by_name:
            wrong = f"There is no cohort “{given}” in this project. Choose one." if given else "Choose a cohort."
            return self.problem("cohort", wrong)
        self.columns["cohort"] = given if given in names else by_name[given]
        return None

    def _condition(self) -> None:
        condition, threshold = self.given.get("condition"), self.given.get("threshold")
        if condition not in Condition.values:
            return self.problem("condition", f"Choose one of {', '.join(Condition.values)}.")
        self.columns["condition"] = condition
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not isfinite(threshold):
            return self.problem("threshold", "Write a number.")
        self.columns["threshold"] = float(threshold)
        if condition == Condition.BAND:
            if threshold not in BANDS:
                self.problem("threshold", f"The band can be of {', '.join(map(str, BANDS))} %.")
            if self.columns.get("window") != HOUR:
                self.problem("window", "A band compares whole hours: choose an hour as the window.")
        elif condition in (Condition.RISES, Condition.FALLS) and not 0 < threshold <= 1_000_000:
            self.problem("threshold", "Write by how many percent, above 0.")
        elif condition == Condition.FALLS and threshold >= 100:
            self.problem("threshold", "Nothing falls by 100 % or more. Write less, or choose “is below”.")
        elif not -1e15 < threshold < 1e15:
            self.problem("threshold", "Write a number of at most 15 digits.")
        return None

    def _cooldown(self) -> None:
        cooldown = self.given.get("cooldown", HOUR)
        if isinstance(cooldown, bool) or not isinstance(cooldown, int) or not 0 <= cooldown <= LONGEST_COOLDOWN:
            return self.problem("cooldown", "Write a number of seconds, at most a week's.")
        self.columns["cooldown"] = cooldown
        return None

    def _channels(self) -> None:
        names = self.given.get("channels") or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return self.problem("channels", "Write a list of names of channels.")
        self.channels = list(self.project.alert_channels.filter(name__in=names))
        if missing := sorted(set(names) - {channel.name for channel in self.channels}):
            self.problem("channels", f"There is no channel “{missing[0]}” in this project.")
        return None


class CheckedChannel(_Checked):
    def __init__(self, project: Project, given: Any, existing: Channel | None) -> None:
        super().__init__(project, given, CHANNEL_KEYS)
        self.existing = existing
        others = Channel.objects.filter(project=project).exclude(pk=existing.pk if existing else 0)
        self.name("channel", lambda name: others.filter(name=name).exists())
        if existing is None and others.count() >= MOST_CHANNELS:
            self.problem("name", f"A project has at most {MOST_CHANNELS} channels.")
        kind = self.given.get("kind")
        self.columns["kind"] = kind
        if kind not in Channel.Kind.values:
            self.problem("kind", f"Choose one of {', '.join(Channel.Kind.values)}.")
        else:
            self._address(kind)
        self.switch("health", usual=False)

    def _address(self, kind: str) -> None:
        address = self.given.get("address")
        address = address.strip() if isinstance(address, str) else ""
        if not address or DOTS in address or address == HIDDEN:
            if not self.existing or self.existing.kind != kind:
                self.problem("address", "Write an e-mail address." if kind == "email" else "Write the webhook's URL.")
            return None
        try:
            if kind == Channel.Kind.EMAIL:
                validate_email(address)
            else:
                address = check_url(
                    address, allowed=settings.ALLOWED_NETWORKS, require_https=settings.REQUIRE_HTTPS
                ).url
        except ValidationError:
            return self.problem("address", "This is no e-mail address. Write one, such as team@example.com.")
        except BadURL as error:
            return self.problem("address", str(error))
        self.columns["address"] = address
        return None
