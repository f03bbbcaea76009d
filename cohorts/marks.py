"""The profiles' own note of the cohorts they are in, which events carry: it follows the changes, some at a time.

`Cohort.marked_until` is the last change that has been followed, and moves in the transaction that writes the profiles.
A few changes are followed with the change itself; of many, the rest afterwards, in steps short enough that nobody who
takes events in has to wait for the profiles' locks.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max

from cohorts.models import Change, Cohort, Member
from events.jsontext import dumps
from events.models import Profile

STEP = 1_000  # changes
PROFILES = 20_000  # looked at in one step
UNDER_WAY = 1_000  # numbers that transactions may have taken and not committed when later ones were looked at
CHANGE, MEMBER, PROFILE = (model._meta.db_table for model in (Change, Member, Profile))

# Locks are taken in the order of identities, as by those who take events in: nobody waits for each other crosswise.
POSTGRESQL = """
    WITH locked AS (SELECT p.id, n.entered FROM ({changed}) AS n JOIN {profile} AS p ON p.identity = n.identity
        WHERE p.project_id = %s ORDER BY p.identity FOR UPDATE OF p)
    UPDATE {profile} AS p SET cohorts = (CASE WHEN locked.entered THEN (p.cohorts::jsonb - %s) || to_jsonb(%s::text)
        ELSE p.cohorts::jsonb - %s END)::json FROM locked WHERE locked.id = p.id"""
WITHOUT = "(SELECT json_group_array(value) FROM json_each({profile}.cohorts) WHERE value <> %s)"
SQLITE = f"""
    UPDATE {{profile}} SET cohorts = CASE WHEN n.entered THEN json_insert({WITHOUT}, '$[#]', %s) ELSE {WITHOUT} END
    FROM ({{changed}}) AS n WHERE {{profile}}.project_id = %s AND {{profile}}.identity = n.identity"""


@transaction.atomic
def follow(cohort: int) -> bool:
    """One step. False when there is nothing left to follow."""
    held = Cohort.everything.select_for_update().get(pk=cohort)
    changes = Change.objects.filter(cohort=cohort, pk__gt=held.marked_until).order_by("pk")
    ids = list(changes.values_list("pk", flat=True)[:STEP])
    if not ids:
        return False
    among = f"SELECT max(id) AS id FROM {CHANGE} WHERE cohort_id = %s AND id > %s AND id <= %s GROUP BY identity"
    changed = f"SELECT c.identity, c.entered FROM {CHANGE} AS c JOIN ({among}) AS x ON x.id = c.id"
    _mark(held, changed, [cohort, held.marked_until, ids[-1]])
    Cohort.everything.filter(pk=cohort).update(marked_until=ids[-1])
    return len(ids) == STEP


def greet(cohort: int) -> bool:
    """Members who were listed before their first event: their profiles are newer than the list. One step; False when
    all profiles were looked at."""
    newest = Profile.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if not Cohort.everything.filter(pk=cohort, profiles_until__lt=newest).exists():
        return False
    with transaction.atomic():
        held = Cohort.everything.select_for_update().get(pk=cohort)
        ahead = Profile.objects.filter(pk__gt=held.profiles_until).order_by("pk").values_list("pk", flat=True)
        until = next(iter(ahead[PROFILES - 1 : PROFILES]), newest)  # numbers without a profile cost no step
        unmarked = (
            "strpos(x.cohorts::text, %s) = 0" if connection.vendor == "postgresql" else "instr(x.cohorts, %s) = 0"
        )
        listed = (
            f"SELECT x.identity, true AS entered FROM {PROFILE} AS x JOIN {MEMBER} AS m ON m.identity = x.identity "
            f"WHERE m.cohort_id = %s AND x.project_id = %s AND x.id > %s AND x.id <= %s AND {unmarked}"
        )
        since = held.profiles_until - UNDER_WAY
        _mark(held, listed, [cohort, held.project_id, since, until, held.public_id])
        Cohort.everything.filter(pk=cohort).update(profiles_until=until)
    return until < newest


def unmark(cohort: Cohort, identities: Sequence[str]) -> None:
    """Takes the cohort out of these profiles."""
    if connection.vendor == "postgresql":
        changed = "SELECT identity, false AS entered FROM unnest(%s::text[]) AS gone(identity)"
        _mark(cohort, changed, [list(identities)])
    else:
        _mark(cohort, "SELECT value AS identity, 0 AS entered FROM json_each(%s)", [dumps(list(identities))])


def _mark(cohort: Cohort, changed: str, parameters: Sequence[int | str | list[str]]) -> None:
    """`changed`: a SELECT of identity and whether he entered, each identity once."""
    cohort_id, project = cohort.public_id, cohort.project_id
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = POSTGRESQL.format(changed=changed, profile=PROFILE)
            cursor.execute(sql, [*parameters, project, cohort_id, cohort_id, cohort_id])
        else:
            sql = SQLITE.format(changed=changed, profile=PROFILE)
            cursor.execute(sql, [cohort_id, cohort_id, cohort_id, *parameters, project])


def behind() -> list[int]:
    """The cohorts with changes that have not been followed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM {Cohort._meta.db_table} AS c WHERE EXISTS "
            f"(SELECT 1 FROM {CHANGE} AS x WHERE x.cohort_id = c.id AND x.id > c.marked_until)"
        )
        return [pk for (pk,) in cursor.fetchall()]
