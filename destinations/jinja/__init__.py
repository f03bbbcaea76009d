"""Jinja2 as a payload language, under the limits of the FreeMarker engine and with its errors."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.lint import Finding
from destinations.freemarker.reading import Reference
from destinations.jinja.lint import lint
from destinations.jinja.reading import references
from destinations.jinja.template import Template

__all__ = ["Finding", "Reference", "Template", "TemplateError", "lint", "references"]
