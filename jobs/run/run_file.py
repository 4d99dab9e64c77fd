"""run.json as a type: what a run did, stage by stage."""

from pathlib import Path

from pydantic import Field

from jobs.core.record import Day, Record


class PeakMemory(Record):
    """MiB since the stage began; None where it cannot be told."""

    driver: int
    jvm: int | None
    worker: int | None


class StageFacts(Record):
    """A stage that has ended; `error` and `message` are there where it failed.

    Attributes:
        rows_in, rows_out: table -> its rows; None where there are none to count.
    """

    stage: str
    exit: int
    seconds: float
    rows_in: dict[str, int | None] = Field(default_factory=dict)
    rows_out: dict[str, int | None] = Field(default_factory=dict)
    error: str | None = None
    message: str | None = None
    peak_mib: PeakMemory | None = None


class LoggedNight(Record):
    """The run of MLflow that holds the night's figures."""

    run_id: str
    experiment_id: str


class RunFile(Record):
    """The record of one run, of a whole night or of one stage.

    Attributes:
        began, ended: UTC; `ended` is absent while the run goes on, and where it was killed.
        mlflow: absent before the night is logged; null where it could not be.
    """

    as_of: Day
    run: str
    began: str
    stages: list[StageFacts]
    ended: str | None = None
    mlflow: LoggedNight | None = None


def read_run(path: Path) -> RunFile:
    """The record in a file.

    Raises:
        ValueError: it is damaged, or not a record of ours.
    """
    return RunFile.model_validate_json(path.read_bytes())
