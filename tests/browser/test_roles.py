"""People of a project in a real browser: what a viewer can't press, and how an admin lets somebody in."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from destinations.models import Destination
from events.models import Membership, Project
from events.roles import Role
from tests.browser.conftest import Notes

PASSWORD = "tr0ub4dor-and-3"


@pytest.fixture
def hook(project: Project, make_destination: Callable[..., Destination]) -> Destination:
    return make_destination(name="Orders to CRM")


@pytest.fixture
def sign_in(open_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """A page of somebody's own, signed in by name and password."""

    def make(name: str) -> Page:
        context = open_context(viewport={"width": 1440, "height": 900})
        context.clear_cookies()
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/p/**")
        return page

    return make


def test_a_viewer_looks_and_presses_nothing(
    sign_in: Callable[[str], Page], project: Project, hook: Destination, notes: Notes
) -> None:
    viewer = User.objects.create_user("vera", password=PASSWORD)
    Membership.objects.create(project=project, user=viewer, role=Role.VIEWER)
    page = sign_in("vera")
    expect(page.locator(".sh-user small")).to_have_text("Viewer")
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    page.goto(hook.get_absolute_url())
    expect(page.get_by_role("switch")).to_be_disabled()
    page.get_by_label("Method").select_option("PUT")
    expect(page.get_by_role("button", name="Save changes")).to_have_count(0)
    expect(page.get_by_text("This takes an editor of the project.")).to_be_visible()
    page.get_by_label("More actions").click()
    expect(page.get_by_role("link", name="History")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.goto(f"{hook.get_absolute_url()}payload/")
    page.locator("#id_body").get_by_text("FreeMarker").click()
    page.locator(".ace_text-input").press("Control+s")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.locator(".ace_text-input")).to_be_focused()
    assert page.url.endswith("/payload/")
    assert notes.console == []


def test_an_admin_lets_somebody_in_who_then_edits(
    page: Page,
    browser: Browser,
    live_server: LiveServer,
    project: Project,
    hook: Destination,
    administrator: User,
    notes: Notes,
) -> None:
    page.goto(f"/p/{project.slug}/settings/")
    page.get_by_role("link", name="Members").click()
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Editor").check()
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_text("No account is called grace.")).to_be_visible()
    page.get_by_label("Make an account of this name").check()
    page.get_by_role("button", name="Add member").click()
    link = page.locator("#new-link pre").inner_text()

    hers = browser.new_context(base_url=live_server.url).new_page()
    hers.goto(link)
    hers.get_by_label("Password", exact=True).fill(PASSWORD)
    hers.get_by_label("Password again").fill(PASSWORD)
    hers.get_by_role("button", name="Set password and sign in").click()
    hers.wait_for_url(f"**/p/{project.slug}/")
    hers.goto(hook.get_absolute_url())
    hers.get_by_label("Method").select_option("PUT")
    hers.get_by_role("button", name="Save changes").click()
    expect(hers.get_by_text("Saved.")).to_be_visible()
    hers.context.close()

    page.goto(hook.get_absolute_url())
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History of Orders to CRM")).to_be_visible()
    newest = page.locator(".sh-trail tbody tr").first
    expect(newest).to_contain_text("Changed destination Orders to CRM")
    expect(newest).to_contain_text("grace")
    expect(newest.locator("del")).to_contain_text("POST")
    expect(newest.locator("ins")).to_contain_text("PUT")
    page.get_by_role("link", name="Show everything").click()
    page.get_by_label("What").select_option("Member")
    expect(page.locator(".sh-trail tbody tr")).to_have_count(2)
    assert notes.console == []


def test_roles_change_where_they_stand(page: Page, project: Project, administrator: User, notes: Notes) -> None:
    for name, role in (("ada", Role.ADMIN), ("vera", Role.VIEWER)):
        Membership.objects.create(project=project, user=User.objects.create_user(name), role=role)
    page.goto(f"/p/{project.slug}/settings/members/")
    page.get_by_label("Role of vera").select_option("Publisher")
    expect(page.get_by_text("vera is a publisher now.")).to_be_visible()
    page.get_by_label("Role of ada").select_option("Viewer")
    expect(page.get_by_text("ada is the only admin. Make somebody else admin first.")).to_be_visible()
    expect(page.get_by_label("Role of ada")).to_have_value("admin")
    page.get_by_role("button", name="Remove vera").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("vera is no member any more.")).to_be_visible()
    assert notes.console == []
