"""A profile that has become part of another is nobody of its own."""

from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from cohorts.definition import check_definition
from cohorts.members_sql import members
from events.models import Profile


def test_it_leaves_computed_cohorts_and_its_page_names_the_whole(admin_client, project):
    moment = now()
    for identity, whole in (("u:ann", ""), ("d:phone", "u:ann")):
        Profile.objects.create(
            project=project, identity=identity, merged_into=whole, properties={"plan": "pro"}, groups={},
            created_at=moment, updated_at=moment,
        )  # fmt: skip
    wanted = {"conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}]}
    statement = members(project.pk, check_definition(wanted))
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        assert cursor.fetchall() == [("u:ann",)]
    page = admin_client.get(reverse("profiles", args=[project.slug]), {"user": "d:phone"}).content.decode()
    assert "Merged into" in page
    assert "?user=u%3Aann" in page
