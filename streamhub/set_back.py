"""Notices that the machine's clock was set back, by the one clock that never is."""

import time

LEAST = 5.0  # seconds; a smaller correction delays nothing that anybody would notice


class SetBack:
    """`look` returns by how many seconds the time of day was set back since the last look, 0.0 if it was not."""

    def __init__(self) -> None:
        self._ahead = _ahead()

    def look(self) -> float:
        before, self._ahead = self._ahead, _ahead()
        step = before - self._ahead
        return step if step >= LEAST else 0.0


def _ahead() -> float:
    return time.time() - time.monotonic()
