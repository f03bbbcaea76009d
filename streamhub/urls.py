"""Every door, on one page."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path

from delivery.hooks import views as webhooks
from delivery.hooks.door import receive as receive_webhook
from delivery.inbox_receiver import receive
from streamhub.api.hub import urls as management_api
from streamhub.api.reference import api_reference
from streamhub.pages import (
    audit,
    health,
    help,
    inbox,
    members,
    metrics,
    overview,
    project,
    queues,
    second_factor,
    secrets,
    sign_in,
    sign_in_code,
    tokens,
    transfer,
    welcome,
    write_key,
)
from streamhub.second_factor.required import before_second_factor
from streamhub.single_sign_on.routes import routes as single_sign_on_routes

# The admin's own sign-in page sends people to ours.
admin.site.login = login_not_required(login_required(admin.site.login))  # type: ignore[method-assign]

# Below /p/<project>/.
pages: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("inbox/", inbox.page, name="inbox_page"),
    path("inbox/clear/", inbox.clear, name="inbox_clear"),
    path("destinations/import/", transfer.import_page, name="destinations_import"),
    path("destinations/<int:pk>/file/", transfer.download, name="destination_file"),
    path("destinations/<int:pk>/secrets/", secrets.destination_secrets, name="destination_secrets"),
    path("channels/<int:pk>/secrets/", secrets.alert_channel_secrets, name="alert_channel_secrets"),
    path("queues/", queues.queues, name="queues"),
    path("settings/", project.settings_page, name="project"),
    path("settings/delete/", project.delete, name="project_delete"),
    path("settings/write-key/", write_key.write_key, name="project_write_key"),
    path("settings/secret-key/", project.new_secret, name="project_secret"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/<int:pk>/", members.member, name="member"),
    path("settings/members/<int:pk>/link/", members.member_link, name="member_link"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/secrets/", secrets.webhook_secrets, name="webhook_secrets"),
    path("settings/audit/", audit.audit_page, name="audit"),
    path("", include("events.annotations.urls")),
    path("", include("destinations.urls")),
    path("", include("delivery.urls")),
    path("", include("delivery.monitors.urls")),
    path("", include("cohorts.urls")),
]

urlpatterns = [
    # Events in, and what watches over the hub.
    path("", include("events.urls")),
    path("", include("cohorts.api.urls")),
    path("", include("events.annotations.api.urls")),
    path("inbox/<str:token>", receive, name="inbox"),
    re_path(r"^hooks/amplitude/(?P<key>[^/]+)/?$", receive_webhook, name="hooks"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", management_api()),
    path("help/", help.help_index, name="help"),
    path("help/api/", api_reference, name="api_reference"),
    path("help/images/<str:name>", help.help_image, name="help_image"),
    path("help/<path:page>/", help.help_page, name="help_page"),
    # People.
    path("", overview.home, name="home"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("login/code/", sign_in_code.sign_in_code, name="sign_in_code"),
    *single_sign_on_routes(),
    path("logout/", before_second_factor(LogoutView.as_view()), name="logout"),
    path("password/", sign_in.PasswordChange.as_view(), name="password_change"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("welcome/<str:uidb64>/<str:token>/", welcome.Welcome.as_view(), name="welcome"),
    path("projects/new/", project.new, name="project_new"),
    path("p/<slug:project>/", include(pages)),
    path("admin/", admin.site.urls),
]

handler400 = "streamhub.pages.errors.refused"
handler403 = "streamhub.pages.errors.forbidden"
handler404 = "streamhub.pages.errors.not_found"
handler500 = "streamhub.pages.errors.broken"
