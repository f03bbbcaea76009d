"""An annotation as a form. Times are UTC, to the minute."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db import transaction

from events.annotations.models import Annotation
from events.annotations.rules import MOST_CATEGORY, TEXTS, InvalidAnnotation, save_annotation, save_category
from events.models import Project
from events.webforms import HubForm

SOURCE = "browser"
LOCAL = "%Y-%m-%dT%H:%M"


def _moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(widget=widget, input_formats=[LOCAL, f"{LOCAL}:%S"], **more)


class AnnotationForm(HubForm):
    label = forms.CharField(label="What happened", max_length=TEXTS["label"])
    start = _moment(label="When (UTC)")
    end = _moment(label="Until (optional)", required=False)
    category = forms.CharField(
        label="Category (optional)",
        required=False,
        max_length=MOST_CATEGORY,
        widget=forms.TextInput(attrs={"list": "annotation-categories", "autocomplete": "off"}),
    )
    details = forms.CharField(
        label="Details (optional)",
        required=False,
        max_length=TEXTS["details"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, project: Project, annotation: Annotation | None = None, **more: Any) -> None:
        self.project, self.annotation = project, annotation
        super().__init__(*args, initial=more.pop("initial", None) or _stored(annotation), **more)
        self.categories = list(project.annotation_categories.values_list("name", flat=True))

    def save(self) -> Annotation | None:
        """None where the rules refuse it: then the fields say why."""
        values = self.cleaned_data
        try:
            with transaction.atomic():  # a category is made only together with what it is for
                category = save_category(self.project, values["category"]) if values["category"].strip() else None
                return save_annotation(self.project, values | {"category": category}, self.annotation, source=SOURCE)
        except InvalidAnnotation as error:
            for problem in error.problems:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
            return None


def _stored(annotation: Annotation | None) -> dict[str, Any]:
    if annotation is None:
        return {"start": datetime.now(UTC).replace(second=0, microsecond=0)}
    return {
        "label": annotation.label,
        "start": annotation.start,
        "end": annotation.end,
        "category": annotation.category.name if annotation.category else "",
        "details": annotation.details,
    }
