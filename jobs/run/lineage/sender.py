"""Sends events in the background, in order, so that a run never waits for a receiver."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from openlineage.client.event_v2 import RunEvent

Make = Callable[[], RunEvent]


class Sender:
    """Builds and delivers events in their order, and counts those that arrived.

    Attributes:
        error: what kept the first event that did not arrive.
    """

    def __init__(self, deliver: Callable[[RunEvent], None]) -> None:
        self.error: Exception | None = None
        self.sent = self.arrived = 0
        self._deliver = deliver
        self._waiting: SimpleQueue[Make | None] = SimpleQueue()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def send(self, make: Make) -> None:
        """Send what `make` builds, when its turn comes."""
        self.sent += 1
        self._waiting.put(make)

    def close(self, seconds: float) -> int:
        """Wait so long for what is still to be sent, and leave it then; how many have not arrived."""
        self._waiting.put(None)
        self._thread.join(seconds)
        return self.sent - self.arrived

    def _work(self) -> None:
        while (make := self._waiting.get()) is not None:
            try:
                self._deliver(make())
                self.arrived += 1
            except Exception as error:  # whatever it is, the night goes on
                self.error = self.error or error
