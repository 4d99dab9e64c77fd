"""One exit code per cause, so that a scheduler and its operator need not read a log to know what to do.

An error class names its code where it is defined: `exit_code = ExitCode.LOCKED`. A class derived from it has the same
code until it names another. An error without a code is a bug of ours.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Every code that a command can leave with.

    Attributes:
        meaning: what it says to whoever reads the README.
    """

    meaning: str

    def __new__(cls, code: int, meaning: str) -> "ExitCode":
        """A number with its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "published, or published before from the same inputs"
    USAGE = 2, "usage or settings, or the machine lacks something"
    INPUT = 10, "a table breaks its contract, or features drifted too far"
    CONSENT = 11, "the list of consents cannot be trusted"
    MODEL = 12, "a model is missing, damaged or failed its gates"
    INFEASIBLE = 13, "the limits cannot hold together"
    NO_PLAN_IN_TIME = 14, "no plan within the gap in time"
    AUDIT = 15, "the audit found something, or earlier sets are damaged: not committed"
    LOCKED = 16, "another run works on the date, took it over, or committed meanwhile"
    DISK = 17, "the disk"
    NO_ANSWER = 18, "MLflow or the Spark cluster does not answer, or Spark was killed"
    OTHER_INPUTS = 19, "published already, from other inputs"
    POLICY = 20, "a formula or rule cannot be read"
    UNKNOWN_CUSTOMER = 21, "the date has no such customer (`explain`)"
    BUG = 70, "a bug"
    INTERRUPTED = 130, "interrupted"  # what a shell expects of Ctrl-C


def exit_code(error: BaseException) -> ExitCode:
    """The code of an error's class, or of the nearest class it derives from; a bug where none names one.

    Other libraries' errors may have an attribute of this name; only a code of ours counts.
    """
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    code = getattr(type(error), "exit_code", None)
    return code if isinstance(code, ExitCode) else ExitCode.BUG
