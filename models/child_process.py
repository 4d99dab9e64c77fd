"""One of our programs in a process of its own: whatever goes wrong there does not go wrong here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import models


@dataclass(frozen=True)
class Written:
    """What the program left behind.

    Attributes:
        lines: whole lines of its output.
        errors: its other output.
        code: of its end; None where the time was up.
    """

    lines: list[str]
    errors: str
    code: int | None


def run_child(module: str, asked: object, limit_seconds: float) -> Written:
    """Run one of our modules with JSON on its input; it is killed when the time is up."""
    # Our packages come first, wherever they lie; without -P the working folder would come before them.
    home = str(Path(models.__path__[0]).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])}
    child = subprocess.Popen(  # noqa: S603  our own interpreter and modules
        [sys.executable, "-P", "-m", module],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        written, errors = child.communicate(json.dumps(asked), timeout=limit_seconds)
        code: int | None = child.returncode
    except subprocess.TimeoutExpired:
        child.kill()
        written, errors = child.communicate()
        code = None
    return Written([line for line in written.splitlines(keepends=True) if line.endswith("\n")], errors, code)
