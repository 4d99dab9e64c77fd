"""Messages of errors that are safe to show: our own as they are, of all others the class alone.

Messages of Spark, pyarrow or Python may hold the value that caused the error, and values are customers' data.
"""

import os
import traceback
from collections.abc import Iterator
from contextlib import suppress

from conf.exit_codes import ExitCode, exit_code

VARIABLE = "ONEOFFER_SHOW_ERRORS"
"""Set to 1, it shows the messages of unexpected errors too: for data that everybody at the console may see."""


def safe_message(error: BaseException) -> str:
    """One line or more for run.json and people; of an error that is not ours its class and Spark's condition."""
    return str(error) if exit_code(error) != ExitCode.BUG else " from ".join(_kind(link) for link in chain(error))


def trace(error: BaseException) -> str:
    """Where an unexpected error came from, frame by frame; its message only where the operator asked for messages."""
    if os.environ.get(VARIABLE) == "1":
        return "".join(traceback.format_exception(error))
    lines = []
    for link in reversed(list(chain(error))):
        lines += ["Traceback (most recent call last):\n", *traceback.format_tb(link.__traceback__), f"{_kind(link)}\n"]
    hint = f"Messages are left out, they may hold customers' values; {VARIABLE}=1 shows them.\n"
    return "".join([*lines, hint])


def chain(error: BaseException, *, with_suppressed: bool = False) -> Iterator[BaseException]:
    """The error, and what it was raised from or in the handling of, as a traceback would show them.

    Args:
        with_suppressed: also those that `from None` hides.
    """
    seen: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in seen:
        seen.append(now)
        yield now
        is_hidden = now.__suppress_context__ and not with_suppressed
        now = now.__cause__ or (None if is_hidden else now.__context__)


def _kind(error: BaseException) -> str:
    condition = None
    with suppress(Exception):  # Spark's errors ask the JVM, which may be gone
        condition = getattr(error, "getCondition", lambda: None)()
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name} ({condition})" if condition else name
