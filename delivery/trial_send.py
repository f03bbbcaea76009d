"""A test: one real request through the real transport, without retries and outside the log."""

from dataclasses import dataclass
from http import HTTPStatus

from delivery.advice import Advice, advice
from delivery.hub_transport import hub_transport
from delivery.transports.seam import Outcome, send_many
from delivery.trial_request import TrialRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a test, the destination's secrets blanked. `status` is None where no answer came: see `error`."""

    status: int | None
    reason: str
    milliseconds: int
    headers: list[tuple[str, str]]
    body: str
    body_cut: bool
    error: str
    advice: Advice | None
    ok: bool


def send(trial: TrialRequest) -> Answer:
    """Waits for the answer, at most the request's total timeout, before that for an access token if it needs one."""
    transport = hub_transport(max_connections=1)
    try:
        (outcome,) = send_many([trial.request], transport)
    finally:
        transport.close()
    return _answer(trial, outcome)


def _answer(trial: TrialRequest, outcome: Outcome) -> Answer:
    trial.builder.judge(outcome)
    return Answer(
        status=outcome.status,
        reason=_reason(outcome.status),
        milliseconds=round(outcome.duration * 1000),
        headers=[(name, trial.hidden(value)) for name, value in outcome.headers],
        body=trial.hidden(outcome.body.decode(errors="replace")),
        body_cut=outcome.body_cut,
        error=trial.hidden(outcome.error),
        advice=advice(outcome.status, outcome.error_kind),
        ok=outcome.ok,
    )


def _reason(status: int | None) -> str:
    """HTTP's own words for a status; what a receiver may call it otherwise says nothing more."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
