"""DECLARED and USED, from the templates' trees."""

import pytest

from destinations.kind.definition import Auth, HeaderLine, Identifier, Kind, MappingField, Parameter, Request
from destinations.kind.uses import usages


def kind(template, language="freemarker", **request):
    return Kind(
        "k", "K", "events", "c", "s",
        parameters=(Parameter("key", "Key"), Parameter("app", "App")),
        mappings=(MappingField("user"),),
        request=Request(template=template, language=language, url="https://example.com/", **request),
    )  # fmt: skip


def table(kind):
    return {usage.name: (usage.where, usage.fault) for usage in usages(kind)}


BODIES = {
    "freemarker": "<#-- ${parameters.app} -->${parameters.key} ${mappedFields['user']} ${parameters.gone}",
    "jinja2": "{# parameters.app #}{{ parameters.key }} {{ mappedFields['user'] }} {{ parameters.gone }}",
}


@pytest.mark.parametrize("language", BODIES)
def test_from_the_tree_not_the_text(language):
    found = table(kind(BODIES[language], language))
    assert found == {
        "key": (["body"], ""),
        "app": ([], "unused"),
        "user": (["body"], ""),
        "gone": (["body"], "undeclared"),
    }


def test_every_place_and_its_line():
    found = usages(
        kind(
            "a\n${parameters.key}",
            headers=(HeaderLine("X-Key", "${parameters.key}"),),
            auth=Auth("basic", {"user": "${parameters.app}", "password": ""}),
        )
    )
    key, app, user = found
    assert [(use.where, use.line) for use in key.uses] == [("header X-Key", 1), ("body", 2)]
    assert key.uses[0].place == ("request", "headers", 0, "value")
    assert app.where == ["authentication"]
    assert user.fault == "unused"


def test_all_of_them_at_once_uses_them_all():
    assert {
        fault for _, fault in table(kind("${UtilClass.toJsonString(parameters)} ${mappedFields.user}")).values()
    } == {""}


def test_a_template_that_does_not_parse_is_left_out():
    assert table(kind("${parameters.", headers=(HeaderLine("X-Key", "${parameters.key}"),)))["key"] == (
        ["header X-Key"],
        "",
    )


def test_the_parameter_that_chooses_the_identifier_is_used():
    one = kind("")
    cohort = Kind("k", "K", "cohorts", "c", "s", parameters=one.parameters, identifier=Identifier(parameter="app"))
    assert table(cohort)["app"] == (["identifier"], "")
