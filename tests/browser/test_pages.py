"""What holds for every page, light and dark, on a desk and on a phone, by keyboard, and under our policy."""

from collections.abc import Iterator
from typing import Any

import django_rq
import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django_rq.settings import get_queues_map
from playwright.sync_api import Page, expect
from rq import SimpleWorker

from events.models import Membership, Project
from events.roles import Role
from streamhub.second_factor.factor import switch_on
from tests.browser.conftest import Notes
from tests.browser.page_checks import SERIOUS, barriers, beyond_the_keyboard, scrolls_sideways
from tests.streamhub.addresses import address
from tests.streamhub.doors import DOORS
from tests.streamhub.second_factor.conftest import code_of

HINT = "Input elements should have autocomplete attributes"  # of Chromium, to the makers of Django's forms
LISTS_OF_JOBS = ("jobs", "finished_jobs", "failed_jobs", "scheduled_jobs", "started_jobs", "deferred_jobs")
PASSWORD = "correct horse battery"


class Walk:
    """Goes from page to page in one window, and notes what is wrong with each: {page: [problem]}."""

    def __init__(self, page: Page, notes: Notes) -> None:
        self.page = page
        self.notes = notes
        self.wrong: dict[str, list[str]] = {}

    def to(self, name: str, url: str, status: int = 200) -> None:
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1440, "height": 850})
        answer = self.page.goto(url)
        assert answer
        if answer.status != status:
            self.wrong[name] = [f"answered {answer.status}"]
        self.look(name, status)

    def look(self, name: str, status: int = 200) -> None:
        page = self.page
        found = [f"has {page.locator(tag).count()} {tag}" for tag in ("h1", "main") if page.locator(tag).count() != 1]
        found += barriers(page) + beyond_the_keyboard(page)
        page.emulate_media(color_scheme="dark")
        page.locator("html.dark").wait_for(state="attached")
        for width in (1440, 320, 390):
            page.set_viewport_size({"width": width, "height": 850})
            found += [f"scrolls sideways at {width}"] if scrolls_sideways(page) else []
        self.note(name, found + barriers(page) + self.overheard(status))

    def overheard(self, status: int = 200) -> list[str]:
        """What was asked of other hosts and written to the console since the last page. A browser writes there itself
        when a page is answered with anything but 200."""
        found = [f"asked {url}" for url in self.notes.foreign]
        found += [line for line in self.notes.console if f"status of {status}" not in line or status == 200]
        self.notes.foreign.clear()
        self.notes.console.clear()
        return found

    def note(self, name: str, found: list[str]) -> None:
        if found:
            self.wrong.setdefault(name, []).extend(found)

    def judge(self) -> None:
        """Fails with all of it, page by page."""
        assert not self.wrong, "\n".join(f"{name}: {line}" for name, lines in self.wrong.items() for line in lines)


@pytest.fixture
def walk(page: Page, notes: Notes) -> Walk:
    return Walk(page, notes)


@pytest.mark.timeout(600)
def test_every_page_of_the_table(walk: Walk, busy: Project) -> None:
    for door in DOORS:
        walk.to(door.name, door.url(busy))
    walk.judge()


