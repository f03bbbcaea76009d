"""How the admin looks (django-unfold): our colours, and our navigation at its side."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse


def _asset(name: str) -> Any:
    return lambda request: static(f"streamhub/{name}")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "StreamHub",
    "SITE_HEADER": "StreamHub",
    "SITE_URL": "/",
    "SITE_ICON": _asset("mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _asset("mark.svg")}],
    "STYLES": [_asset("tokens.css"), _asset("admin.css")],
    "SCRIPTS": [_asset("admin.js")],
    "BORDER_RADIUS": "8px",
    "SHOW_HISTORY": True,
    "COLORS": {
        "base": {
            "50": "#f6f7f9", "100": "#f1f3f6", "200": "#e2e6ec", "300": "#cbd2dc", "400": "#97a1b1", "500": "#5d6776",
            "600": "#49525f", "700": "#38414f", "800": "#262d39", "900": "#141820", "950": "#0d1016",
        },
        "primary": {
            "50": "#eef0fe", "100": "#e0e3fd", "200": "#c7ccfb", "300": "#a5acfb", "400": "#8084f7", "500": "#5b5ef0",
            "600": "#4f46e5", "700": "#4338ca", "800": "#3730a3", "900": "#312e81", "950": "#23264a",
        },
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": True, "navigation": "streamhub.admin_theme.sidebar"},
}  # fmt: skip

# Our icons by the names that the theme's icon font has for them.
SYMBOLS = {
    "activity": "monitoring",
    "zap": "bolt",
    "webhook": "webhook",
    "layout-grid": "grid_view",
    "send": "send",
    "inbox": "inbox",
    "layers": "layers",
    "user": "person",
    "users": "group",
    "refresh-cw": "sync",
    "blocks": "extension",
    "sliders-horizontal": "tune",
    "settings": "settings",
}
ADMINISTRATION = (
    ("Users", "person", "admin:auth_user_changelist"),
    ("Groups", "group", "admin:auth_group_changelist"),
    ("Jobs", "stacks", "admin:django_rq_dashboard_changelist"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The product's groups and pages, then what only the admin has."""
    from streamhub.navigation import build

    groups = [
        {
            "title": group.title,
            "items": [_item(e.text, SYMBOLS.get(e.icon, "chevron_right"), e.url, request) for e in group.entries],
        }
        for group in build(request).groups
    ]
    own = [_item(text, symbol, reverse(door), request) for text, symbol, door in ADMINISTRATION]
    return [*groups, {"title": "Accounts and jobs", "items": own}]


def _item(title: str, symbol: str, url: str, request: HttpRequest) -> dict[str, Any]:
    is_index = url == reverse("admin:index")
    active = request.path == url if is_index else request.path.startswith(url) and url.startswith("/admin/")
    return {"title": title, "icon": symbol, "link": url, "active": active}
