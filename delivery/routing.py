"""Events -> deliveries, in batches: which destinations want them, and which rule of the others said no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from delivery.claims import Claimed, Wish
from delivery.lane_counters import count_created
from delivery.models import Delivery, State, Verdict
from delivery.monitors.users import count_users
from delivery.ordering import order_keys
from delivery.taking import DELIVERY_COLUMNS, Taking
from delivery.transforming import Transforming
from destinations.catalog import taking
from destinations.kind.definition import COHORTS
from destinations.models import Destination
from destinations.reach import Reach, reach_of
from destinations.sending_rules import sending_of
from destinations.transformations.wanting import Wanting, wanting_of
from events import bulk
from events.announced import ANNOUNCED
from events.changes import CHANGED
from events.jsontext import loads
from events.models import Event, Outbox
from events.received import count_received
from events.restrictions import Restrictions
from events.stored_data import data_of
from events.totals import Total

MOST_EVENTS = 500
HELD_SINCE = "lane_health__held_since"
# A batch is kept to about this many rows, however many destinations there are: it is one transaction.
MOST_DELIVERIES = 20_000
ROUTED = Total("streamhub_events_routed", "Events that were held against the filters of their destinations.")
CREATED = Total("streamhub_deliveries_created", "Deliveries made by routing.")


@dataclass(slots=True)
class Routed:
    """What a batch came to. `taken`: the deliveries that are in hand already. `waiting`: the destinations of those that
    are to be claimed. `versions`: of the destinations that got something to deliver, as they were asked for. `lag`:
    how many seconds the oldest of the events had waited."""

    events: int = 0
    deliveries: int = 0
    taken: list[Claimed] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    versions: dict[int, datetime] = field(default_factory=dict)
    lag: float = 0.0


class Router:
    """Keeps the compiled filters between batches; which destinations are enabled is read anew for each batch."""

    def __init__(self) -> None:
        self._wanting: dict[int, tuple[datetime, Wanting]] = {}
        self._reaches: dict[int, Reach] = {}
        self._ordered: set[int] = set()  # destinations that keep an order
        self._stopped: set[int] = set()  # destinations that are paused or held, as of the last batch
        self._widest = 1  # destinations of one project, the most seen lately

    def route(self, most: int = MOST_EVENTS, wishes: Mapping[int, Wish] | None = None) -> Routed:
        """Routes the oldest stored events, taking them out of the outbox in the same transaction.

        `wishes`: by destination, what whoever calls would send at once; it is leased to him as it is made.
        """
        routed = Routed()
        with transaction.atomic():
            ids = _take_from_outbox(max(1, min(most, MOST_DELIVERIES // self._widest)))
            if ids:
                self._route(ids, routed, wishes or {})
        if routed.events:
            ROUTED.add(routed.events)
            CREATED.add(routed.deliveries)
        return routed

    def _route(self, ids: list[int], routed: Routed, wishes: Mapping[int, Wish]) -> None:
        events = _events(ids)
        wanting = self._destinations({project for _, project, *_ in events})
        self._widest = max(map(len, wanting.values()), default=1) or 1
        moment = now()
        needing = {project for project, found in wanting.items() if any(one.needs_data for _, one in found)}
        # Of those projects only that filter by more than topic and event type.
        stored = data_of([pk for pk, project, *_ in events if project in needing]) if needing else {}
        made = Transforming(wanting, events)
        rows, verdicts, lanes = [], [], set[int]()
        for number, (event, project, event_type, _, topic, restrictions) in enumerate(events):
            if made.is_overdue:
                _give_back([pk for pk, *_ in events[number:]])
                events = events[:number]
                break
            refusals = {}
            data = stored.get(event) or {"event_type": event_type}
            # An identify that stands for a change goes by who asked for it, not by filters.
            of_change = restrictions is not None and CHANGED in restrictions
            for destination, compiled in wanting.get(project, ()):
                refusal = self._reaches[destination].refusal(restrictions) if restrictions else None
                if refusal is None and compiled.transforms:
                    place = (project, destination, event)
                    refusal = made.take(compiled, place, topic, event_type, data, is_filtered=not of_change)
                elif refusal is None:
                    refusal = None if of_change else compiled.filter.refusal(topic, event_type, data)
                    if refusal is None:
                        rows.append((project, destination, event, State.QUEUED.value, 0, moment, moment, ""))
                if refusal is None:
                    lanes.add(destination)
                else:
                    refusals[destination] = refusal
            if refusals:
                verdicts.append((event, bulk.json({str(key): words for key, words in refusals.items()})))
        moved = Taking(wishes.keys() - self._stopped, wishes, moment)
        rest = moved.rest_of(rows, stored)
        self._insert(rest, self._ordered & lanes)
        made.insert(self._ordered & lanes, moment)
        routed.taken = moved.taken
        routed.waiting = {destination for _, destination, *_ in rest}.union(made.destinations)
        routed.versions = {destination: self._wanting[destination][0] for destination in lanes}
        if verdicts:
            bulk.insert(Verdict, ("event_id", "refusals"), verdicts)
        count_created([destination for _, destination, *_ in rows] + made.destinations, moment)
        came_in = (event for event in events if event[4] not in ANNOUNCED and CHANGED not in (event[5] or ()))
        count_received((event[1:4] for event in came_in), moment)
        transaction.on_commit(partial(count_users, events), robust=True)
        routed.lag = (moment - min(received for _, _, _, received, *_ in events)).total_seconds() if events else 0.0
        routed.events, routed.deliveries = len(events), len(rows) + len(made.destinations)

    def _insert(self, rows: list[tuple[Any, ...]], ordered: set[int]) -> None:
        """Deliveries to destinations that keep an order carry the key of whose they are."""
        if not ordered:
            bulk.insert(Delivery, DELIVERY_COLUMNS, rows)
            return
        bulk.insert(Delivery, DELIVERY_COLUMNS, [row for row in rows if row[1] not in ordered])
        keyed = [row for row in rows if row[1] in ordered]
        keys = order_keys({event for _, _, event, *_ in keyed})
        bulk.insert(Delivery, (*DELIVERY_COLUMNS, "order_key"), [(*row, keys[row[2]]) for row in keyed])

    def _destinations(self, projects: Iterable[int]) -> dict[int, list[tuple[int, Wanting]]]:
        found: dict[int, list[tuple[int, Wanting]]] = {}
        enabled = Destination.objects.filter(project__in=projects, enabled=True).exclude(taking(COHORTS))
        columns = ("pk", "project_id", "updated_at", "paused_at", HELD_SINCE)
        self._stopped.clear()
        for pk, project, version, paused_at, held_since in enabled.order_by("pk").values_list(*columns):
            found.setdefault(project, []).append((pk, self._wants(pk, version)))
            if paused_at or held_since:
                self._stopped.add(pk)
        return found

    def _wants(self, destination: int, version: datetime) -> Wanting:
        known = self._wanting.get(destination)
        if known is None or known[0] != version:
            found = Destination.objects.only(*ROUTED_BY).get(pk=destination)
            known = self._wanting[destination] = (version, wanting_of(found))
            self._reaches[destination] = reach_of(found)
            (self._ordered.add if sending_of(found.sending).ordered else self._ordered.discard)(destination)
        return known[1]


ROUTED_BY = (
    "project", "name", "kind", "kind_version", "filter", "transformation", "raw_events", "identify_on", "consent",
    "sending",
)  # fmt: skip


def _events(ids: list[int]) -> list[tuple[int, int, str, datetime, str, Restrictions | None]]:
    """(id, project, event type, received when, topic, restrictions), the oldest first."""
    if connection.vendor == "postgresql":
        table = Event._meta.db_table
        rows = bulk.fetch(
            f"""SELECT id, project_id, event_type, received_at, topic, restrictions::text FROM {table}
                WHERE id = ANY(%s::bigint[]) ORDER BY id""",
            [bulk.ids(ids)],
        )
        return [(*row[:5], loads(row[5])) if row[5] else row for row in rows]
    found = Event.objects.filter(pk__in=ids).order_by("pk")
    return list(found.values_list("pk", "project_id", "event_type", "received_at", "topic", "restrictions"))


def _give_back(ids: list[int]) -> None:
    """For the next batch, in the transaction that has taken them."""
    bulk.insert(Outbox, ("event_id",), [(pk,) for pk in ids])


def _take_from_outbox(most: int) -> list[int]:
    """Removes the oldest ids and returns them; another worker's transaction that holds some is passed by."""
    table = Outbox._meta.db_table
    chosen = f"SELECT event_id FROM {table} ORDER BY event_id LIMIT %s"
    if connection.vendor == "postgresql":
        chosen = f"SELECT unnest(ARRAY({chosen} FOR UPDATE SKIP LOCKED))"  # the array: chosen once, not per row
    taken = bulk.fetch(f"DELETE FROM {table} WHERE event_id IN ({chosen}) RETURNING event_id", [most])
    return [pk for (pk,) in taken]
