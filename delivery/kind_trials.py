"""A kind in the making tried for real: the request that a destination of it would send."""

from typing import Any

from delivery.trial_request import TrialRequest, trial_request
from destinations.models import KindVersion
from destinations.portal.posted import without_empty_rows
from destinations.portal.trial import CannotRender, Given, event_of, readable_part, test_instance


def kind_trial(version: KindVersion, definition: dict[str, Any], given: Given) -> TrialRequest:
    """`definition`: as it is being written, `given`: the test instance's values. Raises CannotRender, CannotSend and
    BadSample."""
    kind = readable_part(version.kind.slug, without_empty_rows(definition), bytes(version.logo))
    if kind is None or kind.is_plain:
        raise CannotRender("There is no URL yet.")
    project = version.kind.project
    assert project is not None  # it is tried on a page of its project
    return trial_request(test_instance(project, kind, given), event_of(kind, given))
