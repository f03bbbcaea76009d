"""URL templates: every value escaped for its place, and a host that nothing moves."""

import pytest

from destinations.freemarker import TemplateError
from destinations.kind.definition import Choice, Kind, Parameter, Request
from destinations.kind.url_template import BadURLTemplate, URLTemplate


def choices(*values):
    return tuple(Choice(value, value) for value in values)


PARAMETERS = (
    Parameter("base", "Base", type="url", required=True),
    Parameter("optional", "Optional", type="url"),
    Parameter("host", "Host", type="choice", required=True, choices=choices("eu.example.com", "us.example.com")),
    Parameter("region", "Region", type="choice", required=True, choices=choices("eu", "us")),
    Parameter("bad", "Bad", type="choice", required=True, choices=choices("eu.example.com/x", "a@b")),
    Parameter("api", "API", type="choice", required=True, choices=choices("https://eu.example.com", "https://x.com")),
    Parameter("text", "Text"),
)
SCOPE = {
    "parameters": {
        "base": "https://own.example.com/v1",
        "host": "eu.example.com",
        "region": "eu",
        "api": "https://eu.example.com",
        "text": "a/../b?c=d&e=ü#",
    },
    "input": {"id": "..", "in_cohort": True, "number": 12},
}
ESCAPED = "a%2F..%2Fb%3Fc%3Dd%26e%3D%C3%BC%23"


def template(url):
    return URLTemplate(Kind("k", "K", "events", "c", "s", parameters=PARAMETERS, request=Request(url=url)))


RENDERED = {
    "plain": ("https://example.com/a", "https://example.com/a"),
    "in the path": ("https://example.com/${parameters.text}/x", f"https://example.com/{ESCAPED}/x"),
    "in the query": ("https://example.com/?q=${parameters.text}", f"https://example.com/?q={ESCAPED}"),
    "a number": ("https://example.com/${input.number}", "https://example.com/12"),
    "within a text": ('https://example.com/${"x${parameters.text}"}', f"https://example.com/x{ESCAPED}"),
    "escaped by its author": ("https://example.com/${parameters.text?url}", f"https://example.com/{ESCAPED}"),
    "a host to choose": ("https://${parameters.host}:8443/a", "https://eu.example.com:8443/a"),
    "a part of a host": ("https://api.${parameters.region}.example.com/a", "https://api.eu.example.com/a"),
    "a URL to choose": ("${parameters.api}/a", "https://eu.example.com/a"),
    "a URL to type": ("${parameters.base}/a", "https://own.example.com/v1/a"),
    "nothing but a URL to type": ("${parameters.base}", "https://own.example.com/v1"),
    "a condition behind it": (
        "${parameters.base}<#if input.in_cohort>?wait=1</#if>",
        "https://own.example.com/v1?wait=1",
    ),
    "enter and leave": ("https://example.com/${input.in_cohort?then('add', 'remove')}/", "https://example.com/add/"),
    "a list": ("https://example.com/?<#list ['a', 'b'] as x>x=${x}<#sep>&</#list>", "https://example.com/?x=a&x=b"),
}


@pytest.mark.parametrize("name", RENDERED)
def test_rendered(name):
    source, url = RENDERED[name]
    assert template(source).render(SCOPE) == url


REFUSED = {
    "a text as the host": "https://${parameters.text}/",
    "an event in the host": "https://${input.id}.example.com/",
    "an event that goes on with the host": "https://example.com${input.id}",
    "a text that goes on with a chosen URL": "${parameters.api}${parameters.text}",
    "a condition in the host": "https://<#if input.in_cohort>a<#else>b</#if>.example.com/",
    "a choice that is more than a host": "https://${parameters.bad}/",
    "a URL inside": "https://example.${parameters.base}/",
    "a URL that may be missing": "${parameters.optional}/x",
    "a default that leads elsewhere": "${parameters.base!input.id}/x",
    "another scheme": "ftp://example.com/",
    "no scheme": "example.com/x",
    "a macro": "https://example.com/<#macro m>x</#macro><@m/>",
    "a captured text": "https://example.com/<#assign x>a</#assign>${x}",
    "a scheme to choose": "${parameters.host}://example.com/",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    with pytest.raises(BadURLTemplate):
        template(REFUSED[name])


@pytest.mark.parametrize(
    "source", ["https://example.com/${input.id}/x", "https://example.com/${parameters.text?url_path}"]
)
def test_no_value_climbs_out_of_its_path(source):
    with pytest.raises(TemplateError, match="would change it"):
        template(source).render(SCOPE)


def test_a_user_part_cannot_be_made_of_a_colon():
    with pytest.raises(BadURLTemplate):
        template("https://example.com:${input.id}@evil.example/")
