"""What people see when a page can't be shown: in words, with a way on."""

import logging
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import trigger_client_event

from streamhub.request_ids import shown_path

logger = logging.getLogger(__name__)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no page was asked to read: a form beyond all bounds, a host name that is not the hub's."""
    title, text = _refusal(exception)
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    if getattr(request, "htmx", False):
        return trigger_client_event(HttpResponse(status=status), "toast", {"level": "bad", "text": f"{title} {text}"})
    return HttpResponse(render_to_string("errors/refused.html", {"title": title, "text": text}), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, _template(request, "not_found"), status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, _template(request, "forbidden"), {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open while its session ended, or whose browser keeps no cookies."""
    return render(request, "errors/stale_form.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Needs no database. The id it shows stands in the log right before the traceback."""
    number = uuid4().hex[:12]
    logger.error("Error %s: %s %s failed, the traceback follows", number, request.method, shown_path(request))
    return HttpResponse(render_to_string("errors/broken.html", {"number": number}), status=500)


def _refusal(exception: Exception) -> tuple[str, str]:
    in_a_file = "Write the long lists in a file and bring it in with Import, or with manage.py apply."
    match exception:
        case TooManyFieldsSent():
            most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}"
            return "That form has too many entries.", f"Nothing was saved. A form may have {most}. {in_a_file}"
        case RequestDataTooBig():
            most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024**2:g} MB"
            return "That form is too large.", f"Nothing was saved. A form may have {most}. {in_a_file}"
        case DisallowedHost():
            advice = "Whoever runs it adds the name in the address bar to STREAMHUB_HOSTS."
            return "The hub doesn’t know itself by this name.", advice
    return "The hub can’t read that request.", "Nothing was changed. Go back, reload the page and try again."


def _template(request: HttpRequest, name: str) -> str:
    """In the shell for those who are signed in."""
    shell = hasattr(request, "user") and request.user.is_authenticated
    return f"errors/{name}.html" if shell else f"errors/{name}_signed_out.html"