def test_pages_on_the_way_in(walk: Walk, busy: Project, administrator: User) -> None:
    page = walk.page
    page.context.clear_cookies()
    walk.to("login", "/login/")
    _sign_in(page, "wrong")
    page.get_by_text("don’t match").wait_for()
    walk.look("login, refused")
    walk.to("welcome", address("welcome", busy))
    for label in ("Password", "Password again"):
        page.get_by_label(label, exact=True).fill("1234")
    page.get_by_role("button", name="Set password").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    walk.look("welcome, refused")
    walk.to("welcome, used", "/welcome/Mg/used-already/")
    secret = generate_totp_secret()
    switch_on(administrator, secret, step=0)
    page.goto("/login/")
    _sign_in(page, PASSWORD)
    page.wait_for_url("**/login/code/")
    walk.look("sign_in_code")
    page.get_by_label("Code").fill(code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/shop/")
    walk.to("second_factor, on", "/second-factor/")
    page.get_by_label("Your password").first.fill(PASSWORD)
    page.get_by_role("button", name="Make new codes").click()
    page.wait_for_url("**/codes/")
    walk.look("recovery_codes")
    walk.judge()


def test_pages_that_say_what_went_wrong(
    walk: Walk, busy: Project, member: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = walk.page
    walk.to("not found", "/p/shop/nothing/", 404)
    Membership.objects.create(project=busy, user=member, role=Role.VIEWER)
    page.context.clear_cookies()
    page.goto("/login/")
    _sign_in(page, PASSWORD, "member")
    page.wait_for_url("**/p/shop/")
    walk.to("forbidden", reverse("tokens", args=["shop"]), 403)
    page.context.clear_cookies()
    page.goto("/login/")
    page.context.clear_cookies()
    _sign_in(page, PASSWORD)
    page.get_by_text("out of date").wait_for()
    walk.look("stale form", 403)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    page.goto("/login/")
    _sign_in(page, PASSWORD)
    page.get_by_text("too many entries").wait_for()
    walk.look("refused", 400)
    monkeypatch.setattr("streamhub.pages.sign_in.SignIn.get", lambda *args: 1 / 0)
    walk.to("broken", "/login/", 500)
    walk.judge()


@pytest.mark.timeout(600)
def test_pages_of_the_admin(walk: Walk, busy: Project) -> None:
    """They are the theme's and django-rq's: no more is asked of them than that nothing serious is wrong."""
    for door in DOORS:
        door.url(busy)  # makes what there is to look at
    page = walk.page

    def look(name: str) -> None:
        walk.note(name, barriers(page, SERIOUS) + [line for line in walk.overheard() if HINT not in line])

    for name, url in (*_admin_pages(), *_pages_of_jobs()):
        answer = page.goto(url)
        assert answer
        assert answer.status == 200, name
        look(name)
    page.goto(reverse("admin:django_rq_failed_jobs", args=[get_queues_map()["default"]]))
    everything, one = page.get_by_label("Select all"), page.locator(".action-select")
    everything.check()
    expect(one).to_be_checked()
    one.uncheck()
    expect(everything).not_to_be_checked()
    one.check()
    expect(everything).to_be_checked()
    page.get_by_label("Actions").select_option("Requeue")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_role("heading", level=1).first.wait_for()
    look("confirm_action")
    walk.judge()


def _admin_pages() -> Iterator[tuple[str, str]]:
    yield "index", reverse("admin:index")
    for model in admin.site._registry:
        label = model._meta.label_lower
        base = f"admin:{label.replace('.', '_')}_"
        yield label, reverse(f"{base}changelist")
        if row := model._meta.managed and model._default_manager.first():
            yield f"{label}, one", reverse(f"{base}change", args=[row.pk])
    for label in ("auth_user", "auth_group"):
        yield f"{label}, new", reverse(f"admin:{label}_add")
    user = User.objects.latest("pk").pk
    for page in ("history", "delete", "password_change"):
        yield f"user, {page}", reverse(f"admin:auth_user_{page}", args=[user])


def _pages_of_jobs() -> Iterator[tuple[str, str]]:
    """With a job that failed, and a worker."""
    queue = django_rq.get_queue("default")
    job = queue.enqueue("streamhub.nothing_of_that_name")
    worker = SimpleWorker([queue], connection=queue.connection, serializer=queue.serializer)
    worker.work(burst=True, logging_level="CRITICAL")
    worker.register_birth()
    index = get_queues_map()["default"]
    of_one = {"job_detail": (), "delete_job": (), "requeue_job": (), "result_detail": (job.latest_result().id,)}
    yield "jobs, home", reverse("admin:django_rq_home")
    for page in (*LISTS_OF_JOBS, "queue_details", "workers", "clear", "requeue_all", "delete_failed_jobs"):
        yield page, reverse(f"admin:django_rq_{page}", args=[index])
    for page, rest in of_one.items():
        yield page, reverse(f"admin:django_rq_{page}", args=[index, job.id, *rest])
    yield "worker_details", reverse("admin:django_rq_worker_details", args=[index, worker.key])


def _sign_in(page: Page, password: str, name: str = "admin") -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


BAD = """<html lang="en"><head><title>Bad</title><style>
  .quiet:focus { outline: none } .hand { cursor: pointer }</style></head><body><main><h1>Bad</h1>
  <a href="#a" class="quiet">quiet</a> <div class="hand">by mouse</div> <button tabindex="2">first</button>
  <button id="trap">trap</button> <button>never</button></main>
  <script>document.getElementById("trap").addEventListener("keydown", (event) => event.preventDefault());</script>
</body></html>"""


def test_what_is_wrong_is_found(page: Page) -> None:
    page.set_content(BAD)
    found = " ".join(beyond_the_keyboard(page))
    assert "positive tabindex: <button tabindex" in found
    assert "answers to the mouse alone: <div" in found
    assert "focus is not seen on: <a href" in found
    assert "Tab does not get to: <button>never" in found


MUCH = """<html lang="en"><head><title>Much</title><style>
  body { background: #fff; color: #111 } .dim, button { color: #bbb; background: #fff } .on { background: #222 }
  </style></head><body><main><h1>Much</h1> <button disabled>Faint, and off</button> <p class="dim">·</p>%s
  <p id="faint" class="dim">Faint on white</p> <p class="on"><i id="dark">Dark on dark</i></p>
  <button id="button">Faint</button></main></body></html>"""


def test_faint_text_is_found_among_much(page: Page) -> None:
    page.set_content(MUCH % ("<p>Dark on white</p><p><i>So is this</i></p>" * 50))
    found = [line.partition(": ")[0] for line in barriers(page)]
    assert sorted(found) == [f"color-contrast (serious) at ['#{name}']" for name in ("button", "dark", "faint")]


def test_what_the_policy_stops_is_noted(page: Page, notes: Notes) -> None:
    page.goto("/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert any("policy (enforce): style-src" in line for line in notes.console)
