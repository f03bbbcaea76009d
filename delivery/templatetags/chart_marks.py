"""Annotations over the charts: what pieces/plot.html and pieces/line_plot.html draw besides their own numbers."""

from typing import Any

from django import template
from django.urls import reverse

from delivery.chart_marks import marks_of
from events.annotations.rules import within

register = template.Library()

MOST_MARKS = 40


@register.inclusion_tag("pieces/chart_marks.html", takes_context=True)
def chart_marks(context: dict[str, Any], plot: Any) -> dict[str, Any]:
    """Of the page's project, in the time that the plot shows."""
    project, edges = context.get("project"), plot.edges
    if project is None or len(edges) < 2:
        return {"marks": []}
    annotations = within(project, edges[0], edges[-1], MOST_MARKS)
    return {"marks": marks_of(annotations, edges, reverse("annotations", args=[project.slug]))}
