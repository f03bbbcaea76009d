"""Every page opens for those who may see it, and only for them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.models import Project
from tests.streamhub.addresses import address, routes
from tests.streamhub.doors import DOORS, Door

# What leads elsewhere when an administrator simply opens it. Where a page hangs on what came before, tests/browser/
# test_pages.py goes there by that way.
LEADING_ON = {
    "home": "to the first project",
    "login": "whoever is signed in is at the first project already",
    "sign_in_code": "a page once the password is right",
    "recovery_codes": "a page once the codes are new",
    "welcome": "a page once the session has taken the token out of the address",
    "destination_upgrade": "to Setup where there is no newer version; otherwise a form's target",
    "cohort_sync_from": "to the page of the chosen cohort's new sync",
}


def test_no_page_is_forgotten(staff_client: Client, busy: Project) -> None:
    """Whatever answers GET is in the list of pages, leads on, or is no page: data, a piece of one, a refusal of GET."""
    pages, leading_on = set(), set()
    for name, route in routes():
        response = staff_client.get(address(name, busy))
        if response.status_code == 405 or route == "inbox/<str:token>":
            continue
        assert response.status_code in (200, 302), route
        if response.status_code == 302:
            leading_on.add(name)
        elif response["Content-Type"].startswith("text/html") and b"<html" in response.content:
            pages.add(name)
    assert pages == {door.name for door in DOORS}, "Each page has its line in tests/streamhub/doors.py."
    assert leading_on == set(LEADING_ON)


@pytest.mark.usefixtures("standing")
class TestEveryDoor:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("door", DOORS, ids=str)
    def test_opens(self, door: Door, staff_client: Client, busy: Project) -> None:
        response = staff_client.get(door.url(busy))
        assert response.status_code == 200
        assert response["Content-Security-Policy"].count("unsafe") == 0
        text = response.content.decode()
        assert text.count("<h1") == 1
        assert text.count("<main") == 1

    @pytest.mark.parametrize("door", DOORS, ids=str)
    def test_needs_signing_in(self, door: Door, client: Client, busy: Project) -> None:
        url = door.url(busy)
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (302, f"{reverse('login')}?next={url}")

    @pytest.mark.parametrize("door", DOORS, ids=str)
    def test_a_lost_session_reloads_instead_of_filling_a_part(self, door: Door, client: Client, busy: Project) -> None:
        response = client.get(door.url(busy), headers={"HX-Request": "true"})
        assert response["HX-Refresh"] == "true"


@pytest.mark.parametrize("door", [door for door in DOORS if door.asks_for == ["project"]], ids=str)
def test_unknown_project(door: Door, staff_client: Client, db: None) -> None:
    response = staff_client.get(reverse(door.name, args=["nowhere"]))
    assert response.status_code == 404
    assert "This page doesn’t exist." in response.content.decode()


class TestHome:
    def test_without_projects(self, staff_client: Client) -> None:
        assert staff_client.get("/")["Location"] == reverse("project_new")

    def test_prefers_a_project_with_events(self, staff_client: Client, project: Project, make_events: object) -> None:
        Project.objects.create(name="Another")
        Project.objects.create(name="A demo", is_demo=True)
        make_events()
        assert staff_client.get("/")["Location"] == reverse("overview", args=["shop"])

    def test_prefers_an_empty_project_of_ones_own_to_the_demo(self, staff_client: Client) -> None:
        Project.objects.create(name="A demo", is_demo=True)
        Project.objects.create(name="Mine")
        assert staff_client.get("/")["Location"] == reverse("overview", args=["mine"])

    def test_leads_members_to_their_project(self, member_client: Client) -> None:
        Project.objects.create(name="A")
        assert member_client.get("/")["Location"] == reverse("overview", args=["shop"])

    def test_who_is_in_no_project_is_told_what_to_do(self, client: Client, member: User, project: Project) -> None:
        client.force_login(member)
        text = client.get("/").content.decode()
        assert "You are in no project yet" in text
        assert project.name not in text


class TestSignIn:
    def test_right(self, client: Client, member: User, project: Project) -> None:
        response = client.post(reverse("login"), {"username": "member", "password": "correct horse battery"})
        assert (response.status_code, response["Location"]) == (302, "/")

    def test_wrong_says_so_and_keeps_what_was_typed(self, client: Client, member: User) -> None:
        response = client.post(reverse("login"), {"username": "member", "password": "wrong"})
        text = response.content.decode()
        assert "That user name and password don’t match. Check both and try again." in text
        assert 'value="member"' in text
        assert 'value="wrong"' in text

    def test_page_costs_no_query(self, client: Client, db: None, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(0):
            assert client.get(reverse("login")).status_code == 200

    def test_leads_nowhere_foreign(self, client: Client, member: User) -> None:
        given = {"username": "member", "password": "correct horse battery", "next": "https://elsewhere.example/"}
        assert client.post(reverse("login"), given)["Location"] == "/"

    def test_log_out(self, member_client: Client) -> None:
        assert member_client.post(reverse("logout"))["Location"] == reverse("login")
        assert member_client.get(reverse("password_change")).status_code == 302

    def test_password_change(self, member_client: Client, project: Project) -> None:
        given = {
            "old_password": "correct horse battery",
            "new_password1": "tr0ub4dor-and-3",
            "new_password2": "tr0ub4dor-and-3",
        }
        response = member_client.post(reverse("password_change"), given, follow=True)
        assert "Password changed." in response.content.decode()
        assert response.context["user"].is_authenticated


class TestErrors:
    def test_not_found_signed_out(self, client: Client, db: None) -> None:
        response = client.get("/nothing-here/")
        assert response.status_code in (302, 404)

    def test_broken_page_gives_its_number_and_needs_no_database(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*args: object) -> None:
            raise RuntimeError("out of order")

        monkeypatch.setattr("streamhub.pages.sign_in.SignIn.get", fail)
        client = Client(raise_request_exception=False)
        response = client.get(reverse("login"))
        assert response.status_code == 500
        number = caplog.records[0].getMessage().split()[1].rstrip(":")
        assert number in response.content.decode()
        assert "out of order" not in response.content.decode()

    def test_stale_form(self, member: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(member)
        response = client.post(reverse("password_change"), {})
        assert response.status_code == 403
        assert "That form was out of date." in response.content.decode()
