from django.apps import AppConfig


class StreamHubConfig(AppConfig):
    name = "streamhub"
    verbose_name = "StreamHub"

    def ready(self) -> None:
        from streamhub import sign_in_trail  # noqa: F401 - listens to signals
