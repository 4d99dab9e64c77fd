"""The gate between a table and its use: Spark counts in one pass, great-expectations judges the counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from pyspark.sql import DataFrame

from conf.exit_codes import ExitCode
from expectations.figures import SET_ASIDE, Rule, content_counts, rows_to_quarantine, structure_rules
from expectations.suite import unmet
from expectations.table import Severity, Table

__all__ = ["GateFailed", "GateReport", "check", "rows_to_quarantine"]


class GateFailed(Exception):
    """A table breaks its contract: mend the data, or change the contract if the data is right.

    Names columns and counts, never a value: values are customers' own.
    """

    exit_code = ExitCode.INPUT

    def __init__(self, report: "GateReport") -> None:
        self.report = report
        stops = report.of_severity("stop")
        causes = report.quarantines if any(breach.subject == SET_ASIDE for breach in stops) else ()
        rules = "1 rule" if len(stops) == 1 else f"{len(stops)} rules"
        super().__init__(
            f"table {report.table!r} breaks {rules} of its contract; nothing was written:\n"
            + "".join(f"  {breach}\n" for breach in (*stops, *causes))
            + f"docs/tables.md says what {report.table!r} must be; correct the data at their source, or sources.yaml."
        )


@dataclass(frozen=True)
class GateReport:
    """What a gate found.

    Attributes:
        rows: of the table; 0 where its columns were not even right, so that nothing was counted.
        quarantined: rows to be set aside.
        breaches: the rules that are broken, each with how many rows break it.
        newest: the latest day of the column that was asked for.
    """

    table: str
    rows: int
    quarantined: int
    breaches: tuple[Rule, ...]
    newest: date | None = None

    def of_severity(self, severity: Severity) -> tuple[Rule, ...]:
        """The breaches that do this."""
        return tuple(breach for breach in self.breaches if breach.severity == severity)

    @property
    def quarantines(self) -> tuple[Rule, ...]:
        """The breaches for which rows are set aside."""
        return self.of_severity("quarantine")

    @property
    def warnings(self) -> tuple[Rule, ...]:
        """The breaches that only lead to a warning."""
        return self.of_severity("warn")

    @property
    def is_counted(self) -> bool:
        """Whether the columns were right, so that the rows were checked."""
        return all(breach.is_about_rows for breach in self.breaches)

    @property
    def has_bad_rows(self) -> bool:
        """Whether there are single rows that stop the night or leave it."""
        bounds = (breach for breach in self.breaches if breach.is_about_rows and breach.severity != "warn")
        return any(breach.maximum == 0 for breach in bounds)

    def with_locations(self, locations: Mapping[str, str]) -> "GateReport":
        """The same report; each breach says where its first rows are.

        Args:
            locations: name of a rule -> file and numbers of its first rows, as text.
        """
        located = tuple(replace(breach, locations=locations.get(breach.name, "")) for breach in self.breaches)
        return replace(self, breaches=located)

    def raise_if_stopped(self) -> None:
        """Go on only if no breach stops the night.

        Raises:
            GateFailed: one does.
        """
        if self.of_severity("stop"):
            raise GateFailed(self)


def check(frame: DataFrame, table: Table, newest: str | None = None) -> GateReport:
    """Hold a frame against its table's contract; two Spark aggregations, one where the table has no key.

    Where columns are missing or of another type, only that is reported: their values cannot be checked.

    Args:
        frame: the table, and beside its columns perhaps notes of its reader.
        newest: a column of days, of which the latest is wanted.
    """
    broken = unmet(table.name, structure_rules(frame, table))
    if broken:
        return GateReport(table.name, rows=0, quarantined=0, breaches=broken)
    counts = content_counts(frame, table, newest)
    return GateReport(table.name, counts.rows, counts.quarantined, unmet(table.name, counts.rules), counts.newest)
