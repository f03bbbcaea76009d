from django.apps import AppConfig

from streamhub import loading


class StreamHubConfig(AppConfig):
    name = "streamhub"
    verbose_name = "StreamHub"

    def ready(self) -> None:
        from streamhub import checks, sign_in_trail  # noqa: F401 - they register themselves
        from streamhub.single_sign_on import checks as more_checks  # noqa: F401

        loading.end()
