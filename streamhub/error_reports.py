"""What a report of an error says of values: nothing. Django writes them for whoever switches such reports on (ADMINS),
and what is at hand where a page breaks may be a secret, or somebody's data. The names, lines and traceback stay."""

from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class WithoutValues(SafeExceptionReporterFilter):
    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        if not self.is_active(request):  # DEBUG: somebody sits in front of it
            return super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        given = super().get_post_parameters(request)
        return dict.fromkeys(given, self.cleansed_substitute) if self.is_active(request) else given
