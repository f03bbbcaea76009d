"""Every refused address on both transports, as it is dialled, and a real name server that answers differently twice."""

import json
import shutil
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from delivery.transports import OutgoingRequest, make_transport, send_many
from tests.destinations.test_endpoint import REFUSED

ROOT = Path(__file__).resolve().parents[2]
# What came of a request that reached nobody.
HARMLESS = ("refused_address", "bad_request", "dns", "other")
OWN_NETWORK = ["unshare", "--map-root-user", "--mount", "--net"]


def _has_own_networks() -> bool:
    if not shutil.which("unshare") or not shutil.which("ip"):
        return False
    return subprocess.run([*OWN_NETWORK, "true"], capture_output=True, check=False).returncode == 0


def _is_address(text: str) -> bool:
    try:
        ip_address((urlsplit(text).hostname or "").partition("%")[0])
    except ValueError:
        return False
    return text.endswith("/") and "@" not in text and "\\" not in text


LITERALS = [text for text, _ in REFUSED if text.isascii() and _is_address(text) and "[v" not in text]
LITERALS += ["http://0x7f.0.0.1/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://0/"]


@pytest.mark.parametrize("name", ["curl", "requests"])
def test_no_refused_address_is_dialled(name: str) -> None:
    """As if the check at save had let them all through."""
    transport = make_transport(name)
    requests = [OutgoingRequest("POST", text, (), b"x", connect_timeout=2, total_timeout=2) for text in LITERALS]
    kinds = {outcome.request.url: outcome.error_kind for outcome in send_many(requests, transport)}
    transport.close()
    assert len(kinds) == len(set(LITERALS)) > 40
    # What is no address to a transport at all goes nowhere either.
    assert {url: kind for url, kind in kinds.items() if kind not in HARMLESS} == {}
    assert sum(kind == "refused_address" for kind in kinds.values()) > 35


@pytest.mark.skipif(not _has_own_networks(), reason="needs a network of its own: unshare and ip, and leave to use them")
@pytest.mark.parametrize("name", ["curl", "requests"])
def test_a_name_server_that_changes_its_mind(name: str) -> None:
    command = [*OWN_NETWORK, sys.executable, "-m", "tests.delivery.rebinding", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "looked_up": "127.0.0.2",  # what a check before the call would have seen, and let through
        "rebound": "refused_address",
        "mixed": "200",
        "refused": "refused_address",
        "reached": {"127.0.0.2": 1, "127.0.0.1": 0},
    }
