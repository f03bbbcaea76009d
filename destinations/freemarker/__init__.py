"""A FreeMarker engine: `Template(source).render(data)`, the errors it raises, and what its tree tells."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.limits import Limits
from destinations.freemarker.lint import Finding, lint
from destinations.freemarker.reading import Reference, references
from destinations.freemarker.settings import PAYLOAD, STRICT, Settings
from destinations.freemarker.template import Template

__all__ = [
    "PAYLOAD",
    "STRICT",
    "Finding",
    "Limits",
    "Reference",
    "Settings",
    "Template",
    "TemplateError",
    "lint",
    "references",
]
