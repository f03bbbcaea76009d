"""The very request that a destination would send for one event, made for looking at and for a test."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from delivery.batches import Source, sample_of
from delivery.kind_requests import NotSent
from delivery.message_ids import trial_id
from delivery.recording import in_words
from delivery.requests import RequestBuilder
from delivery.retries import ONE_TRY
from delivery.transports.seam import OutgoingRequest
from destinations.allowed_endpoint import endpoint_of
from destinations.batch_bodies import CannotJoin
from destinations.curl import curl_command
from destinations.endpoint import BadURL
from destinations.models import Destination
from destinations.payloads import TemplateError
from destinations.secrets import SecretUnreadable
from destinations.transformations.results import TransformationFailed
from destinations.transformations.wanting import Wanting, wanting_of
from events.jsontext import loads

Data = dict[str, Any]


class CannotSend(Exception):
    """No request can be made; the message says why. `kind` as in delivery.advice."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """`request` holds the secrets; `hidden` blanks them in any text. `events`: how many are in it, 0 where it is no
    batch."""

    builder: RequestBuilder
    request: OutgoingRequest
    events: int = 0

    @property
    def has_secrets(self) -> bool:
        return self.command() != self.command(with_secrets=True)

    def command(self, *, with_secrets: bool = False) -> str:
        """The request as a curl command; without secrets as the delivery log would show it."""
        request, body = self.request, self.request.body.decode()
        certificate = request.certificate is not None
        if not request.sealed:
            request.begin_try()
        if with_secrets:
            headers = [*request.headers, *request.sealed, *self._token_to_come]
            return curl_command(request.method, request.url, headers, body, certificate=certificate)
        headers = [*loads(self.builder.shown(request)), *self._token_to_come]
        url = self.hidden(request.url)
        return curl_command(request.method, url, headers, self.hidden(body), certificate=certificate)

    @property
    def _token_to_come(self) -> list[tuple[str, str]]:
        """An access token is fetched when the request is sent, so the command names its place."""
        return [("Authorization", "Bearer <access token>")] if self.request.grant and not self.request.bearer else []

    def hidden(self, text: str) -> str:
        return self.builder.without_secrets(text)


def trial_request(
    destination: Destination,
    data: Data,
    came_as: Data | None = None,
    others: Iterable[tuple[Data, Data | None]] = (),
) -> TrialRequest:
    """`data`: an event's stored data, `came_as`: the message that it came as; `others`: of events that may go with it,
    where the destination sends batches. One try, and the destination's own timeouts. Raises CannotSend."""
    try:
        endpoint_of(destination.url)
        builder = RequestBuilder(destination)
        wanting = wanting_of(destination)
        source = (data, came_as, _transformed(wanting, data, came_as))
        made, events = sample_of(builder, source, _sources(wanting, others))
        request = builder.outgoing(made, None, trial_id())
    except (BadURL, CannotJoin) as error:
        raise CannotSend("bad_request", str(error)) from None
    except TemplateError as error:
        raise CannotSend("template", in_words(error)) from None
    except NotSent as error:
        raise CannotSend(error.kind, str(error)) from None
    except TransformationFailed as error:
        raise CannotSend("template", str(error)) from None
    except SecretUnreadable as error:
        raise CannotSend("secret", f"{error}.".capitalize()) from None
    request.tries = ONE_TRY
    return TrialRequest(builder, request, events)


def _sources(wanting: Wanting, others: Iterable[tuple[Data, Data | None]]) -> Iterator[Source]:
    """Those that something is made of."""
    for data, came_as in others:
        with suppress(TransformationFailed, CannotSend):
            yield data, came_as, _transformed(wanting, data, came_as)


def _transformed(wanting: Wanting, data: Data, came_as: Data | None) -> Data | None:
    """What the destination's transformation makes of the event, the first where it makes several. Raises
    TransformationFailed, and CannotSend where it drops it."""
    if not wanting.transforms:
        return None
    result = wanting.result(data, came_as)
    if not result.events:
        raise CannotSend("skipped", f"Nothing would be sent: {result.reason}.")
    return result.events[0]
