"""What docs/signing.md says, held against the program."""

import re
from pathlib import Path
from time import time

import pytest
import yaml

from delivery.oauth import grant, tokens
from delivery.signing import make_signer
from destinations import signing_rules, specification
from destinations.client_certificates import FEWEST_RSA_BITS
from events.models import Project

TEXT = (Path(__file__).resolve().parents[2] / "docs/signing.md").read_text()
KEY = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="


def test_numbers_in_the_text():
    assert (signing_rules.FEWEST_KEY_BYTES, signing_rules.MOST_KEY_BYTES, signing_rules.NEW_KEY_BYTES) == (24, 64, 32)
    assert (signing_rules.OVERLAP_HOURS, signing_rules.MOST_SECRETS) == ((24, 0, 168), 5)
    assert (grant.MARGIN_SECONDS, grant.RENEWED_AT, grant.FETCH_SECONDS) == (60, 0.8, 10)
    assert (tokens.YOUNG_SECONDS, tokens.FAILED_SECONDS) == (10, 10)
    assert FEWEST_RSA_BITS == 2048


@pytest.mark.django_db
def test_the_file_applies():
    (shop,) = yaml.safe_load(re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[1])["projects"]
    project = Project.objects.create(name=shop["name"])
    for given in shop["destinations"]:
        assert specification.save(project, given)[1] == "created"


def test_the_verifier_verifies():
    code = re.search(r"```python\n(import base64.*?)```", TEXT, re.DOTALL)[1]
    scope = {}
    exec(code, scope)
    body = b'{"a": "\xc3\xbc"}'
    headers = {"webhook-id": "msg_1"}
    headers |= make_signer({"scheme": "standard"}, [{"value": KEY, "until": None}])("msg_1", body, time())
    assert scope["verified"](KEY, headers, body)
    assert not scope["verified"](KEY, headers, body + b" ")
    assert not scope["verified"](KEY, headers | {"webhook-timestamp": "1767225600"}, body)


@pytest.mark.parametrize("style", re.findall(r"^\| (GitHub|Stripe|Slack|Shopify)", TEXT, re.MULTILINE))
def test_the_styles_can_be_saved(style):
    row = re.search(rf"^\| {style}[^|]*\|(.*)\|$", TEXT, re.MULTILINE)[1]
    header, prefix, content, timestamp_header = (cell.strip().strip("`") for cell in row.split("|"))
    given = {"scheme": "hmac", "header": header, "prefix": prefix, "content": content}
    given |= {"timestamp_header": timestamp_header, "secrets": [{"value": "long enough"}]}
    assert signing_rules.check_signing(given).settings["header"] == header
