"""The project's settings for tests: all state in a folder that goes away, plain static files, quick passwords."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="streamhub-test-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["STREAMHUB_DATA"] = str(_data)
# The receivers of the tests are on this machine.
os.environ.setdefault("STREAMHUB_ALLOWED_NETWORKS", "127.0.0.0/8")

from streamhub.settings import *  # noqa: E402, F403
from streamhub.settings import DATABASES, REDIS_URL, RQ_QUEUES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because live servers and worker processes open it too.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
    # Nor does that file have to outlive a power cut.
    options = DATABASES["default"]["OPTIONS"]
    DATABASES["default"]["OPTIONS"] = options | {
        "init_command": options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    }
if not REDIS_URL.startswith("unix://"):
    # Test processes side by side share a Redis server, but not a database of it.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    REDIS_URL = f"{REDIS_URL.rstrip('/')}/{worker}"
    for queue in RQ_QUEUES.values():
        queue["URL"] = REDIS_URL
