"""What people see when a page can't be shown: in words, with a way on."""

import logging
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


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
    logger.error("Error %s: %s %s failed, the traceback follows", number, request.method, request.path)
    return HttpResponse(render_to_string("errors/broken.html", {"number": number}), status=500)


def _template(request: HttpRequest, name: str) -> str:
    """In the shell for those who are signed in."""
    shell = hasattr(request, "user") and request.user.is_authenticated
    return f"errors/{name}.html" if shell else f"errors/{name}_signed_out.html"
