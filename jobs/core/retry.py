"""Calls a service again until it answers, for at most a given time."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import TypeVar

from models.errors import RegistryAway

PAUSE_SECONDS = 1.0
Answer = TypeVar("Answer")


def retry_until(seconds: float, service: str, ask: Callable[[], Answer]) -> Answer:
    """The answer of `ask`, which is called again after each RegistryAway.

    A client may retry for minutes inside one call, so the calls are made by a thread that is left behind when the
    time is up; it ends with the process.

    Raises:
        RegistryAway: there was no answer in time.
        Exception: whatever else `ask` raises.
    """
    ended: SimpleQueue[Answer | BaseException] = SimpleQueue()
    last: list[RegistryAway] = []
    deadline = monotonic() + seconds

    def keep_asking() -> None:
        while monotonic() < deadline:
            try:
                return ended.put(ask())
            except RegistryAway as error:
                last[:] = [error]
            except BaseException as error:
                return ended.put(error)
            sleep(PAUSE_SECONDS)
        return None

    Thread(target=keep_asking, daemon=True).start()
    try:
        answer = ended.get(timeout=seconds)
    except Empty:
        reason = str(last[0]) if last else f"{service} does not answer"
        raise RegistryAway(f"{reason} (waited {seconds:g} seconds)") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer
