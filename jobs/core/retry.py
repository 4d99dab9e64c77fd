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

    Raises:
        RegistryAway: there was no answer in time.
        Exception: whatever else `ask` raises.
    """
    last: list[RegistryAway] = []
    deadline = monotonic() + seconds

    def keep_asking() -> Answer:
        while monotonic() < deadline:
            try:
                return ask()
            except RegistryAway as error:
                last[:] = [error]
                sleep(PAUSE_SECONDS)
        raise RegistryAway(f"{service} does not answer")

    try:
        return answer_within(seconds, service, keep_asking)
    except RegistryAway:
        reason = str(last[0]) if last else f"{service} does not answer"
        raise RegistryAway(f"{reason} (waited {seconds:g} seconds)") from None


def answer_within(seconds: float, service: str, ask: Callable[[], Answer]) -> Answer:
    """The answer of one call, if it comes in time.

    A client may try again for minutes inside one call, so the call is made by a thread that is left behind when the
    time is up; it ends with the process.

    Raises:
        RegistryAway: there was no answer in time.
        Exception: whatever `ask` raises.
    """
    ended: SimpleQueue[Answer | BaseException] = SimpleQueue()

    def put_answer() -> None:
        try:
            ended.put(ask())
        except BaseException as error:
            ended.put(error)

    Thread(target=put_answer, daemon=True).start()
    try:
        answer = ended.get(timeout=seconds)
    except Empty:
        raise RegistryAway(f"{service} does not answer (waited {seconds:g} seconds)") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer
