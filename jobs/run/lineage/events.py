"""Builds OpenLineage events of the stages of a run, with the classes of the official client."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from importlib.metadata import version
from pathlib import Path
from uuid import UUID, uuid5

from openlineage.client.event_v2 import (
    InputDataset,
    Job,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from openlineage.client.facet_v2 import (
    DatasetFacet,
    JobFacet,
    RunFacet,
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    parent_run,
    schema_dataset,
)

from conf.settings import Settings
from expectations.tables import table
from jobs.core.table_io import SOURCE, columns_of
from jobs.run.stage_run import StageRun

NIGHT = "night"
PRODUCER = f"urn:oneoffer:{version('oneoffer')}"
"""Who says so, as an address; it leads nowhere."""


def stage_event(state: RunState, stage_run: StageRun, settings: Settings, *, is_part_of_night: bool) -> RunEvent:
    """What happened to a stage; tables are named when it has ended.

    Args:
        is_part_of_night: whether the run is of the whole night, which is then the parent.
    """
    is_over = state is not RunState.START  # the stage may have gone on since
    inputs, outputs = (stage_run.table_io.inputs, stage_run.table_io.outputs) if is_over else ({}, {})
    return RunEvent(
        eventType=state,
        eventTime=(stage_run.ended if is_over and stage_run.ended else stage_run.began).isoformat(),
        run=Run(
            str(uuid5(UUID(stage_run.run), stage_run.stage)),
            _run_facets(state, stage_run, settings, is_part_of_night=is_part_of_night),
        ),
        job=Job(stage_run.deployment, f"{NIGHT}.{stage_run.stage}", _job_facets("STAGE")),
        inputs=[_input(*of, stage_run, settings) for of in sorted(inputs.items())],
        outputs=[_output(*of, stage_run, settings) for of in sorted(outputs.items())],
        producer=PRODUCER,
    )


def night_event(state: RunState, first: StageRun, at: datetime, settings: Settings) -> RunEvent:
    """What happened to a whole night, of which this is the first stage, at a moment."""
    return RunEvent(
        eventType=state,
        eventTime=at.isoformat(),
        run=Run(str(UUID(first.run)), {"nominalTime": _nominal_time(first, settings)}),
        job=Job(first.deployment, NIGHT, _job_facets("NIGHT")),
        producer=PRODUCER,
    )


def _run_facets(
    state: RunState, stage_run: StageRun, settings: Settings, *, is_part_of_night: bool
) -> dict[str, RunFacet]:
    facets: dict[str, RunFacet] = {"nominalTime": _nominal_time(stage_run, settings)}
    if is_part_of_night:
        night, job = parent_run.Run(str(UUID(stage_run.run))), parent_run.Job(stage_run.deployment, NIGHT)
        facets["parent"] = parent_run.ParentRunFacet(night, job, producer=PRODUCER)
    if state is RunState.FAIL:
        message = f"exit {stage_run.exit}, {stage_run.error}: {stage_run.message}"
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(message, "PYTHON", producer=PRODUCER)
    return facets


def _nominal_time(stage_run: StageRun, settings: Settings) -> RunFacet:
    """The decision date begins at midnight of the deployment's zone."""
    midnight = datetime.combine(stage_run.as_of, time(), settings.deployment.zone)
    return nominal_time_run.NominalTimeRunFacet(midnight.isoformat(), producer=PRODUCER)


def _job_facets(kind: str) -> dict[str, JobFacet]:
    return {"jobType": job_type_job.JobTypeJobFacet("BATCH", "ONEOFFER", kind, producer=PRODUCER)}


def _input(name: str, paths: Iterable[Path], stage_run: StageRun, settings: Settings) -> InputDataset:
    statistics = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        rowCount=stage_run.rows_in.get(name), producer=PRODUCER
    )
    return InputDataset(
        stage_run.deployment, name, {"inputStatistics": statistics}, facets=_schema(name, paths, settings)
    )


def _output(name: str, paths: Iterable[Path], stage_run: StageRun, settings: Settings) -> OutputDataset:
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=stage_run.rows_out.get(name), producer=PRODUCER
    )
    return OutputDataset(
        stage_run.deployment, name, {"outputStatistics": statistics}, facets=_schema(name, paths, settings)
    )


def _schema(name: str, paths: Iterable[Path], settings: Settings) -> dict[str, DatasetFacet]:
    columns = _source_columns(name, settings).items() if name.startswith(SOURCE) else columns_of(paths)
    fields = [schema_dataset.SchemaDatasetFacetFields(column, kind) for column, kind in columns]
    return {"schema": schema_dataset.SchemaDatasetFacet(fields, producer=PRODUCER)}


def _source_columns(name: str, settings: Settings) -> Mapping[str, str]:
    """Our columns of a source table and their types, as sources.yaml and the table's contract say."""
    wanted = name.removeprefix(SOURCE)
    source = next(declared for key, declared in settings.sources if key == wanted)
    contract = {column.name: column.type for column in table(wanted).columns}
    return {
        column: contract.get(column) or source.attributes.get(column, "text")
        for column in (*source.columns, *source.constants)
    }
