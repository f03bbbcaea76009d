"""Jinja2 as a payload language, under the limits of the FreeMarker engine and with its errors."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.reading import Reference

from .reading import references
from .template import Template

__all__ = ["Reference", "Template", "TemplateError", "references"]
