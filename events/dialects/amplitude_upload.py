"""Events in Amplitude's shape, from whichever address they came: key, checks, store, answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.timezone import now

from events import ingest_limit, refusals
from events.accept import accept
from events.database_faults import PASSING, is_mistake
from events.dialects import amplitude_answers as answers
from events.dialects.amplitude_events import EventReader
from events.dialects.amplitude_ids import MIN_LENGTH
from events.dialects.jsonbody import Document
from events.models import Project
from events.refusals import Sender
from events.write_keys import project_of

MEGABYTE = 1024 * 1024
MAX_EVENTS = 2000


@dataclass(slots=True)
class Upload:
    """What one request brings. `document` is where the events were read from, `size` its length in bytes."""

    api_key: Any
    events: Any
    document: Document
    size: int
    client_upload_time: Any = None
    min_id_length: int = MIN_LENGTH
    # How the address calls its list of events.
    events_field: str = "events"
    # As it came, to be looked at where it is refused.
    raw: bytes = field(default=b"", repr=False)


def take(request: WSGIRequest, upload: Upload) -> answers.Answer:
    """Answers once everything is committed, or with what is wrong and nothing stored."""
    if upload.api_key in (None, ""):
        return answers.missing_field("api_key")
    try:
        project = project_of(upload.api_key)
        if project is None:
            return answers.invalid_key(upload.api_key)
        received, sender = now(), Sender.of(request)
        answer = _take(upload, project, received, sender.address or None)
        if answer["code"] != 200 and ingest_limit.count(project, answer["code"], received):
            refusals.keep(project.pk, sender, received, answer["code"], [(answers.reason(answer), upload.raw)])
        return answer
    except PASSING as error:
        if is_mistake(error):
            raise
        return answers.unavailable()


def _take(upload: Upload, project: Project, received: datetime, address: str | None) -> answers.Answer:
    if upload.events in (None, "", []):
        return answers.missing_field(upload.events_field)
    if not isinstance(upload.events, list):
        return answers.refused(400, "Invalid event JSON", detail=f"{upload.events_field} must be a list")
    if len(upload.events) > MAX_EVENTS:
        return answers.refused(413, answers.TOO_LARGE)
    if wait := ingest_limit.seconds_to_come_again(project, len(upload.events)):
        return answers.throttled(project.most_events_per_second, len(upload.events), wait, ingest_limit.reason(project))
    reader = EventReader(
        project.pk,
        received,
        client_upload_time=upload.client_upload_time,
        address=address,
        min_id_length=upload.min_id_length,
        unclean=upload.document.unclean,
        long_strings=upload.document.long_strings,
    )
    incoming = reader.read(upload.events)
    if reader.problems:
        return reader.problems.answer()
    return answers.accepted(accept(project, incoming, received).stored, upload.size, received)
