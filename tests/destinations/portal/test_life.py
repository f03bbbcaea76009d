import pytest
from django.contrib.auth.models import Permission, User

from delivery.models import Delivery
from delivery.routing import Router
from destinations import catalog
from destinations.models import Destination, PortalKind, Stage
from destinations.portal import drafts, life
from events.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    user = User.objects.create_user("reviewer")
    user.user_permissions.add(Permission.objects.get(codename="review_kind"))
    return User.objects.get(pk=user.pk)


def stage(version):
    version.refresh_from_db()
    return version.stage


def test_from_draft_to_the_catalog(draft, reviewer):
    assert catalog.kind("acme-crm") is None
    life.submit(draft)
    life.approve(draft, reviewer)
    assert catalog.kind("acme-crm") is None
    life.publish(draft)
    assert stage(draft) == Stage.PUBLISHED
    assert catalog.kind("acme-crm").name == "Acme CRM"
    assert "acme-crm" in [kind.slug for kind in catalog.kinds()]
    actions = AuditEntry.objects.filter(object_type="portalkind").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["created", "changed", "submitted", "approved", "published"]


def test_returned_with_a_comment(draft, reviewer):
    life.submit(draft)
    with pytest.raises(life.StepRefused, match="Say in the comment"):
        life.give_back(draft, reviewer, " ")
    life.give_back(draft, reviewer, "The key belongs into a header.")
    assert stage(draft) == Stage.RETURNED
    assert draft.comment == "The key belongs into a header."
    assert draft.is_open
    life.submit(draft)
    assert stage(draft) == Stage.SUBMITTED
    assert draft.comment == ""


def test_what_is_wrong_is_not_submitted(draft):
    draft.definition = draft.definition | {"summary": ""}
    draft.save()
    with pytest.raises(life.StepRefused) as refused:
        life.submit(draft)
    assert [problem.path for problem in refused.value.problems] == ["summary"]


WHO = {
    "one who runs the hub": ("admin", False, True),
    "its author": ("author", False, False),
    "its author, where they may": ("author", True, True),
    "somebody with the permission": ("reviewer", False, True),
    "somebody else": ("member", True, False),
}


@pytest.mark.parametrize(("who", "setting", "may"), WHO.values(), ids=WHO)
def test_who_may_approve(who, setting, may, draft, author, reviewer, admin_user, settings):
    settings.AUTHORS_APPROVE = setting
    people = {"admin": admin_user, "author": author, "reviewer": reviewer, "member": User.objects.create_user("other")}
    assert life.may_review(people[who], draft) == may
    life.submit(draft)
    if may:
        life.approve(draft, people[who])
    else:
        with pytest.raises(life.StepRefused, match="Somebody else has to review it"):
            life.approve(draft, people[who])
    assert stage(draft) == (Stage.APPROVED if may else Stage.SUBMITTED)


@pytest.mark.parametrize("step", [life.publish, lambda version: life.approve(version, None)])
def test_steps_keep_their_order(draft, step):
    with pytest.raises(life.StepRefused, match="Version 1 is draft by now"):
        step(draft)


def test_a_submitted_version_is_not_changed(draft, definition, author):
    life.submit(draft)
    with pytest.raises(drafts.NotOpen, match="Version 1 is submitted"):
        drafts.keep(draft, definition, drafts.given_of(draft), None, author)


def test_a_withdrawn_kind_goes_on_for_its_destinations(draft, publish, make_destination):
    publish(draft)
    found = make_destination(
        kind="acme-crm",
        url=None,
        parameters={"endpoint": "http://127.0.0.1:8009", "api_key": "k"},
        mappings={"fields": {"external_id": "user_id"}},
    )
    kind = PortalKind.objects.get()
    life.withdraw(kind)
    assert catalog.kind("acme-crm") is None
    assert "acme-crm" not in [one.slug for one in catalog.kinds()]
    found.refresh_from_db()
    assert catalog.of(found).name == "Acme CRM"
    life.bring_back(kind)
    assert catalog.kind("acme-crm") is not None


def test_slugs_are_unlike(project, author):
    names = [drafts.begin(project, name, "events", author).kind.slug for name in ("Slack", "Acme", "Acme", "???")]
    assert names == ["slack-2", "acme", "acme-2", "kind"]


def test_kinds_for_cohorts_are_offered_no_events(project, author, publish, make_destination, make_events):
    version = drafts.begin(project, "Loyalty", "cohorts", author)
    request = {"method": "POST", "url": "${parameters.url}"}
    parameters = [{"name": "url", "type": "url", "required": True}]
    wanted = version.definition | {"summary": "Members.", "request": request, "parameters": parameters}
    drafts.keep(version, wanted, drafts.given_of(version), None, author)
    publish(version)
    found = make_destination(kind="loyalty", url=None, parameters={"url": "http://127.0.0.1:8009"})
    other = make_destination()
    make_events(1)
    Router().route()
    assert not Delivery.objects.filter(destination=found).exists()
    assert Delivery.objects.filter(destination=other).count() == 1
    life.withdraw(PortalKind.objects.get())
    assert list(Destination.objects.filter(catalog.taking("cohorts"))) == [found]
