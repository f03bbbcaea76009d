"""Kinds that ask for a signature, and for JSON as JavaScript writes it."""

import pytest

from destinations import specification
from destinations.kind.problems import BadKind
from destinations.kind.rules import read_kind
from destinations.models import Destination
from destinations.preview import preview, shown_headers
from destinations.stored_secrets import secrets_of

DEFINITION = {"name": "Example", "category": "Tests", "summary": "Signed.", "request": {"url": "https://a.example/"}}
WEBHOOKS = {
    "name": "Hook",
    "kind": "amplitude-webhooks",
    "parameters": {"receiver_url": "https://app.example.com/hook"},
}
SECRET = "a secret of the receiver"
SIGNED = {"signing": {"secrets": [{"value": SECRET}]}}


def kind(**more):
    request = DEFINITION["request"] | more.pop("request", {})
    return read_kind("example", DEFINITION | more | {"request": request})


def test_what_a_kind_says():
    found = kind(signing={"scheme": "hmac", "header": "X-Sum"}, request={"json": "javascript"})
    assert found.request.json == "javascript"
    assert found.signing["header"] == "X-Sum"
    assert found.signing["algorithm"] == "sha256"
    assert kind(signing={"scheme": "standard"}).signing == {"scheme": "standard"}
    assert kind().signing == kind(signing={"scheme": "none"}).signing == {}


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ({"signing": {"scheme": "md5"}}, "signing.scheme", "is not one of"),
        ({"signing": {"scheme": "hmac", "algorithm": "md5"}}, "signing.algorithm", "sha256"),
        ({"signing": {"scheme": "hmac", "secrets": [{"value": SECRET}]}}, "signing.secrets", "its own secrets"),
        ({"signing": "hmac"}, "signing", "Write {scheme"),
        ({"request": {"json": "python"}}, "request.json", "javascript"),
        ({"request": {"json": "javascript", "body": "message"}}, "request.json", "as it came"),
        (
            {"signing": {"scheme": "hmac"}, "request": {"headers": [{"name": "x-signature", "value": "1"}]}},
            "request.headers.0.name",
            "belongs to the signature",
        ),
    ],
)
def test_what_is_wrong(more, place, words):
    with pytest.raises(BadKind) as caught:
        kind(**more)
    (problem,) = caught.value.problems
    assert problem.path == place
    assert words in problem.message


@pytest.mark.django_db
class TestDestinations:
    @pytest.fixture
    def save(self, project):
        def save(existing=None, **given):
            destination, change = specification.save(project, WEBHOOKS | given, existing)
            return Destination.objects.get(pk=destination.pk), change

        return save

    def problems(self, save, **given):
        with pytest.raises(specification.InvalidDestination) as caught:
            save(**given)
        return {problem.field: problem.message for problem in caught.value.problems}

    def test_the_secret_comes_before_it_is_switched_on(self, save):
        destination, _ = save()
        assert destination.signing == {}
        assert [problem.field for problem in specification.missing(destination)] == ["signing.secrets"]
        with pytest.raises(specification.InvalidDestination):
            specification.set_enabled(destination, True)
        signed, change = save(destination, **SIGNED)
        assert change == "changed"
        assert (signed.signing["scheme"], signed.signing["header"]) == ("hmac", "X-Amplitude-Signature")
        assert specification.missing(signed) == []
        specification.set_enabled(signed, True)

    def test_what_is_stored_stays(self, save):
        destination, _ = save(**SIGNED, enabled=True)
        assert save(destination, enabled=True)[1] == "unchanged"
        assert save(destination, enabled=True, name="Other")[1] == "changed"
        assert secrets_of(Destination.objects.get())["signing"] == [{"value": SECRET, "until": None}]
        described = specification.describe(destination)
        assert described["signing"]["secrets"] is None
        assert save(destination, **described)[1] == "unchanged"
        assert secrets_of(Destination.objects.get())["signing"] == [{"value": SECRET, "until": None}]

    def test_none_at_all_is_no_choice(self, save):
        assert "by their signature" in self.problems(save, signing={"scheme": "none"}, enabled=True)["signing.scheme"]
        assert save(signing={"scheme": "none"})[0].signing == {}

    def test_another_header_is(self, save):
        destination, _ = save(signing={"scheme": "hmac", "header": "X-Sum", **SIGNED["signing"]}, enabled=True)
        assert destination.signing["header"] == "X-Sum"

    def test_the_preview_shows_the_very_bytes(self, save):
        template = '{"b": 1.0, "a": ${UtilClass.toJsonString(input.event_properties)}}'
        destination, _ = save(payload={"mode": "template", "template": template}, **SIGNED)
        shown = preview(destination, {"event_type": "A", "event_properties": {"x": "é", "9": 1e-7, "1": 2**60}})
        assert shown.body == '{"b":1,"a":{"1":"1152921504606846976","9":1e-7,"x":"é"}}'
        assert ("X-Amplitude-Signature", "(made for each try)") in shown_headers(destination)

    def test_a_body_that_is_no_json_is_not_sent(self, save):
        destination, _ = save(payload={"mode": "template", "template": '{"a": NaN}'}, **SIGNED)
        assert "The payload is not JSON: NaN" in str(preview(destination, {"event_type": "A"}).error)

    def test_the_original_event_is_rewritten_too(self, save):
        destination, _ = save(payload={"mode": "raw"}, **SIGNED)
        assert '"location_lat":1e-7,' in preview(destination, {"event_type": "A", "location_lat": 1e-07}).body
