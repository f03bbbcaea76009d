"""The variables of one rendering, and its budget: what filters get as their first argument."""

from __future__ import annotations

from jinja2.runtime import Context

from destinations.jinja.budget import Budget


class RenderContext(Context):
    """Made anew for each rendering, so that the environment holds nothing of any."""

    budget: Budget
