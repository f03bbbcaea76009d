"""Messages as SDKs of the Segment specification send them, passed on in the form that RudderStack's webhooks have.

docs/compatibility.md says where this differs from RudderStack, and why.
"""
