"""A definition as one SELECT of the identities that it means: set-based, on both databases.

Every behaviour is a common table expression of the identities that did it, joined to the profiles; so is every other
cohort. What is left for each profile is a yes or no of its own row.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import now

from cohorts.conditions_sql import Dialect, Place, Sql, dialect, join, negated
from cohorts.definition import ANY_EVENT, Definition, period
from cohorts.models import Cohort, Member
from events.models import Event, Profile

PROFILE, EVENT, MEMBER = Profile._meta.db_table, Event._meta.db_table, Member._meta.db_table
# Of an event, as profiles are found: events/profiles.py.
IDENTITY = "(CASE WHEN e.user_id <> '' THEN 'u:' || e.user_id ELSE 'd:' || e.device_id END)"
# Events that say something of a user; cohort updates and other announcements of ours do not.
TOPICS = ("event.track", "event.page", "event.screen")


def members(project_id: int, definition: Definition, at: datetime | None = None) -> Sql:
    """`SELECT identity` of the profiles that a checked definition means at the moment `at`."""
    return _Statement(project_id, at or now()).build(definition)


class _Statement:
    def __init__(self, project_id: int, at: datetime) -> None:
        self.project_id, self.at = project_id, at
        self.dialect: Dialect = dialect(connection.vendor)
        self.joins = connection.vendor == "postgresql"
        self.tables: list[Sql] = []  # common table expressions, each (identity)

    def build(self, definition: Definition) -> Sql:
        where = self._group(definition)
        named = ", ".join(f"t{number} AS ({table.text})" for number, table in enumerate(self.tables))
        joins = " ".join(self._join(f"t{number}") for number in range(len(self.tables)))
        standing = f"SELECT p.identity FROM {PROFILE} AS p {joins} WHERE p.project_id = %s AND p.merged_into = ''"
        text = f"{standing} AND {where.text}"
        before = [x for table in self.tables for x in table.parameters]
        return Sql(f"WITH {named} {text}" if named else text, (*before, self.project_id, *where.parameters))

    def _group(self, group: dict[str, Any]) -> Sql:
        parts = [self._rule(rule) for rule in group["conditions"]]
        match group.get("match", "all"):
            case "all":
                return join("AND", parts)
            case "any":
                return join("OR", parts)
        return negated(join("OR", parts))

    def _rule(self, rule: dict[str, Any]) -> Sql:
        if "property" in rule:
            return self._property(rule)
        if "did" in rule or "did_not" in rule:
            return self._behaviour(rule)
        if "in_cohort" in rule:
            return self._cohort(rule["in_cohort"])
        if "not_in_cohort" in rule:
            return negated(self._cohort(rule["not_in_cohort"]))
        return self._group(rule)

    def _property(self, rule: dict[str, Any]) -> Sql:
        stem, _, name = rule["property"].partition(".")
        column = "p.properties" if stem == "user_properties" else "p.groups"
        return self._condition(rule, column, (), name)

    def _condition(self, rule: dict[str, Any], column: str, stem: tuple[str, ...], name: str) -> Sql:
        """A name with dots is looked for as it stands, then as a way through objects."""
        operator, value = rule["operator"], rule.get("value")
        found = self.dialect.condition(Place(column, (*stem, name)), operator, value, name=name)
        if "." not in name:
            return found
        way = self.dialect.condition(Place(column, (*stem, *name.split("."))), operator, value, name=name)
        negative = operator in ("is not", "does not contain", "is not set", "not in list")
        return join("AND" if negative else "OR", [found, way])

    def _cohort(self, public_id: str) -> Sql:
        cohort = Cohort.objects.get(project_id=self.project_id, public_id=public_id)
        return self._among(Sql(f"SELECT identity FROM {MEMBER} WHERE cohort_id = %s", (cohort.pk,)))

    def _behaviour(self, rule: dict[str, Any]) -> Sql:
        if "did_not" in rule:
            return negated(self._counted(rule, rule["did_not"], ">= 1"))
        times, count = rule["times"], rule["count"]
        if times == "at least":
            return self._counted(rule, rule["did"], f">= {count:d}")
        if times == "at most":
            return negated(self._counted(rule, rule["did"], f"> {count:d}"))
        if count == 0:
            return negated(self._counted(rule, rule["did"], ">= 1"))
        return self._counted(rule, rule["did"], f"= {count:d}")

    def _counted(self, rule: dict[str, Any], event_type: str, having: str) -> Sql:
        """Whether the user is among those whose events of that type number `having`."""
        known = Sql("(e.user_id <> '' OR e.device_id <> '')")
        conditions = [Sql("e.project_id = %s", (self.project_id,)), known, *self._window(rule)]
        if event_type == ANY_EVENT:
            conditions.append(join("OR", [Sql("e.topic = %s", (topic,)) for topic in TOPICS]))
        else:
            conditions.append(Sql("e.event_type = %s", (event_type,)))
        if rule.get("conditions"):
            word = "AND" if rule.get("match", "all") == "all" else "OR"
            conditions.append(join(word, [self._of_event(one) for one in rule["conditions"]]))
        where = join("AND", conditions)
        counted = f"SELECT {IDENTITY} AS identity FROM {EVENT} AS e WHERE {where.text} GROUP BY 1"
        return self._among(Sql(f"{counted} HAVING count(*) {having}", where.parameters))

    def _of_event(self, rule: dict[str, Any]) -> Sql:
        stem, dot, name = rule["property"].partition(".")
        return self._condition(rule, "e.data", (stem,), name) if dot else self._condition(rule, "e.data", (), stem)

    def _window(self, rule: dict[str, Any]) -> list[Sql]:
        first, last = period(rule, self.at.astimezone(UTC).date())
        adapt = connection.ops.adapt_datetimefield_value
        parts = []
        if first:
            parts.append(Sql("e.event_time >= %s", (adapt(datetime.combine(first, time(), UTC)),)))
        if last:
            end = datetime.combine(last + timedelta(days=1), time(), UTC)
            parts.append(Sql("e.event_time < %s", (adapt(end),)))
        return parts

    def _among(self, identities: Sql) -> Sql:
        """Whether the profile is one of them. SQLite looks each up in a tree, PostgreSQL joins by a hash, which has
        no need to fit into memory."""
        self.tables.append(identities)
        table = f"t{len(self.tables) - 1}"
        if self.joins:
            return Sql(f"({table}.identity IS NOT NULL)")
        return Sql(f"(p.identity IN (SELECT identity FROM {table}))")

    def _join(self, table: str) -> str:
        return f"LEFT JOIN {table} ON {table}.identity = p.identity" if self.joins else ""
