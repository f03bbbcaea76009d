"""The door granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from streamhub import loading, tracing

loading.begin()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamhub.settings")

tracing.begin()
application = get_wsgi_application()
