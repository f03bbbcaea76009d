"""Signatures: vectors that other implementations agree on, and what a stranger may change."""

from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from delivery.signing import make_signer

KEY = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
LONG = "whsec_zlMLEKy9AyEYG+GhI+dX4jOVkX/JmVTbcMeILKZ5/Gw7Sn15zzGIB3yWue5EMe0YI7w0fUauApqAF1O9+05sDg=="
SHORT = "whsec_zlMLEKy9AyEYG+GhI+dX4jOVkX/JmVTb"
OLD = "whsec_jTnEYdZ4HRIHpxLO2LTXZm/CRQXVQr3mFw7lG5fZiOQ="
T = 1767225600
ORDER = '{"external_id":"u-42","name":"click event"}'

# Name: (secrets, seconds after T, body, signature); made by the rule and verified with packages in two languages.
VECTORS = {
    "32 bytes": ([KEY], 0, ORDER, "v1,TL9B+zDU/69xNpdlpl0ZV/xvNzKEUGvmNajFHvwC7uI="),
    "beyond ASCII": (
        [KEY],
        1,
        '{"city":"Zürich","ok":"✓","emoji":"🚀"}',
        "v1,Y/HlNbwHouj+MTLP9W7uUobHEbyavbR17x/aAOeMqXQ=",
    ),
    "no body": ([KEY], 2, "", "v1,O2UTXmWGyv8NUTrxjVKxDF3uM0MiRGK2oJzhYvQsC+c="),
    "a line feed at the end": ([KEY], 3, '{"a":1}\n', "v1,y02kZCrggyWgjvVpwevhMcaY6uGtZSYlSXMZxXRADWk="),
    "64 bytes": ([LONG], 4, ORDER, "v1,4HvkBWPsWJFmml3jMI5P6vcwJipqvhMhkclYsSVExkY="),
    "24 bytes": ([SHORT], 5, ORDER, "v1,DPsj/L6Ya7tfrj3chVXtS5i0scM7Pcg/4QU78E+e91k="),
    "two secrets": (
        [KEY, OLD],
        6,
        ORDER,
        "v1,s1tP/4tklJ/kDx3ORv/BSX5tWqeELRgV0ASfB9nqyxw= v1,0n36DgdnYUmXLy56E/eZ7vV0/KU+V+OtimO/E33+RzY=",
    ),
}
HMAC = {"scheme": "hmac", "header": "X-Signature", "algorithm": "sha256", "encoding": "hex", "prefix": ""}
HMAC |= {"content": "{body}", "timestamp_header": ""}
SHA512 = (
    "bc45a01959c446b5d9a4daad9d3cbe0c6ce2424a01935894f61905946b28ae19"
    "b8a3d13b8e9d518deb5b9d341053a728b38b671716a6be5ff6e5f49aaa927556"
)
# What receivers of that style check, over the body and time of the first vector.
STYLES = {
    "GitHub": (
        {"header": "X-Hub-Signature-256", "prefix": "sha256="},
        [("X-Hub-Signature-256", "sha256=636800b435ba85a6a0a5b2bb9352509b97bc4f2111c7b0cf591744c706aef999")],
    ),
    "Stripe": (
        {"header": "Stripe-Signature", "prefix": "t={timestamp},v1=", "content": "{timestamp}.{body}"},
        [("Stripe-Signature", f"t={T},v1=1e707841795ca2d5b2021d817b76fdf1612839c94155d47b1ce45eb3b5e6b014")],
    ),
    "Slack": (
        {
            "header": "X-Slack-Signature",
            "timestamp_header": "X-Slack-Request-Timestamp",
            "prefix": "v0=",
            "content": "v0:{timestamp}:{body}",
        },
        [
            ("X-Slack-Request-Timestamp", str(T)),
            ("X-Slack-Signature", "v0=b581721147a93c4f76747b843a8fab8da66366d6de77df019eb8e9b7bf59cf60"),
        ],
    ),
    "base64": ({"encoding": "base64"}, [("X-Signature", "Y2gAtDW6haagpbK7k1JQm5e8TyERx7DPWRdExwau+Zk=")]),
    "sha512": (
        {"algorithm": "sha512"},
        [
            (
                "X-Signature",
                SHA512,
            )
        ],
    ),
}


def standard(*secrets: str, until: str = "2099-01-01T00:00:00Z"):
    stored = [{"value": value, "until": until if number else None} for number, value in enumerate(secrets)]
    return make_signer({"scheme": "standard"}, stored)


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name):
    secrets, seconds, body, signature = VECTORS[name]
    number = list(VECTORS).index(name) + 1
    headers = standard(*secrets)(f"msg_docs_{number}", body.encode(), T + seconds + 0.9)
    assert headers == [("webhook-timestamp", str(T + seconds)), ("webhook-signature", signature)]


@pytest.mark.parametrize("style", STYLES)
def test_other_styles(style):
    settings, headers = STYLES[style]
    signer = make_signer(HMAC | settings, [{"value": "plain text key é", "until": None}])
    assert signer("msg_1", ORDER.encode(), T) == headers


def verified(headers, body, secret=KEY) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_what_a_stranger_changes_is_noticed():
    moment = datetime.now(UTC).timestamp()
    good = {"webhook-id": "msg_1"} | dict(standard(KEY)("msg_1", ORDER.encode(), moment))
    assert verified(good, ORDER)
    assert not verified(good, ORDER.replace("42", "43"))
    assert not verified(good | {"webhook-id": "msg_2"}, ORDER)
    assert not verified(good | {"webhook-timestamp": str(int(moment) + 1)}, ORDER)
    assert not verified(good, ORDER, secret=OLD)
    late = {"webhook-id": "msg_1"} | dict(standard(KEY)("msg_1", ORDER.encode(), moment - 310))
    assert not verified(late, ORDER)


def test_an_old_secret_signs_until_its_end():
    signer = standard(KEY, OLD, until="2026-01-01T00:00:10Z")
    counts = [len(dict(signer("m", b"", T + late))["webhook-signature"].split(" ")) for late in (0, 9, 10, 11)]
    assert counts == [2, 2, 1, 1]


def test_nothing_is_signed_without_settings():
    assert make_signer({}, []) is None
