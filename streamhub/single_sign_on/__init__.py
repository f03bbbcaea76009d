"""Signing in at an OpenID Connect provider of the operator's. Off until it is configured: then no route leads here.

django-allauth speaks the protocol (state, PKCE, the exchange of the code); what the provider said is checked here, and
who that is in the hub is decided here. The way into a session is that of all others, `streamhub/signing_in.py`.
"""
