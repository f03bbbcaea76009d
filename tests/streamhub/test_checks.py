"""`check --deploy`: clean as it should be set, and words for each thing that must not be so."""

import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError

from streamhub import checks
from tests.hub import ROOT, without_settings

PRODUCTION = {
    "SECRET_KEY": "0a1b2c" * 10,
    "STREAMHUB_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "STREAMHUB_HOSTS": "hub.example.com,localhost",
    "STREAMHUB_ORIGINS": "https://hub.example.com",
    "STREAMHUB_HTTPS": "true",
    "STREAMHUB_TRUSTED_PROXIES": "10.1.2.0/24",
}


def manage(tmp_path: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = without_settings(os.environ) | PRODUCTION | {"STREAMHUB_DATA": str(tmp_path)} | variables
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_clean_under_production_settings(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues (2 silenced)" in done.stdout


def test_each_thing_that_must_not_be_so_is_told(tmp_path):
    wrong = {
        "DEBUG": "true",
        "SECRET_KEY": "short",
        "STREAMHUB_ENCRYPTION_KEYS": "A" * 43 + "=",
        "STREAMHUB_HOSTS": "*,hub.example.com",
        "STREAMHUB_HTTPS": "false",
        "STREAMHUB_ALLOWED_NETWORKS": "10.0.0.0/8",
    }
    done = manage(tmp_path, "check", "--deploy", **wrong)
    assert done.returncode == 1
    for number in (1, 2, 3, 4, 5, 7):
        assert f"(streamhub.E00{number})" in done.stderr
    assert done.stderr.count("HINT:") >= 6


def test_a_hub_without_tls_gets_one_hint_that_names_our_variable(tmp_path):
    done = manage(tmp_path, "check", "--deploy", STREAMHUB_HTTPS="false", STREAMHUB_HOSTS="localhost")
    assert "(streamhub.W001)" in done.stderr
    assert "(security." not in done.stderr


def test_it_does_not_start_where_others_reach_it(tmp_path):
    for command in ("up", "web"):
        done = manage(tmp_path, command, "--host", "0.0.0.0", SECRET_KEY="short")
        assert done.returncode == 1
        assert "SECRET_KEY has fewer than 50 characters" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "reachable"),
    [("127.0.0.1", False), ("127.1.2.3", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True)],
)
def test_who_can_reach_a_host(settings, host, reachable):
    settings.DEBUG = True
    assert checks.is_reachable(host) == reachable
    if reachable:
        with pytest.raises(CommandError, match="DEBUG is on"):
            checks.refuse_to_start(host)
    else:
        checks.refuse_to_start(host)


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ("0.0.0.0/0", True),
        ("10.0.0.0/8", True),
        ("127.0.0.0/8", True),
        ("127.0.0.1/32", True),
        ("169.254.169.254/32", True),
        ("::/0", True),
        ("fd00::/8", True),
        ("::1/128", True),
        ("10.20.0.0/16", False),
        ("192.168.1.7/32", False),
        ("fd12:3456:789a::/48", False),
    ],
)
def test_networks(settings, network, told):
    settings.ALLOWED_NETWORKS = (ip_network(network),)
    assert ("streamhub.E005" in [one.id for one in checks.production(None)]) == told


def test_https_without_a_proxy(settings):
    settings.HTTPS, settings.TRUSTED_PROXIES = True, ()
    assert "streamhub.E006" in [one.id for one in checks.production(None)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login/", 301),
        ("/p/shop/", 301),
        ("/", 301),
        ("/healthz", 200),
        ("/2/httpapi", 405),
        ("/nowhere", 404),
    ],
)
def test_pages_lead_to_https_and_nothing_else_does(settings, client, db, path, status):
    from streamhub import settings as ours

    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [ours.PAGES_ONLY]
    assert client.get(path).status_code == status
