"""Notes on an event: what was changed on the way in, in words."""


def counted(count: int, noun: str) -> str:
    """`1 character`, `3 characters`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
