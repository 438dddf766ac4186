"""A lock whose waiters are served in the order in which they came.

Python's own lock, and SQLAlchemy's pool built on it, goes to whoever asks at the right moment: under load one
thread writes and the others starve until their wait runs out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from suwen.core.errors import StoreLocked


class Turns:
    """First come, first served; not reentrant."""

    def __init__(self, wait_seconds: float) -> None:
        self._wait_seconds = wait_seconds
        self._line: deque[Event] = deque()
        self._guard = Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Holds the lock inside. Raises `StoreLocked` if the turn does not come within `wait_seconds`."""
        self._acquire()
        try:
            yield
        finally:
            with self._guard:
                self._line.popleft()
                if self._line:
                    self._line[0].set()

    def _acquire(self) -> None:
        mine = Event()
        with self._guard:
            self._line.append(mine)
            if self._line[0] is mine:
                return
        if mine.wait(self._wait_seconds):
            return
        with self._guard:
            if mine is self._line[0]:
                return
            self._line.remove(mine)
        raise StoreLocked("The database is busy: too many writers are waiting; try again.")
