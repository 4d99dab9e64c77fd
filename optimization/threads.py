"""How many threads share the work on large problems; whatever their number, what comes out is the same to the bit."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import local
from time import thread_time
from typing import TypeVar

DEFAULT_THREADS = 2
_threads = ContextVar("threads", default=DEFAULT_THREADS)
_Part = TypeVar("_Part")
_Answer = TypeVar("_Answer")


@contextmanager
def sharing(threads: int) -> Iterator[None]:
    """Inside, work is shared by so many threads."""
    before = _threads.set(threads)
    try:
        yield
    finally:
        _threads.reset(before)


def each(function: Callable[[_Part], _Answer], parts: Sequence[_Part]) -> list[_Answer]:
    """The function's answers for the parts, in order. The parts are cut without regard to the number of threads."""
    threads = min(_threads.get(), len(parts))
    if threads <= 1:
        return [function(part) for part in parts]
    timed = list(_pool(threads).map(lambda part: _timed(function, part), parts))
    _shared.seconds = _shared_seconds() + sum(seconds for _, seconds in timed) / threads
    return [answer for answer, _ in timed]


def processor_seconds() -> float:
    """The processor time of this thread, and of those that shared its work (`each`) divided by their number.

    Unlike the clock it does not move while other processes have the processor. Native solvers run in this thread.
    """
    return thread_time() + _shared_seconds()


_shared = local()


def _shared_seconds() -> float:
    return float(getattr(_shared, "seconds", 0.0))


def _timed(function: Callable[[_Part], _Answer], part: _Part) -> tuple[_Answer, float]:
    began = thread_time()
    answer = function(part)
    return answer, thread_time() - began


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)
