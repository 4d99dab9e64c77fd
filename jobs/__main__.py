"""Entry point of the command line: one exit code per cause, a traceback only for a bug."""

import os
import sys
import traceback

from jobs.environment import SETTINGS


def main() -> None:
    """Run one command and leave with its exit code."""
    os.environ.update(SETTINGS)  # before any library that reads them is imported
    from jobs.commands import app  # noqa: PLC0415

    sys.exit(_run(app))


def _run(app: object) -> int:
    from click.exceptions import ClickException, Exit  # noqa: PLC0415

    from jobs.exit_codes import BUG, OK, USAGE, exit_code  # noqa: PLC0415

    try:
        app(standalone_mode=False)  # type: ignore[operator]
    except Exit as error:
        return error.exit_code
    except ClickException as error:
        error.show()
        return USAGE
    except KeyboardInterrupt:
        return 130  # what a shell expects of Ctrl-C
    except Exception as error:
        code = exit_code(error)
        if code == BUG:
            traceback.print_exc()
            sys.stderr.write("This is a bug in oneoffer; the lines above say where.\n")
        else:
            sys.stderr.write(f"{error}\n")
        return code
    return OK


if __name__ == "__main__":
    main()
