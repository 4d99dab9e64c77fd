"""The gate of one source table: what stops the night, what goes to quarantine, what is only a warning."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.sources import Source, SourceName
from expectations.gate import GateReport, check
from expectations.row_rules import RowRule, is_counted
from expectations.tables import table
from jobs.core.errors import ConsentError, SourceError
from jobs.gates.row_locations import broken_rows, first_locations, rules_on_rows
from jobs.run_context import RunContext
from jobs.sources.consistency import check_alike, file_in
from jobs.sources.cut_files import check_last_lines
from jobs.sources.files import READ_FAILURES
from jobs.sources.reader import SourceReader

NEWEST: dict[SourceName, str] = {
    "transactions": "happened_on",
    "contacts": "contacted_on",
    "responses": "responded_on",
    "events": "happened_on",
}


@dataclass(frozen=True)
class SourceGate:
    """One source table of a night.

    Attributes:
        before: the table is judged as it is known before this day; None: as it is now.
        own_reader: of other files than the date's own; None: of those.
    """

    context: RunContext
    name: SourceName
    source: Source
    before: date | None
    own_reader: SourceReader | None = None

    @property
    def reader(self) -> SourceReader:
        """Reads the table."""
        return self.own_reader or self.context.sources

    def judge(self) -> GateReport:
        """Hold the table against its contract and say what does not stop the night.

        Raises:
            SourceError, GateFailed: the table cannot be read, or it breaks its contract.
            ConsentError: the list of consents is not there, or it is empty.
        """
        report = self._report(self.noted())
        if self.name == "consents" and report.is_counted and report.rows == 0:
            raise ConsentError("consents: the list is empty; nobody may be contacted on the word of an empty list")
        if report.has_bad_rows:
            report = report.with_locations(first_locations(self.rows_against(report)))
        report.raise_if_stopped()
        for breach in (*report.quarantines, *report.warnings):
            self.context.say(f"  {self.name}: {breach}")
        self._check_age(report.newest)
        return report

    def rows_against(self, report: GateReport) -> DataFrame:
        """file, row, rule of every row that stops the night or is to be set aside."""
        rule_names = {breach.name for breach in report.breaches if breach.severity != "warn"}
        return broken_rows(*rules_on_rows(self._placed(), table(self.name), rule_names), self._folder())

    def locations(self, subject: str, is_broken: Column, judged: Callable[[DataFrame], DataFrame] | None = None) -> str:
        """The locations of the first counted rows that break a further rule, as text.

        Args:
            judged: adds the columns that the rule reads, if they are not the table's.
        """
        placed = judged(self._placed()) if judged else self._placed()
        rule = RowRule(subject, "", "stop", is_counted(placed) & F.coalesce(is_broken, F.lit(False)))
        return first_locations(broken_rows(placed, [rule], self._folder()))[rule.name]

    def noted(self) -> DataFrame:
        """The table with its reader's notes; raises as `judge` does where it cannot be read."""
        try:
            files = self.reader.files(self.name, self.source)
            check_alike(self.name, self.source, files)
            if self.name == "consents":
                check_last_lines(self.name, self.source, files)
            return self.reader.read_noted(self.name, self.source, self.before)
        except SourceError as error:
            if self.name != "consents":
                raise
            raise ConsentError(f"{error}; without the list nobody may be contacted") from error

    def _placed(self) -> DataFrame:
        return self.reader.read_noted(self.name, self.source, self.before, with_locations=True)

    def _folder(self) -> Path:
        return self.reader.folder(self.name, self.source)

    def _report(self, noted: DataFrame) -> GateReport:
        contract = table(self.name)
        if self.name == "consents" and self.context.settings.consents_have_topics:
            contract = replace(contract, key=(*contract.key, "topic"))
        least = contract.min_rows if self.source.min_rows is None else self.source.min_rows
        try:
            return check(noted, replace(contract, min_rows=least), NEWEST.get(self.name))
        except READ_FAILURES as error:
            raise SourceError(f"{self.name}: its files cannot be read to the end{file_in(error)}") from error

    def _check_age(self, newest: date | None) -> None:
        """Say no when the newest row is longer ago than sources.yaml allows."""
        limit, as_of = self.source.max_age_days, self.context.as_of
        if self.name in NEWEST and limit and (newest is None or newest < as_of - timedelta(days=limit)):
            raise SourceError(
                f"{self.name}: the newest row before {as_of} is of {newest}, and sources.yaml allows {limit} days; "
                "look for a feed that stopped, or raise max_age_days"
            )
