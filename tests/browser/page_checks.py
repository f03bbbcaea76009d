"""What is looked at on a page that is open in the browser: its width, its barriers, and the way of the Tab key."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 A and AA, and what axe-core calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = ("serious", "critical")
MORE_STOPS = 3  # than there are places to stop: around once, whatever comes before the first


def barriers(page: Page, impacts: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on the page, each with the place and the reason. `impacts`: only those."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}) at {node['target']}: {node['failureSummary']}"
        for one in found
        if not impacts or one["impact"] in impacts
        for node in one["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0


def beyond_the_keyboard(page: Page) -> list[str]:
    """What only a mouse reaches, where the Tab key gets stuck, and where it stops without a sign of it."""
    problems, stops = page.evaluate(BEFORE)
    for _ in range(stops + MORE_STOPS):
        page.keyboard.press("Tab")
    return problems + page.evaluate(AFTER)


_SHARED = """
    const takes = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex],"
      + "[contenteditable=true], [role=button], [role=link], [role=switch], [role=tab], [role=menuitem]";
    const seen = (el) => el.checkVisibility({visibilityProperty: true}) && !el.closest("[inert]") && !el.disabled
      && !el.closest("fieldset[disabled]");
    const place = (el) => el.outerHTML.slice(0, 160).replace(/\\s+/g, " ");
"""
# Of a group of radio buttons, Tab stops at one; the arrow keys do the rest.
BEFORE = (
    """() => {"""
    + _SHARED
    + """
    const problems = [], ends = [];
    for (const el of document.querySelectorAll("[tabindex]"))
      if (el.tabIndex > 0) problems.push("positive tabindex: " + place(el));
    for (const el of document.querySelectorAll(takes)) {
      if (!seen(el)) continue;
      if (el.tabIndex >= 0) ends.push(el);
      else if (!el.matches("[tabindex='-1'], :has(:focus-within)")) problems.push("no stop of Tab: " + place(el));
    }
    for (const el of document.querySelectorAll("main *, nav *, header *, dialog *"))
      if (getComputedStyle(el).cursor === "pointer" && seen(el) && !el.closest(takes + ", label"))
        problems.push("answers to the mouse alone: " + place(el));
    const chosen = new Set();
    for (const el of ends) if (el.type === "radio" && el.checked) chosen.add(el.name);
    const stops = ends.filter((el) => el.type !== "radio" || el.checked || !chosen.has(el.name));
    const parts = (el) => [el, el.nextElementSibling, el.parentElement, el.closest("label")].filter(Boolean);
    const look = (el) => parts(el).map((part) => {
      const style = getComputedStyle(part);
      return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
        style.backgroundColor, style.clip, style.transform].join();
    }).join("|");
    const walk = {stops, visited: new Set(), unseen: [], last: null, focused: ""};
    window.keyboardWalk = walk;
    const leave = (next) => {
      const last = walk.last;
      if (last === next) return;  // a window that gets the focus back tells of the same element again
      if (last && last.isConnected && look(last) === walk.focused) walk.unseen.push(last);
      walk.last = null;
    };
    document.addEventListener("focusin", (event) => {
      leave(event.target);
      walk.visited.add(event.target);
      walk.last = event.target;
      walk.focused = look(event.target);
    });
    if (document.activeElement) document.activeElement.blur();
    // A field for a date has a stop for each part of it.
    const more = stops.filter((el) => ["date", "datetime-local", "time", "month", "week"].includes(el.type)).length;
    return [problems, stops.length + more * 7];
}"""
)
AFTER = (
    """() => {"""
    + _SHARED
    + """
    const walk = window.keyboardWalk;
    const met = (el) => walk.visited.has(el) || (el.type === "radio" && [...walk.visited].some((other) =>
      other.type === "radio" && other.name === el.name));
    const missed = walk.stops.filter((el) => el.isConnected && seen(el) && !met(el));
    return [...missed.map((el) => "Tab does not get to: " + place(el)),
            ...new Set(walk.unseen.map((el) => "focus is not seen on: " + place(el)))];
}"""
)
