"""What those who run a hub do about second factors: ask for them, take one away, change the encryption key."""

import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from destinations import secrets
from events.models import AuditEntry, Project
from streamhub.second_factor import factor
from tests.streamhub.second_factor.conftest import PASSWORD, App, code_of, is_signed_in, secret_of

Give = Callable[..., HttpResponse]


class TestRequired:
    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        settings.SECOND_FACTOR_REQUIRED = True

    @pytest.mark.parametrize("path", ["/", "/help/", "/projects/new/", "/password/", "/admin/", "/p/shop/"])
    def test_nothing_opens_before_it(self, path: str, staff_client: Client, project: Project) -> None:
        assert staff_client.get(path)["Location"] == reverse("second_factor")

    def test_a_fragment_reloads(self, staff_client: Client) -> None:
        assert staff_client.get("/help/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"

    def test_setting_it_up_opens_everything(self, client: Client, member: User, project: Project) -> None:
        client.post(reverse("login"), {"username": "member", "password": PASSWORD})
        assert "Everybody needs a second factor" in client.get(reverse("second_factor")).content.decode()
        key = secrets.opened(client.session["second_factor_secret"])
        client.post(reverse("second_factor"), {"code": code_of(key), "password": PASSWORD})
        assert client.get("/help/").status_code == 200

    def test_with_one_it_is_as_always(
        self,
        app: App,
        client: Client,
        give_password: Give,
        give_code: Give,
    ) -> None:
        give_password()
        give_code(app())
        assert client.get("/help/").status_code == 200

    def test_a_session_from_before_begins_anew(self, app: App, client: Client, member: User) -> None:
        client.force_login(member)
        assert client.get("/help/")["Location"] == f"{reverse('login')}?next=/help/"
        assert not is_signed_in(client)

    def test_leaving_is_possible(self, staff_client: Client) -> None:
        assert staff_client.post(reverse("logout"))["Location"] == reverse("login")

    def test_it_cannot_be_switched_off(
        self, app: App, client: Client, give_password: Give, give_code: Give, member: User
    ) -> None:
        give_password()
        give_code(app())
        answer = client.post(reverse("second_factor"), {"act": "off", "off-password": PASSWORD})
        assert "asks everybody" in answer.content.decode()
        assert factor.is_on(member)

    def test_programs_are_not_asked(self, client: Client, project: Project) -> None:
        assert client.get("/healthz").status_code == 200
        assert client.post("/2/httpapi", b"{}", content_type="application/json").status_code == 400


class TestTakingOneAway:
    def test_by_the_admin(self, app: App, staff_client: Client, member: User) -> None:
        users = reverse("admin:auth_user_changelist")
        answer = staff_client.post(
            users, {"action": "remove_second_factor", "_selected_action": [member.pk]}, follow=True
        )
        assert "Signing in by password alone now: member." in answer.content.decode()
        assert not factor.is_on(member)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.by_name, entry.object_name) == ("removed the second factor of", "admin", "member")

    def test_by_the_admin_takes_the_permission(self, app: App, member: User) -> None:
        staff = User.objects.create_user("staff", password=PASSWORD, is_staff=True)
        client = Client()
        client.force_login(staff)
        given = {"action": "remove_second_factor", "_selected_action": [member.pk]}
        assert client.post(reverse("admin:auth_user_changelist"), given).status_code == 403
        assert factor.is_on(member)

    def test_by_command(self, app: App, member: User) -> None:
        printed = StringIO()
        call_command("remove_second_factor", "member", stdout=printed)
        assert printed.getvalue() == "member signs in by password alone now.\n"
        assert not factor.is_on(member)
        assert AuditEntry.objects.latest("pk").by_name == "the command remove_second_factor"

    def test_by_command_in_vain(self, member: User) -> None:
        with pytest.raises(CommandError, match="No account is called nobody"):
            call_command("remove_second_factor", "nobody")
        with pytest.raises(CommandError, match="member has no second factor"):
            call_command("remove_second_factor", "member")


class TestRotation:
    @pytest.fixture
    def use(self, settings: Any):  # type: ignore[no-untyped-def]
        def set_keys(*keys: str) -> None:
            settings.ENCRYPTION_KEYS = list(keys)
            secrets._keys.cache_clear()

        yield set_keys
        secrets._keys.cache_clear()

    def test_the_old_key_can_go_afterwards(self, app: App, use: Callable[..., None], member: User) -> None:
        old, new = configured.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
        before = (secret_of(member), factor.unused_codes(member))
        use(new, old)
        printed = StringIO()
        call_command("rotate_secrets", stdout=printed)
        assert printed.getvalue().startswith("2 written anew, 0 had")
        use(new)
        assert (secret_of(member), factor.unused_codes(member)) == before

    def test_what_no_key_opens_is_named_and_left_alone(self, app: App, use: Callable[..., None], member: User) -> None:
        before = list(Authenticator.objects.values_list("data", flat=True))
        use(Fernet.generate_key().decode())
        with pytest.raises(CommandError, match=r"second factor \d+: seed"):
            call_command("rotate_secrets", stdout=StringIO())
        assert list(Authenticator.objects.values_list("data", flat=True)) == before


@pytest.mark.parametrize("command", ["worker", "clock"])
def test_processes_without_pages_leave_allauth_out(command: str) -> None:
    program = (
        f"import sys; sys.argv = ['manage.py', '{command}', 'fresh']; import django; django.setup();"
        "import delivery.jobs, cohorts.jobs, streamhub.clock;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('allauth', 'qrcode', 'oauthlib')])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "streamhub.settings", "STREAMHUB_DATA": str(configured.DATA_DIR)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=configured.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
