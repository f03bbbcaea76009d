"""Requests that mappings make of a message: JSONPath or constant to body, query, headers and path. (pure)

docs/compatibility.md has the rules, as a table that follows RudderStack's HTTP webhook destination.
"""
