"""What may stop a night for a reason that its operator can act on."""


class SourceError(RuntimeError):
    """A source table cannot be read as sources.yaml says."""


class Drifted(RuntimeError):
    """Features or scores have moved further than deployment.yaml allows: look at the data, or train anew."""


class ConsentError(RuntimeError):
    """The list of consents is missing, empty, stale or shrunk: nobody may be contacted on its word."""


class AuditFailed(RuntimeError):
    """A set of decisions breaks what it must keep; it is not committed."""


class Locked(RuntimeError):
    """Another run works on the same date."""


class PublishedFromOtherInputs(RuntimeError):
    """The date has a committed set, and today's inputs make another one."""


class DiskFailed(RuntimeError):
    """The published folder cannot be written or read; what was published before is untouched."""


class ClusterAway(RuntimeError):
    """No master of the Spark cluster answers."""


class UnknownCustomer(LookupError):
    """The population of the date has no such customer."""
