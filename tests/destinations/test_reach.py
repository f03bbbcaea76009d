"""What a message's integrations and denied consents mean for one destination, as tables."""

import pytest

from destinations.consent_rules import BadConsent, check_consent
from destinations.reach import Reach
from events.restrictions import restrictions_of

CRM = Reach.of("CRM", "rudderstack-webhook", None, [])


def refusal(message, reach=CRM):
    restrictions = restrictions_of(message)
    return reach.refusal(restrictions) if restrictions else None


@pytest.mark.parametrize(
    ("integrations", "goes"),
    [
        (None, True),
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": "yes"}, False),
        ({"All": 1}, False),
        ({"All": None}, False),
        ("text", False),
        ([], False),
        ({"CRM": False}, False),
        ({"crm": False}, True),
        ({"Other": False}, True),
        ({"All": False, "CRM": True}, True),
        ({"All": False, "CRM": {}}, True),
        ({"All": False, "CRM": {"fullPath": "x"}}, True),
        ({"All": False, "CRM": None}, False),
        ({"All": False, "CRM": "yes"}, False),
        ({"All": True, "CRM": "no"}, True),
        ({"All": False, "Webhook": {}}, True),
        ({"All": True, "Webhook": False}, False),
        ({"All": True, "Webhook": False, "CRM": True}, True),
        ({"rudderstack-webhook": False}, False),
    ],
)
def test_integrations(integrations, goes):
    words = refusal({"integrations": integrations})
    assert (words is None) == goes
    assert words is None or words.startswith("the message's integrations")


def test_what_says_nothing_is_not_kept():
    for integrations in (None, {}, {"All": True}, {"All": True, "CRM": True}, {"CRM": {}}):
        assert restrictions_of({"integrations": integrations, "context": {"consentManagement": {}}}) is None


def consent(denied, provider=None, strategy=None):
    given = {"deniedConsentIds": denied, "provider": provider, "resolutionStrategy": strategy}
    return {"context": {"consentManagement": given}}


@pytest.mark.parametrize(
    ("message", "needed", "goes"),
    [
        (consent(["C1"]), [], True),
        (consent([], "oneTrust"), [{"provider": "oneTrust", "ids": ["C1"]}], True),
        (consent(["C2"], "oneTrust"), [{"provider": "oneTrust", "ids": ["C1"]}], True),
        (consent(["C1"], "oneTrust"), [{"provider": "oneTrust", "ids": ["C1", "C2"]}], False),
        (consent(["C1"], "oneTrust", "and"), [{"provider": "oneTrust", "ids": ["C1", "C2"]}], False),
        (consent(["C1"], "oneTrust", "or"), [{"provider": "oneTrust", "ids": ["C1", "C2"]}], True),
        (consent(["C1", "C2"], "oneTrust", "or"), [{"provider": "oneTrust", "ids": ["C1", "C2"]}], False),
        (consent(["C1"], "ketch"), [{"provider": "oneTrust", "ids": ["C1"]}], True),
        (consent(["C1"], "custom", "or"), [{"provider": "custom", "ids": ["C1", "C2"], "strategy": "and"}], False),
        (consent(["C1"], "custom", "and"), [{"provider": "custom", "ids": ["C1", "C2"], "strategy": "or"}], True),
        (consent(["C1"]), [{"provider": "oneTrust", "ids": ["C1", "C2"]}], False),
        (consent(["C1"]), [{"provider": "ketch", "ids": ["C1", "C2"]}], True),
        (consent(["C1", "C2"]), [{"provider": "ketch", "ids": ["C1", "C2"]}], False),
        (consent(["C1"]), [{"provider": "custom", "ids": ["C1"]}], True),
        (consent("C1"), [{"provider": "oneTrust", "ids": ["C1"]}], True),
        ({"context": "odd"}, [{"provider": "oneTrust", "ids": ["C1"]}], True),
    ],
)  # fmt: skip
def test_consent(message, needed, goes):
    words = refusal(message, Reach.of("CRM", "webhook", None, check_consent(needed)))
    assert (words is None) == goes
    assert words is None or words.startswith("its user has denied consent to “C1")


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        ("text", (), "Write a list"),
        ([1], (), "Write a list"),
        ([{"provider": "x", "ids": ["a"]}], (0, "provider"), "“x” is not one of oneTrust"),
        ([{"provider": "ketch"}], (0, "ids"), "Write a list of consent ids"),
        ([{"provider": "ketch", "ids": [" "]}], (0, "ids"), "Write a list of consent ids"),
        ([{"provider": "ketch", "ids": ["a" * 101]}], (0, "ids"), "At most 100"),
        ([{"provider": "ketch", "ids": ["a"], "strategy": "or"}], (0, "strategy"), "Only “custom”"),
        ([{"provider": "custom", "ids": ["a"], "strategy": "x"}], (0, "strategy"), "not one of and, or"),
        ([{"provider": "ketch", "ids": ["a"], "id": 1}], (0, "id"), "not a known key"),
        ([{"provider": "ketch", "ids": ["a"]}, {"provider": "ketch", "ids": ["b"]}], (1, "provider"), "occurs twice"),
    ],
)
def test_what_is_refused(given, place, words):
    with pytest.raises(BadConsent) as caught:
        check_consent(given)
    assert caught.value.problems[0][0] == place
    assert words in caught.value.problems[0][1]
