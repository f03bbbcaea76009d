"""Every door of a project × every role × what it may do there, from the URLs themselves."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from delivery.models import Delivery
from destinations import specification
from destinations.models import Destination
from events.models import Membership, Project
from events.roles import Role
from streamhub.permissions import DOORS
from tests.streamhub.addresses import address, doors

METHODS = ("GET", "POST")
KEPT_OUT = (403, 404)


ALL = sorted(dict(doors()))


def test_every_door_is_in_the_table() -> None:
    missing = [f"{name} ({route})" for name, route in doors() if name not in DOORS]
    assert missing == [], "Say in streamhub/permissions.py which role these take."


def test_the_table_names_no_door_that_is_gone() -> None:
    assert set(DOORS) - set(ALL) == set()


@pytest.mark.parametrize("name", ALL)
def test_every_door_names_its_project(name: str) -> None:
    assert dict(doors())[name].startswith("p/<slug:project>/")


def _acts(name: str) -> list[str]:
    return ["", *DOORS[name].acts]


BUTTONS = {
    # (door of the page, what of it is only for this role and those above)
    "import": ("destinations", "Import</a>", Role.PUBLISHER),
    "add": ("destinations", "Add destination</a>", Role.EDITOR),
    "create": ("catalog", "Create sync</button>", Role.EDITOR),
    "switch": ("destination", 'role="switch" name="enabled" checked>', Role.PUBLISHER),
    "pause": ("destination", "Pause sending</button>", Role.PUBLISHER),
    "duplicate": ("destination", "Duplicate</button>", Role.EDITOR),
    "delete": ("destination", "Delete…</button>", Role.ADMIN),
    "save setup": ("destination", "Save changes</button>", Role.EDITOR),
    "save payload": ("destination_payload", "Save template</button>", Role.EDITOR),
    "save sample": ("destination_payload", "Save sample</button>", Role.EDITOR),
    "save filter": ("destination_filter", 'class="sh-btn is-primary">Save changes</button>', Role.EDITOR),
    "save a transformation": ("destination_transformation", "Save changes</button>", Role.EDITOR),
    "save mappings": ("destination_mappings", "Save changes</button>", Role.EDITOR),
    "retry": ("delivery", "Send again</button>", Role.PUBLISHER),
    "clear inbox": ("inbox_page", "Clear…</button>", Role.EDITOR),
    "rename": ("project", "Save changes</button>", Role.ADMIN),
    "secret key": ("project", "Make a secret key</button>", Role.ADMIN),
    "add member": ("members", "Add member</button>", Role.ADMIN),
    "overview": ("overview", "Add destination</a>", Role.EDITOR),
}


@pytest.mark.usefixtures("standing")
class TestEveryDoor:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("name", ALL)
    def test_each_role_gets_as_far_as_the_table_says(
        self,
        name: str,
        role: Role,
        member: User,
        client: Client,
        busy: Project,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("delivery.trial_views.send", lambda trial: None)
        Membership.objects.create(project=busy, user=member, role=role)
        client.force_login(member)
        for method in METHODS:
            for act in _acts(name) if method == "POST" else [""]:
                needed = DOORS[name].needed(method, act)
                response = client.generic(
                    method, address(name, busy), f"act={act}", content_type="application/x-www-form-urlencoded"
                )
                assert response.status_code < 500
                if needed is not None and role.allows(needed):
                    assert response.status_code not in KEPT_OUT, (method, act)
                else:
                    assert response.status_code == 403, (method, act)
                    words = "takes no changes" if needed is None else "of this project; this takes a"
                    assert words in response.content.decode()

    @pytest.mark.parametrize("name", ALL)
    def test_who_is_not_a_member_finds_nothing(self, name: str, member: User, client: Client, busy: Project) -> None:
        own = Project.objects.create(name="Own")
        Membership.objects.create(project=own, user=member, role=Role.ADMIN)
        client.force_login(member)
        for method in METHODS:
            assert client.generic(method, address(name, busy)).status_code == 404

    @pytest.mark.parametrize("name", [name for name in ALL if "<int:pk>" in dict(doors())[name]])
    def test_things_of_another_project_are_not_found_under_ones_own(
        self, name: str, member: User, client: Client, busy: Project
    ) -> None:
        own = Project.objects.create(name="Own")
        Membership.objects.create(project=own, user=member, role=Role.ADMIN)
        client.force_login(member)
        for method in METHODS:
            taken = DOORS[name].needed(method) is not None
            assert client.generic(method, address(name, own, busy)).status_code in ((404, 405) if taken else (403,))
        assert Destination.objects.filter(project=busy).count() == 2

    @pytest.mark.parametrize("name", ALL)
    def test_strangers_are_asked_to_sign_in(self, name: str, client: Client, busy: Project) -> None:
        for method in METHODS:
            response = client.generic(method, address(name, busy))
            assert response["Location"].startswith(reverse("login"))

    @pytest.mark.parametrize("name", BUTTONS)
    def test_buttons_are_there_for_those_who_may_use_them(
        self,
        name: str,
        member: User,
        client: Client,
        busy: Project,
    ) -> None:
        door, button, needed = BUTTONS[name]
        membership = Membership.objects.create(project=busy, user=member, role=Role.VIEWER)
        Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(state="failed")
        client.force_login(member)
        for role in Role:
            Membership.objects.filter(pk=membership.pk).update(role=role)
            text = client.get(address(door, busy)).content.decode()
            assert (button in re.sub(r"<svg.*?</svg> ?", "", text, flags=re.DOTALL)) == role.allows(needed), role


def test_a_door_that_is_not_in_the_table_is_shut(
    member: User, client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    Membership.objects.create(project=project, user=member, role=Role.ADMIN)
    client.force_login(member)
    monkeypatch.delitem(DOORS, "catalog")
    response = client.get(reverse("catalog", args=[project.slug]))
    assert response.status_code == 403
    assert "Only those who run this installation can do that." in response.content.decode()


def test_a_refusal_says_who_may(member: User, client: Client, project: Project) -> None:
    Membership.objects.create(project=project, user=member, role=Role.VIEWER)
    Membership.objects.create(project=project, user=User.objects.create_user("ada"), role=Role.ADMIN)
    destination = specification.save(project, {"name": "Hook"})[0]
    client.force_login(member)
    page = reverse("destination_switch", args=[project.slug, destination.pk])
    words = "You are a viewer of this project; this takes a publisher. Ask an admin: ada."
    assert words in client.post(page).content.decode()
    fragment = client.post(page, headers={"HX-Request": "true"})
    assert fragment.status_code == 403
    assert words in fragment["HX-Trigger"]


def test_the_test_tab_shows_secrets_and_sends_for_those_who_may(
    member: User, client: Client, project: Project, make_destination: Callable[..., Destination]
) -> None:
    hook = make_destination(headers=[{"name": "X-Key", "value": "not-for-eyes-4f2a", "secret": True}])
    membership = Membership.objects.create(project=project, user=member, role=Role.VIEWER)
    client.force_login(member)
    page = reverse("destination_test", args=[project.slug, hook.pk])
    for role in Role:
        Membership.objects.filter(pk=membership.pk).update(role=role)
        text = client.get(page).content.decode()
        assert ("Show secrets" in text) == role.allows(Role.ADMIN)
        assert ("This takes a publisher of the project." in text) != role.allows(Role.PUBLISHER)
        told = client.post(page, {"act": "secrets"}).content.decode()
        assert ("not-for-eyes-4f2a" in told) == role.allows(Role.ADMIN)


def test_a_former_member_is_out_at_once(member: User, client: Client, project: Project) -> None:
    membership = Membership.objects.create(project=project, user=member, role=Role.ADMIN)
    client.force_login(member)
    assert client.get(project.get_absolute_url()).status_code == 200
    membership.delete()
    assert client.get(project.get_absolute_url()).status_code == 404
