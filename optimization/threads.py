"""How many threads share the work on large problems; whatever their number, what comes out is the same to the bit."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
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
    return list(_pool(threads).map(function, parts))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)
