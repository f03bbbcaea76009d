from datetime import timedelta
from uuid import uuid4

from django.utils.timezone import now

from events.accept import DEDUP_WINDOW
from events.models import SeenInsertId
from events.retention import forget_old_insert_ids


def test_only_insert_ids_beyond_the_window_are_forgotten(db):
    old, young = now() - DEDUP_WINDOW - timedelta(seconds=1), now() - DEDUP_WINDOW + timedelta(minutes=1)
    SeenInsertId.objects.bulk_create(
        [SeenInsertId(key=uuid4(), seen_at=at) for at, count in ((old, 25), (young, 5)) for _ in range(count)]
    )
    assert forget_old_insert_ids(batch=10) == 25
    assert SeenInsertId.objects.count() == 5
    assert forget_old_insert_ids() == 0
