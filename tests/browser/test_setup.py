"""Setting up a destination, from nothing to switched on, and answering "did it arrive?"."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from delivery.models import Delivery, State
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.specification import save
from events.models import Event, Project
from tests.browser.conftest import Notes

BROKEN = '{\n  "id": {{ input.user_id | tojson }},\n  "company": {{ input.user_properties.company.name | tojson }}\n}'
MENDED = '{\n  "id": {{ input.user_id | tojson }}\n}'
SET_TEXT = "text => document.querySelector('.django-ace-widget').editor.setValue(text, -1)"
MARKS = "() => document.querySelector('.django-ace-widget').editor.session.getAnnotations()"


@pytest.fixture
def setup_page(page: Page, make_destination: Callable[..., Destination]) -> Page:
    page.goto(make_destination(name="Order webhook").get_absolute_url())
    return page


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Destination", exact=True).get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


def write_template(page: Page, text: str) -> None:
    page.locator("[data-inserts]:not([hidden])").wait_for()  # the page's script is done with the editor
    page.evaluate(SET_TEXT, text)


def test_from_nothing_to_enabled(
    page: Page, project: Project, make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    make_events(2, "Order Placed")
    page.goto(reverse("destinations", args=[project.slug]))
    page.get_by_role("link", name="Open the catalog").click()
    page.get_by_role("link", name="Create sync to Webhook").click()
    page.get_by_role("textbox", name="Sync name").fill("Orders to CRM")
    page.get_by_role("button", name="Create sync").click()
    expect(page.locator("h1")).to_have_text("Orders to CRM")
    page.wait_for_load_state()

    page.get_by_role("switch", name="Off").click()
    expect(page.locator(".sh-toast")).to_contain_text("stays off")
    expect(page.locator("#ready")).to_contain_text("The URL is empty")

    page.get_by_label("URL").fill("http://10.1.2.3/hook")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("is a private address").last).to_be_visible()
    expect(page.get_by_label("URL")).to_be_focused()

    page.get_by_label("URL").fill("https://example.com/hook")
    page.get_by_label("Extra header 1 name").fill("Authorization")
    page.get_by_label("Extra header 1 value").fill("Bearer sk_live_4f2a")
    page.get_by_label("Extra header 1 secret").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    expect(page.get_by_label("Extra header 1 value")).to_have_attribute("placeholder", "••••••••4f2a")

    open_tab(page, "Filter")
    page.get_by_text("Chosen events").click()
    page.get_by_label("Order Placed").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")

    open_tab(page, "Payload")
    page.get_by_text("Jinja2", exact=True).first.click()
    write_template(page, BROKEN)
    expect(page.locator("#preview")).to_contain_text("Line 3")
    assert page.evaluate(MARKS)[0]["row"] == 2
    write_template(page, MENDED)
    expect(page.locator("#preview")).to_contain_text("Valid JSON")
    expect(page.locator("#preview")).to_contain_text("user-1")
    assert page.evaluate(MARKS) == []

    page.get_by_role("button", name="Save template").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    page.get_by_role("switch", name="Off").click()
    expect(page.get_by_role("switch", name="Enabled")).to_be_checked()
    expect(page.locator("#health")).to_have_text("No data")

    made = Destination.objects.get()
    assert made.enabled
    assert made.filter == {"event_types": ["Order Placed"]}
    assert (made.language, made.template) == ("jinja2", MENDED)
    assert made.header_list[0].value == "Bearer sk_live_4f2a"
    assert notes.console == []
    assert notes.foreign == []


def test_discarding_brings_everything_back(setup_page: Page) -> None:
    setup_page.get_by_label("Name", exact=True).fill("Another name")
    setup_page.get_by_label("Extra header 1 name").fill("X-New")
    setup_page.get_by_role("button", name="Discard").click()
    expect(setup_page.get_by_label("Name", exact=True)).to_have_value("Order webhook")
    expect(setup_page.get_by_label("Extra header 1 name")).to_have_value("")
    expect(setup_page.locator("[data-savebar]")).to_be_hidden()


def test_header_rows_come_and_go(setup_page: Page) -> None:
    rows = setup_page.locator("[data-header]")
    for number in range(1, 6):
        expect(rows).to_have_count(number)
        setup_page.get_by_label(f"Extra header {number} name").fill(f"X-{number}")
    expect(rows).to_have_count(5)
    expect(setup_page.locator("[data-count]")).to_have_text("5 of 5 extra headers used")
    setup_page.get_by_role("button", name="Remove extra header 2").click()
    expect(rows).to_have_count(5)
    expect(setup_page.locator("[data-count]")).to_have_text("4 of 5 extra headers used")
    setup_page.get_by_role("button", name="Save changes").click()
    expect(setup_page.locator(".sh-toast")).to_contain_text("Saved.")
    assert [header.name for header in Destination.objects.get().header_list] == ["X-1", "X-3", "X-4", "X-5"]


def test_deleting_asks_for_the_name(setup_page: Page) -> None:
    setup_page.get_by_label("More actions").click()
    setup_page.get_by_role("button", name="Delete…").click()
    button = setup_page.get_by_role("button", name="Delete", exact=True)
    expect(button).to_be_disabled()
    setup_page.get_by_label("to go on").fill("Order webhook")
    button.click()
    expect(setup_page.locator(".sh-toast")).to_contain_text("Order webhook was deleted.")
    expect(setup_page.get_by_text("Nowhere to send events yet")).to_be_visible()


def test_without_scripts(
    open_context: Callable[..., BrowserContext], make_destination: Callable[..., Destination]
) -> None:
    destination = make_destination(name="Order webhook")
    page = open_context(java_script_enabled=False).new_page()
    page.goto(destination.get_absolute_url())
    page.get_by_label("Extra header 1 name").fill("X-New")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast").first).to_contain_text("Saved.")
    open_tab(page, "Payload")
    page.get_by_text("Jinja2", exact=True).first.click()
    page.get_by_label("Payload template").fill('{"a": 1}')
    page.get_by_role("button", name="Save template").click()
    expect(page.locator(".sh-toast").first).to_contain_text("Saved.")
    destination.refresh_from_db()
    assert (destination.template, destination.headers.get().name) == ('{"a": 1}', "X-New")


def test_switches_of_the_list(page: Page, busy: Project, make_destination: Callable[..., Destination]) -> None:
    unready = make_destination(name="Not ready", enabled=False, url="")
    page.goto(reverse("destinations", args=[busy.slug]))
    page.get_by_role("switch", name="On Order webhook").click()
    expect(page.get_by_role("switch", name="Off Order webhook")).not_to_be_checked()
    assert not Destination.objects.get(name="Order webhook").enabled
    page.get_by_role("switch", name="Off Not ready").click()
    page.wait_for_url(f"**{unready.get_absolute_url()}#ready")
    expect(page.locator("#ready")).to_be_focused()


def test_finding_a_delivery_and_retrying_it(page: Page, busy: Project, notes: Notes) -> None:
    page.goto(reverse("deliveries", args=[busy.slug]))
    page.get_by_label("Status").select_option("Not delivered")
    page.wait_for_url("**/deliveries/?state=undelivered")
    expect(page.locator("#rows tbody tr")).to_have_count(6)
    page.get_by_label("Event type").fill("No Such")
    expect(page.get_by_text("No deliveries match")).to_be_visible()
    page.get_by_role("link", name="Clear", exact=True).click()
    page.get_by_label("Status").select_option("Failed")
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    page.locator("#rows tbody a").first.click()
    expect(page.get_by_text("has a fault of its own")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The next attempt is being made.")).to_be_visible()
    assert Delivery.objects.get(pk=int(page.url.split("/")[-2])).state == State.RETRYING
    assert notes.console == []


def test_a_delivery_shows_its_end_by_itself(page: Page, busy: Project) -> None:
    waiting = Delivery.objects.filter(project=busy, state=State.QUEUED).get()
    page.goto(waiting.get_absolute_url())
    expect(page.locator("#badge")).to_have_text("Queued")
    Delivery.objects.filter(pk=waiting.pk).update(state=State.DELIVERED, next_attempt_at=None)
    expect(page.locator("#badge")).to_have_text("Delivered")
    expect(page.get_by_role("button", name="Retry now")).to_have_count(0)
    expect(page.locator("[data-poll]")).to_have_count(0)


def test_live_events_come_in_unless_paused(
    page: Page, project: Project, make_events: Callable[..., list[Event]]
) -> None:
    page.goto(reverse("events", args=[project.slug]))
    make_events(1, "First")
    expect(page.locator("summary", has_text="First")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".sh-live")).to_have_text("Paused")
    make_events(1, "Second")
    page.wait_for_timeout(3500)
    expect(page.locator("summary", has_text="Second")).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("summary", has_text="Second")).to_be_visible()


def test_filters_fold_on_a_phone(page: Page, busy: Project) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("deliveries", args=[busy.slug]))
    expect(page.get_by_label("Destination")).to_be_hidden()
    page.get_by_text("More filters").click()
    page.get_by_label("Destination").select_option("Support inbox")
    page.wait_for_url("**?destination=*")
    expect(page.locator("#rows tbody tr")).to_have_count(12)


def test_rows_of_mappings_are_added_and_removed_by_keyboard(page: Page, project: Project, notes: Notes) -> None:
    values = {"base_url": "https://api.example.com", "body": "mapped"}
    made, _ = save(project, {"name": "Shop API", "kind": "http-webhook", "parameters": values})
    page.goto(made.get_absolute_url())
    rows = page.get_by_role("group", name="Body mappings")
    rows.get_by_label("Row 1: Constant or JSONPath").fill("$.event")
    page.keyboard.press("Tab")
    page.keyboard.type("$.name")
    rows.get_by_label("Row 2: Constant or JSONPath").fill("$.userId")
    rows.get_by_label("Row 2: Place in the body").fill("$.user.id")
    rows.get_by_label("Row 3: Constant or JSONPath").wait_for()
    rows.get_by_role("button", name="Remove row 1").press("Enter")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    assert parameters_of(Destination.objects.get())["properties"] == [{"from": "$.userId", "to": "$.user.id"}]
    assert notes.console == []
