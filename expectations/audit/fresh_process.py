"""A process that scores again, which may end in any way without harm to this one."""

import inspect
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from expectations.audit import rescore


class NoAnswer(Exception):
    """The process did not answer; its message says how it ended."""


def scored_again(models: Sequence[dict[str, Any]], customers: Sequence[dict[str, Any]], seconds: float) -> list[Any]:
    """What `expectations.audit.rescore` answers in a fresh process, a list of scores for each model.

    The program is handed over as text: started by its name it would first import the package around it, which brings
    the solver along.

    Raises:
        NoAnswer: it ended otherwise than it should, or not in time, or its answer is none.
    """
    asked = json.dumps({"models": models, "customers": customers})
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, by this very Python
            [sys.executable, "-P", "-c", inspect.getsource(rescore)],
            input=asked,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"was not done within {seconds:g} seconds") from None
    if ended.returncode != 0:
        raise NoAnswer(f"ended with {ended.returncode}")
    try:
        return list(json.loads(ended.stdout))
    except ValueError:
        raise NoAnswer("answered what cannot be read") from None
