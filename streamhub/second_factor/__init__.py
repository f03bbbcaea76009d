"""Second factors of accounts: a code from an app beside the password, with codes for the day the phone is lost.

django-allauth keeps them (its `mfa` app); the pages, and the way in, are ours (docs/decisions/0018). Imported by
processes with pages only: workers leave allauth out.
"""
