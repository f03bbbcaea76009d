"""Jinja2 as a payload language, under the limits of the FreeMarker engine and with its errors."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.reading import Reference

from .lint import Finding, lint
from .reading import references
from .template import Template

__all__ = ["Finding", "Reference", "Template", "TemplateError", "lint", "references"]
