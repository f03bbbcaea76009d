"""The door granian serves: the pages and ingest of wsgi.py, with each request's body read before a thread is taken."""

from streamhub.buffering import Buffered
from streamhub.wsgi import application as pages  # sets Django up, which the views' limits need

# isort: split
from streamhub.body_limits import most_bytes
from streamhub.request_threads import begin_threads

application = Buffered(pages, begin_threads(), most_bytes)
