"""The command line, and the public API: `from oneoffer import Problem, Limit, solve`.

Everything else lies in five packages whose names other projects have too. From the first use of this module on they are
found beside this file, before anything of PYTHONPATH or the working folder. Importing it alone changes nothing.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conf.errors import SettingsError
    from conf.limit import Limit
    from conf.load import load as load_settings
    from conf.settings import Settings
    from models.feature_table import feature_table
    from models.training_table import training_set
    from optimization import BadInput, Infeasible, LimitUse, NoPlanInTime, Plan, Problem, Status, solve

__all__ = [
    "BadInput",
    "Infeasible",
    "Limit",
    "LimitUse",
    "NoPlanInTime",
    "Plan",
    "Problem",
    "Settings",
    "SettingsError",
    "Status",
    "feature_table",
    "load_settings",
    "solve",
    "training_set",
]
PUBLIC = dict.fromkeys(__all__, "optimization") | {
    "Settings": "conf.settings",
    "SettingsError": "conf.errors",
    "feature_table": "models.feature_table",
    "load_settings": "conf.load",
    "training_set": "models.training_table",
}
"""Where each name of the API lies."""
CALLED_THERE = {"load_settings": "load"}
PACKAGES = ("conf", "expectations", "jobs", "models", "optimization")
HOME = os.path.dirname(os.path.abspath(__file__))
OURS_ALONE = 0o027
"""What is made is for its owner and, to read, the owner's group."""
USAGE = 2


class OwnPackages:
    """Finds our five packages beside this file, whatever else of their names lies on the path.

    The folder itself does not go on the path: installed, it holds every package of the environment.
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As importlib asks its finders."""
        return PathFinder.find_spec(name, [HOME], target) if path is None and name in PACKAGES else None


def put_ours_first() -> None:
    """From here on `import conf` and the like find our packages.

    Raises:
        ImportError: another package of such a name was imported before; the message names its file.
    """
    for name in PACKAGES:
        module = sys.modules.get(name)
        if module is not None and not _is_ours(module, name):
            raise ImportError(
                f"{_file_of(module)} is imported as {name!r}, which is a package of oneoffer's own: take it off "
                "PYTHONPATH, or out of what Python imports at its start (sitecustomize, .pth files), or use oneoffer "
                "in a process of its own"
            )
    if OwnPackages not in sys.meta_path:
        sys.meta_path.insert(0, OwnPackages)


def main() -> None:
    """Run one command and leave with its exit code."""
    os.umask(os.umask(OURS_ALONE) | OURS_ALONE)  # the JVM inherits it; a stricter one of the operator's stays
    try:
        put_ours_first()
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USAGE)
    from jobs.core.environment import SETTINGS  # noqa: PLC0415

    os.environ.update(SETTINGS)  # before any library that reads them is imported
    from jobs.cli.commands import app  # noqa: PLC0415

    sys.exit(run_command(app))


def run_command(command: Callable[[], object]) -> int:
    """Call the command; its errors become a sentence and an exit code, a traceback only for a bug.

    Raises:
        SystemExit: the command left by itself: usage errors and help do.
    """
    from conf.exit_codes import ExitCode, exit_code  # noqa: PLC0415
    from jobs.core.deaths import deaths_named  # noqa: PLC0415

    try:
        with deaths_named():
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


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"module 'oneoffer' has no attribute {name!r}")
    put_ours_first()
    value = getattr(import_module(PUBLIC[name]), CALLED_THERE.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _is_ours(module: ModuleType, name: str) -> bool:
    folders = list(getattr(module, "__path__", []))
    return any(os.path.realpath(folder) == os.path.realpath(os.path.join(HOME, name)) for folder in folders)


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", [])), "something without a file")


if __name__ == "__main__":
    main()
