"""The facts of one stage of one run, the same for the log, run.json and lineage events."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from conf.exit_codes import ExitCode, exit_code
from jobs.core.error_text import safe_message
from jobs.core.lake import Lake
from jobs.core.table_io import TableIO, row_counts
from jobs.run.memory_peaks import Peaks, forget_peaks, peaks

COUNTS = "source_counts"
"""The lake table in which gate_sources says how many rows each source table has."""


@dataclass
class StageRun:
    """Plain facts, the same in the log, in run.json and in lineage events; none of them is a customer's.

    Attributes:
        run: the id of the run, 32 hex digits, in all lines of it.
        table_io: what the stage reads and writes, noted while it runs.
        exit: its exit code; the facts from here on are there when it has ended.
        error, message: the class of the error that stopped it, and its safe message.
        rows_in, rows_out: table -> its rows; None where it has none to count.
    """

    deployment: str
    as_of: date
    stage: str
    run: str
    table_io: TableIO = field(default_factory=TableIO)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    exit: int = ExitCode.OK
    error: str | None = None
    message: str | None = None
    seconds: float = 0.0
    rows_in: dict[str, int | None] = field(default_factory=dict)
    rows_out: dict[str, int | None] = field(default_factory=dict)
    peak_mib: Peaks | None = None
    _clock: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        forget_peaks()

    def end(self, lake: Lake, error: BaseException | None) -> None:
        """Take the facts of a stage that has ended, well or with an error.

        Args:
            lake: where gate_sources has counted; looking there is not noted as the stage's own reading.
        """
        if error is not None:
            self.exit, self.error, self.message = exit_code(error), type(error).__name__, safe_message(error)
        self.seconds, self.ended, self.peak_mib = round(monotonic() - self._clock, 3), datetime.now(UTC), peaks()
        counted = _source_rows(Lake(lake.root), self)
        self.rows_in = row_counts(self.table_io.inputs, counted)
        self.rows_out = row_counts(self.table_io.outputs, counted)

    def facts(self) -> dict[str, Any]:
        """What run.json says of a stage that has ended."""
        facts = {"exit": self.exit, "error": self.error, "message": self.message, "seconds": self.seconds}
        counts = {"rows_in": self.rows_in, "rows_out": self.rows_out, "peak_mib": self.peak_mib}
        return {"stage": self.stage} | {name: value for name, value in (facts | counts).items() if value is not None}


def _source_rows(lake: Lake, stage_run: StageRun) -> dict[str, int]:
    """Rows of source tables as gate_sources counted them; of gate_sources itself only once it has."""
    import pyarrow as pa  # noqa: PLC0415

    is_still_counting = stage_run.stage == "gate_sources" and COUNTS not in stage_run.table_io.outputs
    if is_still_counting or not lake.has(COUNTS, stage_run.as_of):
        return {}
    try:
        return {row["table_name"]: row["rows"] for row in lake.read_arrow(COUNTS, stage_run.as_of).to_pylist()}
    except (OSError, pa.ArrowInvalid, KeyError):
        return {}
