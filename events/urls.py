"""The addresses that events come in by. Each answers with and without a slash at its end: a redirected POST is lost."""

from django.urls import re_path

from events.dialects import amplitude, amplitude_identify, segment, segment_config, segment_pixel

TYPES = "|".join(segment.TYPES)
SINGLE = "|".join([*segment.TYPES, *segment.LETTERS])

urlpatterns = [
    # Amplitude's.
    re_path(r"^2/httpapi/?$", amplitude.httpapi, name="amplitude-httpapi"),
    re_path(r"^batch/?$", amplitude.batch, name="amplitude-batch"),
    re_path(r"^identify/?$", amplitude_identify.identify, name="amplitude-identify"),
    re_path(r"^groupidentify/?$", amplitude_identify.groupidentify, name="amplitude-groupidentify"),
    # RudderStack's and Segment's.
    re_path(rf"^v1/(?P<wire_type>{SINGLE})/?$", segment.single, name="segment-single"),
    re_path(r"^v1/(?:batch|import|b)/?$", segment.batch, name="segment-batch"),
    re_path(r"^beacon/v1/batch/?$", segment.beacon, name="segment-beacon"),
    re_path(r"^pixel/v1/(?P<wire_type>track|page)/?$", segment_pixel.fields, name="segment-pixel"),
    re_path(rf"^v1/pixel/(?P<wire_type>{TYPES})/?$", segment_pixel.data, name="segment-pixel-data"),
    re_path(r"^sourceConfig/?$", segment_config.source_config, name="segment-source-config"),
    re_path(r"^v1/projects/(?P<key>[^/]+)/settings/?$", segment_config.cdn_settings, name="segment-settings"),
    re_path(r"^(?:v1/m|rsaMetrics)/?$", segment_config.metrics, name="segment-metrics"),
    re_path(r"^health/?$", segment_config.health, name="health"),
    re_path(r"^version/?$", segment_config.version, name="version"),
    re_path(r"^robots\.txt$", segment_config.robots, name="robots"),
]
