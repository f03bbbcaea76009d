"""Tables in the admin that hands must not change: rows the road itself writes, in millions."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from unfold.admin import ModelAdmin

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts no further than 10,000: counting millions would cost more than showing a page of them."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[:MOST_COUNTED].count()


class ShowOnly:
    """Mixed into an admin or an inline: rows can be looked at, not added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class RawRows(ShowOnly, ModelAdmin):
    """Shows rows, newest first, and changes none."""

    ordering = ("-pk",)
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Sequence[str]:
        return self.fields or [field.name for field in self.opts.fields]


def as_json(value: Any) -> str:
    """A JSON column, indented."""
    return as_text(json.dumps(value, indent=2, ensure_ascii=False))


def as_text(text: str) -> str:
    """Text whose lines matter, in a box that scrolls (admin.css)."""
    return format_html('<pre class="sh-raw" tabindex="0">{}</pre>', text)
