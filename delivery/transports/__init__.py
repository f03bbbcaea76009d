"""The only ways out of the product."""

from delivery.transports.seam import (
    BODY_CAP,
    ERROR_KINDS,
    Outcome,
    OutgoingRequest,
    Transport,
    Try,
    send_many,
)

__all__ = ["BODY_CAP", "ERROR_KINDS", "Outcome", "OutgoingRequest", "Transport", "Try", "send_many"]
