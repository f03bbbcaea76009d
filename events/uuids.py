"""UUIDs of version 7 (RFC 9562): ordered by time, so that a new one lands at the end of its index."""

import os
from datetime import datetime
from uuid import UUID

VERSION_AND_VARIANT = 7 << 76 | 2 << 62
RANDOM_BITS = ((1 << 12) - 1) << 64 | (1 << 62) - 1


def time_ordered_uuids(count: int, at: datetime) -> list[UUID]:
    """`count` of them for one moment, ordered among themselves only by chance."""
    fixed = int(at.timestamp() * 1000) << 80 | VERSION_AND_VARIANT
    noise = os.urandom(10 * count)
    return [
        UUID(int=fixed | int.from_bytes(noise[start : start + 10], "big") & RANDOM_BITS)
        for start in range(0, 10 * count, 10)
    ]
