"""What is looked at on a page that is open in the browser: its width, its barriers, and the way of the Tab key."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script

# WCAG 2.2 A and AA, and what axe-core calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = ("serious", "critical")
MORE_STOPS = 3  # than there are places to stop: around once, whatever comes before the first


def barriers(page: Page, impacts: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on the page, each with the place and the reason. `impacts`: only those. Contrast, which takes
    it ten times as long as all else, is measured on some texts of each colour and size on each ground."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(FIND, RULES)
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
    page.keyboard.press("+".join(["Tab"] * (stops + MORE_STOPS)))  # held down: it repeats, and nobody waits for each
    return problems + page.evaluate(AFTER)


FIND = """async (tags) => {
    const contrast = "color-contrast", options = {resultTypes: ["violations"], preload: false};
    const grounds = new Map(), kinds = new Map();
    const takesText = (el) => el.matches("input:not([type=hidden]), select, textarea");
    // What is painted below an element; what is placed by itself may lie on anything.
    const ground = (el) => {
      if (!el) return "";
      if (!grounds.has(el)) {
        const {backgroundColor, backgroundImage, opacity, filter, position} = getComputedStyle(el);
        const own = [backgroundColor, backgroundImage, opacity, filter].join();
        const placed = ["absolute", "fixed", "sticky"].includes(position) ? `at ${grounds.size}` : "";
        const paints = placed || own !== "rgba(0, 0, 0, 0),none,1,none";
        grounds.set(el, ground(el.parentElement) + (paints ? `|${own}${placed}` : ""));
      }
      return grounds.get(el);
    };
    const look = (el) => {
      const {color, fontSize, fontWeight, textShadow} = getComputedStyle(el);
      // These axe judges differently, or not at all: what is off, what is no words, what is cut away.
      const off = el.closest("[disabled], [aria-disabled=true]") || el.closest("label")?.control?.disabled;
      const words = /[\\p{L}\\p{N}].*[\\p{L}\\p{N}]/u.test(takesText(el) ? el.value : el.textContent);
      const {width, height} = el.getBoundingClientRect(), cut = width <= 1 || height <= 1;
      return [color, fontSize, fontWeight, textShadow, !off, words, cut, el.tagName, ground(el)].join();
    };
    const texts = new Set([...document.querySelectorAll("*")].filter(takesText));
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.add(walker.currentNode.parentElement);
    for (const el of texts) {
      if (!el.checkVisibility({visibilityProperty: true})) continue;
      const kind = look(el);
      kinds.set(kind, [...kinds.get(kind) ?? [], el]);
    }
    const some = new Set([...kinds.values()].flatMap((all) => [all[0], all[all.length >> 1], all[all.length - 1]]));
    const rules = {[contrast]: {enabled: false}};
    const found = await axe.run({...options, runOnly: {type: "tag", values: tags}, rules});
    if (!some.size) return found.violations;
    const faint = await axe.run({include: [...some]}, {...options, runOnly: {type: "rule", values: [contrast]}});
    return [...found.violations, ...faint.violations];
}"""
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
