"""Where pages find styles and scripts: the collected copies with a hash in their name, or, before anything was
collected (tests, a fresh checkout), the files as they lie in their packages."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name


class HubStaticFilesConfig(StaticFilesConfig):
    """Leaves out what no page loads: it is two thirds of the files in the wheels."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "htmx-4*", "htmax-4*", "htmx-2.js", "ext", "worker-*", "keybinding-*", "snippets", "esm-resolver.js",
    ]  # fmt: skip
