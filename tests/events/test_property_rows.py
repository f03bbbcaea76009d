"""What happens when another request is faster. It is played by the replay function, which writes in the middle."""

import pytest
from django.utils.timezone import now

from events.jsontext import dumps, loads
from events.models import Profile
from events.profiles import PROFILES

KEY = ("u:user-1",)


def write(project, properties):
    Profile.objects.update_or_create(
        project=project, identity=KEY[0], defaults={"properties": properties, "created_at": now(), "updated_at": now()}
    )


@pytest.mark.parametrize(
    ("before", "other", "change", "after"),
    [
        (None, None, {"a": 1}, {"a": 1}),
        (None, {}, {"a": 1}, {"a": 1}),
        (None, {"b": 2}, {"a": 1}, {"a": 1, "b": 2}),
        (None, {"a": 1}, {"a": 1}, {"a": 1}),
        (None, {"b": 2}, {}, {"b": 2}),
        ({"b": 1}, {"b": 2}, {"a": 1}, {"a": 1, "b": 2}),
        ({"b": 1}, {"b": 1}, {"a": 1}, {"a": 1, "b": 1}),
        ({"b": 1}, {"b": 1, "a": 1}, {"a": 1}, {"a": 1, "b": 1}),
    ],
)
def test_nobodys_update_is_lost(project, before, other, change, after):
    if before is not None:
        write(project, before)
    seen = []

    def replay(stored):
        if not seen and other is not None:
            write(project, other)
        properties = loads(stored[KEY][0]) if KEY in stored else {}
        seen.append(properties)
        changed = properties | change
        return {} if KEY in stored and changed == properties else {KEY: (dumps(changed), "{}")}

    PROFILES.settle(project.pk, PROFILES.read(project.pk, [KEY]), replay, now())
    assert Profile.objects.get().properties == after


def test_many_rows(project):
    rows = {(f"u:{n}",): ("{}", "{}") for n in range(5000)}
    assert PROFILES.insert(project.pk, rows, now()) == rows.keys()
    assert PROFILES.insert(project.pk, rows, now()) == set()
    others = ("[]", "")  # cohorts, merged into: read along, and written by others
    assert PROFILES.read(project.pk, rows.keys()) == {key: (*texts, *others) for key, texts in rows.items()}
    changed = dict.fromkeys(rows, ('{"a":1}', "{}"))
    PROFILES.replace(project.pk, changed, now())
    assert PROFILES.read(project.pk, rows.keys(), lock=True) == {
        key: (*texts, *others) for key, texts in changed.items()
    }
