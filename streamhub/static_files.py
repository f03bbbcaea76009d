"""The hashed, compressed copies of styles and scripts that the web process serves."""

import hashlib
from io import StringIO

from django.conf import settings
from django.core.management import call_command


def collect() -> None:
    """Collects them unless the stamp says that neither our own files nor the installed packages have changed."""
    stamp, version = settings.STATIC_ROOT / ".version", _version()
    if stamp.exists() and stamp.read_text() == version:
        return
    call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
    stamp.write_text(version)


def _version() -> str:
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "streamhub" / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()
