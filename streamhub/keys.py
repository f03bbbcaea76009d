"""The keys of an installation: made once on first use, kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

KEYS_FILE = "keys.env"
NAMES = ("SECRET_KEY", "STREAMHUB_ENCRYPTION_KEYS")


def load_keys(data: Path) -> None:
    """Puts both keys into the environment: variables that are set win, then DIR/keys.env, made if it is missing.

    Two processes that start together agree: the file is created exclusively, and whoever loses reads the winner's.
    """
    if all(os.environ.get(name) for name in NAMES):
        return
    path = data / KEYS_FILE
    try:
        if not path.exists():
            _create(path)
        text = path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {data} cannot be used ({error.strerror}: {error.filename}). Give this user the right to write "
            "there, or name another one with --data or STREAMHUB_DATA."
        ) from error
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name in NAMES and value:
            os.environ.setdefault(name, value)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = f"SECRET_KEY={secrets.token_urlsafe(50)}\nSTREAMHUB_ENCRYPTION_KEYS={Fernet.generate_key().decode()}\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)  # fails if another process was first; a reader never sees half a file
    except FileExistsError:
        pass
    finally:
        draft.unlink()
