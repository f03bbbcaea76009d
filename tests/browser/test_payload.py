"""Writing a payload template: what it makes of an event is seen before anything is saved or sent."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from destinations.models import Destination
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
    page.wait_for_function("() => document.querySelector('.django-ace-widget')?.editor")
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


def test_discarding_brings_the_template_back(payload_page: Page, notes: Notes) -> None:
    payload_page.get_by_text("Jinja2", exact=True).first.click()
    write_template(payload_page, "text")
    payload_page.get_by_role("button", name="Discard").click()
    expect(payload_page.locator(".sh-template")).to_be_hidden()
    assert payload_page.locator("#id_template").input_value() == ""
    assert notes.console == []
