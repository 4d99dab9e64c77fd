"""What may stop a night for a reason that its operator can act on."""

from conf.exit_codes import ExitCode


class SourceError(RuntimeError):
    """A source table cannot be read as sources.yaml says."""

    exit_code = ExitCode.INPUT


class Drifted(RuntimeError):
    """Features or scores have moved further than deployment.yaml allows: look at the data, or train anew."""

    exit_code = ExitCode.INPUT


class ConsentError(RuntimeError):
    """The list of consents is missing, empty, stale or shrunk: nobody may be contacted on its word."""

    exit_code = ExitCode.CONSENT


class AuditFailed(RuntimeError):
    """A set of decisions breaks what it must keep; it is not committed."""

    exit_code = ExitCode.AUDIT


class LedgerBroken(AuditFailed):
    """What our own earlier sets sent is not certain: a set, a commit or the ledger is damaged or gone."""


class Locked(RuntimeError):
    """Another run works on the same date."""

    exit_code = ExitCode.LOCKED


class PublishedFromOtherInputs(RuntimeError):
    """The date has a committed set, and today's inputs make another one."""

    exit_code = ExitCode.OTHER_INPUTS


class DiskFailed(RuntimeError):
    """The published folder cannot be written or read; what was published before is untouched."""

    exit_code = ExitCode.DISK


class ClusterAway(RuntimeError):
    """No master of the Spark cluster answers."""

    exit_code = ExitCode.NO_ANSWER


class SparkDied(RuntimeError):
    """A process of the Spark session was killed while it worked."""

    exit_code = ExitCode.NO_ANSWER


class MachineLacks(RuntimeError):
    """The machine has not what the command needs, or does not let it take that."""

    exit_code = ExitCode.USAGE


class UnknownCustomer(LookupError):
    """The population of the date has no such customer."""

    exit_code = ExitCode.UNKNOWN_CUSTOMER
