"""The two sides of the account: what arrived, as the sink wrote it down, and what the hub's log says of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.hub import query


@dataclass(slots=True, frozen=True)
class Arrival:
    at: float
    waited: float
    address: str
    number: int
    answer: str


def arrivals(path: Path) -> list[Arrival]:
    found = []
    for line in path.read_text().splitlines():
        at, waited, address, number, answer = line.split()
        found.append(Arrival(float(at), float(waited), address, int(number), answer))
    return found


@dataclass
class Log:
    url: str  # a postgres:// URL, or "" for the SQLite file
    data: Path

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return query(self.url, self.data, sql)

    def open(self) -> int:
        """Events that wait to be routed and deliveries that have not ended."""
        ((count,),) = self.query(
            "SELECT (SELECT count(*) FROM events_outbox) + "
            "(SELECT count(*) FROM delivery_delivery WHERE state IN ('queued', 'retrying'))"
        )
        return int(count)

    def rows(self, after: int) -> "Rows":
        """Of the events with a key above `after`, without what the hub itself announces, such as a failing receiver."""
        sent = f"SELECT id, CAST(data AS text) FROM events_event WHERE id > {after} AND topic = 'event.track'"
        events = {key: int(orjson.loads(data)["event_properties"]["number"]) for key, data in self.query(sent)}
        deliveries = [
            Row(key, events[event], name, state, attempts)
            for key, event, name, state, attempts in self.query(
                "SELECT d.id, d.event_id, x.name, d.state, d.attempts_made FROM delivery_delivery d "
                f"JOIN destinations_destination x ON x.id = d.destination_id WHERE d.event_id > {after}"
            )
            if event in events
        ]
        attempts: dict[int, list[Attempt]] = defaultdict(list)
        for delivery, number, status, error, tries in self.query(
            "SELECT a.delivery_id, a.number, a.status, a.error, CAST(a.tries AS text) FROM delivery_attempt a "
            f"JOIN delivery_delivery d ON d.id = a.delivery_id WHERE d.event_id > {after} ORDER BY a.id"
        ):
            answered = sum(one["status"] is not None for one in orjson.loads(tries))
            attempts[delivery].append(Attempt(number, status, error, answered))
        return Rows(Counter(events.values()), deliveries, attempts)

    def newest_event(self) -> int:
        ((newest,),) = self.query("SELECT coalesce(max(id), 0) FROM events_event")
        return int(newest)


@dataclass(slots=True, frozen=True)
class Row:
    key: int
    number: int
    destination: str
    state: str
    attempts_made: int


@dataclass(slots=True, frozen=True)
class Attempt:
    number: int
    status: int | None
    error: str
    answered: int  # requests that got an answer


@dataclass
class Rows:
    events: Counter[int]  # number -> stored rows
    deliveries: list[Row]
    attempts: dict[int, list[Attempt]]  # by delivery


@dataclass
class Account:
    lost: int  # accepted events × destinations that did not get them
    duplicated: int  # answers 200 beyond the first
    problems: list[str]  # what the log says that is not so


def balance(accepted: set[int], destinations: Iterable[str], came: list[Arrival], rows: Rows) -> Account:
    """Compares the three: what got its 200, what arrived, and what the log has."""
    names = list(destinations)
    wanted = {(number, name) for number in accepted for name in names}
    good = Counter((a.number, a.address) for a in came if a.answer in ("ok", "huge"))
    requests = Counter((a.number, a.address) for a in came)
    lost = len(wanted - good.keys())
    duplicated = sum(times - 1 for times in good.values())
    return Account(lost, duplicated, [*_problems(wanted, good, requests, rows)])


def _problems(
    wanted: set[tuple[int, str]], good: Counter[tuple[int, str]], requests: Counter[tuple[int, str]], rows: Rows
) -> Iterable[str]:
    if twice := [number for number, times in rows.events.items() if times > 1]:
        yield f"{len(twice)} events stored more than once, such as {twice[:3]}"
    deliveries = Counter((row.number, row.destination) for row in rows.deliveries)
    if none := wanted - deliveries.keys():
        yield f"{len(none)} deliveries have no row, such as {sorted(none)[:3]}"
    if twice := [pair for pair, times in deliveries.items() if times > 1]:
        yield f"{len(twice)} deliveries have more than one row, such as {sorted(twice)[:3]}"
    wrong: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows.deliveries:
        pair, attempts = (row.number, row.destination), rows.attempts.get(row.key, [])
        if row.state != "delivered":
            wrong[f"ended as {row.state}"].append(pair)
        elif not good[pair]:
            wrong["said to have arrived, and have not"].append(pair)
        if [attempt.number for attempt in attempts] != list(range(1, row.attempts_made + 1)):
            wrong["have attempts other than 1, 2 … attempts_made"].append(pair)
        if sum(attempt.answered for attempt in attempts) > requests[pair]:
            wrong["have more answers in the log than requests arrived"].append(pair)
        if [a for a in attempts[:-1] if a.status and 200 <= a.status < 300 and not a.error]:
            wrong["were sent again after a good answer was recorded"].append(pair)
    for what, pairs in wrong.items():
        yield f"{len(pairs)} deliveries {what}, such as {sorted(pairs)[:3]}"
