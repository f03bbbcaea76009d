"""The members page: adding, changing, removing, and links for those who have no password yet."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from events.models import AuditEntry, Membership, Project
from events.roles import Role

LINK = re.compile(r"http://testserver(/welcome/[^<\"]+)")
PASSWORD = "tr0ub4dor-and-3"


@pytest.fixture
def url(project: Project) -> str:
    return reverse("members", args=[project.slug])


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", password=PASSWORD)


@pytest.fixture
def of(project: Project) -> Callable[[str, str], str]:
    """The address of a door of one member."""

    def address(door: str, name: str) -> str:
        return reverse(door, args=[project.slug, Membership.objects.get(project=project, user__username=name).pk])

    return address


class TestList:
    def test_says_who_and_who_runs_it_all(self, member_client: Client, url: str, administrator: User) -> None:
        text = member_client.get(url).content.decode()
        assert '<b>member</b> <span class="sh-muted">(you)</span>' in text
        assert "may do everything in every project: admin." in text

    def test_viewers_look_only(self, client: Client, url: str, project: Project, ada: User) -> None:
        Membership.objects.create(project=project, user=ada, role=Role.VIEWER)
        client.force_login(ada)
        text = client.get(url).content.decode()
        assert "Add a member" not in text
        assert "<select" not in text
        assert "Also makes and changes destinations" in text


class TestAdding:
    def test_somebody_with_an_account(self, member_client: Client, url: str, project: Project, ada: User) -> None:
        text = member_client.post(url, {"name": "ada", "role": "editor"}, follow=True).content.decode()
        assert "ada is an editor now." in text
        assert Membership.objects.get(project=project, user=ada).role == Role.EDITOR
        assert not LINK.search(text)
        assert str(AuditEntry.objects.latest("pk")) == "member added membership ada"

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"name": "adda"}, "No account is called adda."),
            ({"name": "ADA", "make": "on"}, "There is an account ada. Write it that way"),
            ({"name": "ada", "make": "on"}, "There is an account ada already. Untick the box"),
            ({"name": "member"}, "member is a member already."),
            ({"name": "bob"}, "The account bob is switched off."),
            ({"name": "a b", "make": "on"}, "Enter a valid username."),
            ({"name": ""}, "This field is required."),
            ({"name": "ada", "role": "owner"}, "Select a valid choice."),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    def test_refused_in_words(
        self, member_client: Client, url: str, ada: User, given: dict[str, str], words: str
    ) -> None:
        User.objects.create_user("bob", is_active=False)
        people = User.objects.count()
        assert words in member_client.post(url, {"role": "viewer"} | given).content.decode()
        assert (Membership.objects.count(), User.objects.count()) == (1, people)


class TestNewAccount:
    @pytest.fixture
    def link(self, member_client: Client, url: str) -> str:
        response = member_client.post(url, {"name": "grace", "role": "editor", "make": "on"})
        assert response["Cache-Control"] == "no-store"
        found = LINK.search(response.content.decode())
        assert found
        return found[1]

    def test_the_link_sets_a_password_and_signs_in(self, link: str, client: Client, project: Project) -> None:
        page = client.get(link, follow=True)
        assert "Welcome, grace" in page.content.decode()
        assert link not in page.request["PATH_INFO"]
        given = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        landed = client.post(page.request["PATH_INFO"], given, follow=True)
        assert landed.request["PATH_INFO"] == project.get_absolute_url()
        assert User.objects.get(username="grace").check_password(PASSWORD)
        assert AuditEntry.objects.filter(by_name="grace", action="chose a password").exists()

    def test_it_works_once(self, link: str, client: Client) -> None:
        page = client.get(link, follow=True).request["PATH_INFO"]
        client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
        again = Client().get(link, follow=True).content.decode()
        assert "This link doesn’t work any more." in again

    def test_a_weak_password_is_refused(self, link: str, client: Client) -> None:
        page = client.get(link, follow=True).request["PATH_INFO"]
        assert "too short" in client.post(page, {"new_password1": "short", "new_password2": "short"}).content.decode()

    def test_a_link_made_up(self, client: Client, db: None) -> None:
        assert "doesn’t work any more" in client.get(reverse("welcome", args=["MQ", "a-b"])).content.decode()

    def test_a_new_one(self, link: str, member_client: Client, of: Callable[[str, str], str]) -> None:
        assert LINK.search(member_client.post(of("member_link", "grace")).content.decode())

    @pytest.mark.parametrize("case", ["a password", "signed in", "staff", "elsewhere"])
    def test_nobody_gets_a_link_into_an_account_that_is_somebodys(
        self, link: str, member_client: Client, of: Callable[[str, str], str], case: str
    ) -> None:
        grace = User.objects.get(username="grace")
        if case == "a password":
            grace.set_password(PASSWORD)
        grace.last_login = now() if case == "signed in" else None
        grace.is_staff = case == "staff"
        grace.save()
        if case == "elsewhere":
            other = Project.objects.create(name="Other")
            Membership.objects.create(project=other, user=grace, role=Role.VIEWER)
        response = member_client.post(of("member_link", "grace"))
        assert response.status_code == 403
        assert not LINK.search(response.content.decode())

    def test_no_link_into_an_account_that_was_there(
        self, member_client: Client, url: str, project: Project, ada: User, of: Callable[[str, str], str]
    ) -> None:
        member_client.post(url, {"name": "ada", "role": "viewer"})
        assert member_client.post(of("member_link", "ada")).status_code == 403


class TestChanging:
    @pytest.fixture(autouse=True)
    def ada_is_in(self, project: Project, ada: User) -> None:
        Membership.objects.create(project=project, user=ada, role=Role.VIEWER)

    def test_the_role(self, member_client: Client, ada: User, of: Callable[[str, str], str]) -> None:
        text = member_client.post(of("member", "ada"), {"role": "publisher"}, follow=True).content.decode()
        assert "ada is a publisher now." in text
        assert Membership.objects.get(user=ada).role == Role.PUBLISHER

    def test_to_a_role_there_is_not(self, member_client: Client, ada: User, of: Callable[[str, str], str]) -> None:
        text = member_client.post(of("member", "ada"), {"role": "owner"}, follow=True).content.decode()
        assert "Choose one of viewer, editor, publisher, admin." in text
        assert Membership.objects.get(user=ada).role == Role.VIEWER

    def test_removing(self, member_client: Client, ada: User, of: Callable[[str, str], str]) -> None:
        text = member_client.post(of("member", "ada"), {"act": "remove"}, follow=True).content.decode()
        assert "ada is no member any more." in text
        assert not Membership.objects.filter(user=ada).exists()

    def test_the_last_admin_stays(self, member_client: Client, of: Callable[[str, str], str]) -> None:
        for given in ({"act": "remove"}, {"role": "viewer"}):
            text = member_client.post(of("member", "member"), given, follow=True).content.decode()
            assert "member is the only admin. Make somebody else admin first." in text

    def test_leaving_leads_home(self, member_client: Client, ada: User, of: Callable[[str, str], str]) -> None:
        Membership.objects.filter(user=ada).update(role=Role.ADMIN)
        response = member_client.post(of("member", "member"), {"act": "remove"}, follow=True)
        assert "You are in no project yet" in response.content.decode()


def test_who_makes_a_project_is_its_admin(client: Client, ada: User) -> None:
    ada.user_permissions.add(Permission.objects.get(codename="add_project"))
    client.force_login(ada)
    client.post(reverse("project_new"), {"name": "Hers"})
    assert Membership.objects.get(user=ada).role == Role.ADMIN
    assert client.get("/")["Location"] == reverse("overview", args=["hers"])
