"""Two ways of using a page: by pointing at things, and by the keyboard alone."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 120  # of the Tab key, on any page
IS_FOCUSED = "(el) => el === document.activeElement"


class Hands(Protocol):
    page: Page

    def press(self, target: Locator) -> None:
        """A link, a button, a switch, or what opens something."""

    def tick(self, target: Locator) -> None:
        """A checkbox."""

    def choose(self, group: Locator, name: str) -> None:
        """A radio button of a group."""

    def pick(self, target: Locator, text: str) -> None:
        """An option of a select."""

    def write(self, target: Locator, text: str) -> None:
        """In place of what stands there."""

    def edit(self) -> None:
        """Into the template editor, its cursor at the end of all text."""

    def leave_editor(self) -> None: ...


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def tick(self, target: Locator) -> None:
        target.check()

    def choose(self, group: Locator, name: str) -> None:
        group.get_by_text(name, exact=True).click()
        expect(group.get_by_role("radio", name=name, exact=True)).to_be_checked()

    def pick(self, target: Locator, text: str) -> None:
        target.select_option(label=text)

    def write(self, target: Locator, text: str) -> None:
        target.click()
        target.fill(text)

    def edit(self) -> None:
        self.page.locator(".ace_content").click()
        self.page.keyboard.press("Control+End")

    def leave_editor(self) -> None:
        pass


class Keyboard:
    """Tab until something has the focus, as one has to who sees where it is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Space" if target.get_attribute("role") == "switch" else "Enter")

    def tick(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def choose(self, group: Locator, name: str) -> None:
        self._reach(group.locator("input:checked"))
        radio = group.get_by_role("radio", name=name, exact=True)
        for _ in range(group.get_by_role("radio").count()):
            if radio.is_checked():
                break
            self.page.keyboard.press("ArrowRight")
        expect(radio).to_be_checked()

    def pick(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.type(text)
        assert target.evaluate("(el) => el.selectedOptions[0].text") == text

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def edit(self) -> None:
        self._reach(self.page.locator(".ace_scroller"))
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+End")

    def leave_editor(self) -> None:
        self.page.keyboard.press("Escape")

    def _reach(self, target: Locator) -> None:
        element = target.element_handle()
        for _ in range(MOST_STOPS):
            if element.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The Tab key does not lead to {target}.")
