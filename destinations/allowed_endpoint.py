"""URLs as this installation lets them be sent to."""

from django.conf import settings

from destinations.endpoint import BadURL, Endpoint, check_url
from destinations.inbox_address import allowed_with_inbox


def endpoint_of(url: str) -> Endpoint:
    """The URL checked against this installation's settings. Raises BadURL."""
    return check_url(url, allowed=allowed_with_inbox(url), require_https=settings.REQUIRE_HTTPS)


def leads_elsewhere(url: str, stored: str) -> bool:
    """Whether secrets that were stored along with a URL ("": none yet) would go to another host than its own. One that
    names no host counts as another: whatever follows it may name any."""
    if not stored:
        return False
    try:
        return endpoint_of(stored).origin != endpoint_of(url).origin
    except BadURL:
        return True
