"""Entry point of the command line: one exit code per cause, a traceback only for a bug."""

import os
import sys
from collections.abc import Callable

from jobs.core.environment import SETTINGS

OURS_ALONE = 0o027
"""What is made is for its owner and, to read, the owner's group."""


def main() -> None:
    """Run one command and leave with its exit code."""
    os.umask(os.umask(OURS_ALONE) | OURS_ALONE)  # the JVM inherits it; a stricter one of the operator's stays
    os.environ.update(SETTINGS)  # before any library that reads them is imported
    from jobs.cli.commands import app  # noqa: PLC0415

    sys.exit(run(app))


def run(command: Callable[[], object]) -> int:
    """Call the command; its errors become a sentence and an exit code.

    Raises:
        SystemExit: the command left by itself: usage errors and help do.
    """
    from conf.exit_codes import ExitCode, exit_code  # noqa: PLC0415

    try:
        command()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        code = exit_code(error)
        if code == ExitCode.BUG:
            from jobs.core.error_text import trace  # noqa: PLC0415

            sys.stderr.write(trace(error))
            sys.stderr.write("This is a bug in oneoffer; the lines above say where.\n")
        else:
            sys.stderr.write(f"{error}\n")
        return code
    return ExitCode.OK


if __name__ == "__main__":
    main()
