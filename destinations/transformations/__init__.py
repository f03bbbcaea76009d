"""What a destination makes of events before its filter and its payload see them: a template that yields JSON, or steps.

docs/transformations.md is the guide.
"""
