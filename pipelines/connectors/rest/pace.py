"""How fast a source is asked, over all connections."""

from __future__ import annotations

import time
from threading import Lock


class Pace:
    """Counts requests and holds each back until it is due."""

    def __init__(self, per_second: float | None) -> None:
        self.count = 0
        self._gap = 1 / per_second if per_second else 0.0
        self._due = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may be made."""
        with self._lock:
            self.count += 1
            due = max(self._due, time.monotonic())
            self._due = due + self._gap
        time.sleep(max(0.0, due - time.monotonic()))
