from django.apps import AppConfig


class StreamHubConfig(AppConfig):
    name = "streamhub"
    verbose_name = "StreamHub"
