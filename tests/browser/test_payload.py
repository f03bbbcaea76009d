"""Writing a payload template: what it makes of an event is seen before anything is saved or sent."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from destinations.models import Destination
from events.models import Event
from tests.browser.conftest import Notes

SET_TEXT = "text => document.querySelector('.django-ace-widget').editor.setValue(text, -1)"
MARKS = "() => document.querySelector('.django-ace-widget').editor.session.getAnnotations()"


@pytest.fixture
def destination(make_destination: Callable[..., Destination]) -> Destination:
    return make_destination(name="Order webhook")


@pytest.fixture
def payload_page(page: Page, destination: Destination) -> Page:
    page.goto(reverse("destination_payload", args=[destination.project.slug, destination.pk]))
    return page


def write_template(page: Page, text: str) -> None:
    page.locator("[data-inserts]:not([hidden])").wait_for()  # the page's script is done with the editor
    page.evaluate(SET_TEXT, text)


def test_typing_asks_for_one_preview(payload_page: Page) -> None:
    asked: list[str] = []
    payload_page.on("request", lambda request: asked.append(request.url) if "/preview/" in request.url else None)
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    payload_page.wait_for_timeout(600)
    asked.clear()
    payload_page.locator(".ace_text-input").press("Enter")
    payload_page.keyboard.type('{"event": 1}', delay=15)
    expect(payload_page.locator("#preview")).to_contain_text('"event": 1')
    assert len(asked) == 1


def test_the_editor_by_keyboard(payload_page: Page) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    payload_page.locator(".sh-template .ace_gutter").first.wait_for()
    payload_page.get_by_role("button", name="Template help").focus()
    payload_page.keyboard.press("Shift+Tab")
    payload_page.keyboard.press("Enter")  # into the text
    payload_page.keyboard.type("3")
    payload_page.keyboard.press("Control+s")
    expect(payload_page.locator(".sh-toast")).to_contain_text("Saved.")
    assert Destination.objects.get().template.strip() == "3"


def test_leaving_the_editor_by_keyboard(payload_page: Page) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    editor = payload_page.locator(".ace_text-input")
    editor.focus()
    payload_page.keyboard.type("text")
    payload_page.keyboard.press("Escape")
    payload_page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    expect(payload_page.get_by_role("button", name="Template help")).to_be_focused()


BROKEN = '{\n  "id": {{ input.user_id | tojson }},\n  "company": {{ input.company.name | tojson }}\n}'
MENDED = '{\n  "id": {{ input.user_id | tojson }}\n}'


def saved(page: Page, destination: Destination, words: str) -> None:
    expect(page.locator(".sh-toast").first).to_contain_text(words)
    destination.refresh_from_db()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_mistake_is_shown_where_it_is_and_mended(
    payload_page: Page, destination: Destination, notes: Notes, width: int
) -> None:
    page = payload_page
    page.set_viewport_size({"width": width, "height": 850})
    page.get_by_text("Jinja2", exact=True).first.click()
    write_template(page, MENDED)
    output, note = page.locator("#preview-text"), page.locator("#preview-note")
    expect(output).to_contain_text('"id": "user_1001"')  # and not the original event any more
    write_template(page, BROKEN)
    expect(note).to_contain_text("Line 3")
    assert page.evaluate(MARKS)[0]["row"] == 2
    expect(page.get_by_text("Last good output")).to_be_visible()
    expect(output).to_contain_text("user_1001")
    note.get_by_role("button", name="Line 3").click()
    assert page.evaluate("() => document.querySelector('.django-ace-widget').editor.getCursorPosition().row") == 2
    write_template(page, "x" + MENDED)
    expect(note).to_contain_text("Not JSON at line 1, column 1")
    expect(output.locator("mark")).to_have_text("x")
    write_template(page, MENDED)
    expect(note).to_be_empty()
    assert page.evaluate(MARKS) == []
    expect(page.locator("#preview")).to_contain_text("POST http://127.0.0.1:8009/hook")
    page.get_by_text("3 headers").click()
    expect(page.locator("#preview")).to_contain_text("application/json")
    page.locator(".ace_text-input").focus()
    page.keyboard.press("Control+s")
    saved(page, destination, "Saved.")
    assert destination.template == MENDED
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert notes.console == []


def test_hints_are_listed_and_marked(payload_page: Page) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    write_template(payload_page, '{"a": "{{ input.user_id }}"}')
    expect(payload_page.locator("#findings li")).to_have_count(1)
    assert payload_page.evaluate(MARKS)[0]["type"] == "warning"
    write_template(payload_page, "{}")
    expect(payload_page.locator("#findings")).to_be_empty()


def test_a_field_is_inserted_from_suggestions(payload_page: Page) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    payload_page.get_by_role("button", name="Field").click()
    payload_page.keyboard.type("event_prop")
    popup = payload_page.locator(".ace_autocomplete")
    expect(popup).to_contain_text("input.event_properties.amount")
    payload_page.keyboard.press("Escape")
    assert payload_page.locator("#id_template").input_value() == "{{ input.event_prop }}"


def test_samples_are_edited_kept_and_chosen(payload_page: Page, notes: Notes) -> None:
    page = payload_page
    page.get_by_text("Jinja2", exact=True).first.click()
    write_template(page, "{{ input.color | tojson }}")
    page.get_by_text("Sample event").click()
    page.get_by_label("Sample event, JSON").fill('{"color": "teal"}')
    expect(page.locator("#preview-text")).to_have_text('"teal"')
    expect(page.get_by_label("Sample", exact=True)).to_have_value("pasted")
    page.get_by_label("Name of the sample").fill("Teal one")
    page.get_by_role("button", name="Save sample").click()
    expect(page.locator(".sh-toast")).to_contain_text("Teal one was saved as a sample.")
    page.get_by_label("Sample", exact=True).select_option("Built-in sample")
    expect(page.get_by_label("Sample event, JSON")).to_contain_text("A-8001")
    page.get_by_label("Sample", exact=True).select_option("Teal one")
    expect(page.locator("#preview-text")).to_have_text('"teal"')
    page.get_by_role("button", name="Delete sample").click()
    expect(page.get_by_label("Sample", exact=True).locator("option")).to_have_count(2)
    assert notes.console == []


def test_versions_are_compared_and_used_again(payload_page: Page, destination: Destination) -> None:
    page = payload_page
    page.get_by_text("Jinja2", exact=True).first.click()
    for number, text in enumerate(('{"first": 1}', '{"second": 2}'), 2):
        write_template(page, text)
        page.get_by_role("button", name="Save template").click()
        expect(page.locator("#versions li").first).to_contain_text(f"{number} Jinja2 In use")
    page.get_by_role("link", name="Compare version 2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#versions del")).to_have_text('- {"first": 1}')
    expect(page.locator("#versions ins")).to_have_text('+ {"second": 2}')
    expect(page.locator("#health")).to_have_text("No data")
    page.get_by_role("link", name="Use again version 2").click()
    expect(page.get_by_text("Version 2 is in the editor.")).to_be_visible()
    page.get_by_role("button", name="Save template").click()
    saved(page, destination, "Saved.")
    assert (destination.template, destination.template_version) == ('{"first": 1}', 4)


def test_a_template_is_tried_on_recent_events(
    payload_page: Page, make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    make_events(5, plan="pro")
    make_events(2)
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    write_template(payload_page, "{{ input.event_properties.plan.name | tojson }}")
    write_template(payload_page, '{"plan": {{ input.event_properties.plan | tojson }}}')
    payload_page.get_by_role("button", name="Try it").focus()
    payload_page.keyboard.press("Enter")
    outcome = payload_page.locator("#trial")
    expect(outcome).to_contain_text("Tried on 7 events")
    payload_page.get_by_text("Come out differently: 3 of ").click()
    expect(outcome.locator("ins").first).to_be_visible()
    assert Destination.objects.get().payload_mode == "raw"
    assert notes.console == []


def test_discarding_brings_the_template_back(payload_page: Page, notes: Notes) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    write_template(payload_page, "text")
    payload_page.get_by_role("button", name="Discard").click()
    expect(payload_page.locator(".sh-template")).to_be_hidden()
    assert payload_page.locator("#id_template").input_value() == ""
    assert notes.console == []
