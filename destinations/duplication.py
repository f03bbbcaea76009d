"""A second destination like the first, to be changed without touching what is in use."""

from destinations.models import Destination
from destinations.secrets import readable
from destinations.specification import describe, save
from destinations.stored_secrets import secrets_of


def duplicate(destination: Destination) -> Destination:
    """Copies everything, secrets included, under a name of its own and switched off. Only the signature is left out:
    one secret vouches for one destination.

    Raises InvalidDestination where what is stored could not be saved today (its address is no longer allowed, say),
    and SecretUnreadable where a secret cannot be read.
    """
    for header in destination.header_list:
        readable(header.value)
    secrets_of(destination)
    payload = {
        "mode": destination.payload_mode,
        "language": destination.language,
        "template": destination.template,  # also one that is not in use
    }
    changed = {"name": _free_name(destination), "payload": payload, "signing": None, "enabled": False}
    return save(destination.project, describe(destination, with_secrets=True) | changed)[0]


def _free_name(destination: Destination) -> str:
    """`Orders copy`, `Orders copy 2`, ...; shortened where it would be too long."""
    taken = set(destination.project.destinations.values_list("name", flat=True))
    longest = Destination._meta.get_field("name").max_length or 0
    number = 1
    while True:
        end = " copy" if number == 1 else f" copy {number}"
        name = destination.name[: longest - len(end)].rstrip() + end
        if name not in taken:
            return name
        number += 1
