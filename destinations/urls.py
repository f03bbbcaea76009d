"""Doors below /p/<project>/. What shows or touches deliveries too (the list, the switch) is in delivery/urls.py."""

from django.urls import path

from destinations.pages import (
    catalog,
    duplicate,
    filter,
    kind,
    mappings,
    new,
    payload,
    portal,
    portal_files,
    portal_life,
    security,
    sending,
    setup,
    upgrade,
)

urlpatterns = [
    path("catalog/", catalog.catalog_page, name="catalog"),
    path("catalog/<slug:kind>/", kind.kind_page, name="kind"),
    path("catalog/<slug:kind>/logo/", kind.kind_logo, name="kind_logo"),
    path("catalog/<slug:kind>/new/", new.destination_new, name="destination_new"),
    path("portal/", portal.portal, name="portal"),
    path("portal/new/", portal.portal_new, name="portal_new"),
    path("portal/import/", portal_files.portal_import, name="portal_import"),
    path("portal/<int:pk>/", portal.portal_kind, name="portal_kind"),
    path("portal/<int:pk>/preview/", portal.portal_preview, name="portal_preview"),
    path("portal/<int:pk>/logo/", portal.portal_logo, name="portal_logo"),
    path("portal/<int:pk>/life/", portal_life.portal_life, name="portal_life"),
    path("portal/<int:pk>/file/", portal_files.portal_file, name="portal_file"),
    path("destinations/<int:pk>/upgrade/", upgrade.destination_upgrade, name="destination_upgrade"),
    path("destinations/<int:pk>/", setup.destination, name="destination"),
    path("destinations/<int:pk>/payload/", payload.destination_payload, name="destination_payload"),
    path("destinations/<int:pk>/payload/preview/", payload.destination_preview, name="destination_preview"),
    path("destinations/<int:pk>/payload/trial/", payload.destination_trial, name="destination_trial"),
    path("destinations/<int:pk>/payload/samples/", payload.destination_samples, name="destination_samples"),
    path("destinations/<int:pk>/duplicate/", duplicate.destination_duplicate, name="destination_duplicate"),
    path("destinations/<int:pk>/filter/", filter.destination_filter, name="destination_filter"),
    path("destinations/<int:pk>/filter/rules/", filter.destination_filter_rules, name="destination_filter_rules"),
    path("destinations/<int:pk>/filter/effect/", filter.destination_filter_effect, name="destination_filter_effect"),
    path(
        "destinations/<int:pk>/filter/explanation/",
        filter.destination_filter_explanation,
        name="destination_filter_explanation",
    ),
    path("destinations/<int:pk>/mappings/", mappings.destination_mappings, name="destination_mappings"),
    path("destinations/<int:pk>/mappings/steps/", mappings.destination_mapping_steps, name="destination_mapping_steps"),
    path("destinations/<int:pk>/sending/", sending.destination_sending, name="destination_sending"),
    path("destinations/<int:pk>/security/", security.destination_security, name="destination_security"),
]
