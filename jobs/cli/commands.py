"""The commands; each imports what it needs when it is called, so that --help answers at once."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.cli.ledger_commands import ledger_app
from jobs.cli.model_commands import models_app
from jobs.cli.options import (
    AS_OF,
    CONF,
    JSON,
    SET,
    SUPERSEDE,
    TAKE_OVER,
    TRAINED_AS_OF,
    UNIT,
    context_of,
    night_context,
    settings_of,
)
from jobs.core.stages import STAGES

app = typer.Typer(
    help="One decision per customer, every night: which offer, through which channel, or none.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(models_app, name="models")
app.add_typer(ledger_app, name="ledger")


@app.command()
def run(
    conf: CONF,
    as_of: AS_OF,
    changes: SET = [],  # noqa: B006  typer copies it
    supersede: SUPERSEDE = False,
    take_over: TAKE_OVER = False,
) -> None:
    """Make and publish the decisions of one date: every stage of the night."""
    from jobs.cli.outcome import print_outcome  # noqa: PLC0415
    from jobs.run.night import run_stages  # noqa: PLC0415

    context = night_context(conf, as_of, changes, supersede=supersede, take_over=take_over)
    run_stages(context)
    print_outcome(context)


@app.command()
def recall(conf: CONF, as_of: AS_OF, changes: SET = []) -> None:  # noqa: B006
    """Publish whom the channels of a published date must leave out, because they have opted out since."""
    from jobs.publishing.recall import recall as recall_of  # noqa: PLC0415

    context = context_of(conf, as_of, changes)
    published = recall_of(context)
    if published is None:
        typer.echo(f"{context.as_of}: nobody has opted out since; there is nothing new to recall")
    else:
        mark, folder = f"RECALL.{published.number}", published.folder
        typer.echo(f"{context.as_of}: {mark} names whom to leave out; the files for channels: {folder}")


@app.command()
def replay(
    conf: CONF,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first decision date.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last one.")],
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Run the nights of consecutive dates, each knowing what those before it sent; stop at the first that fails."""
    from jobs.run.replay import print_replay  # noqa: PLC0415

    print_replay(settings_of(conf, changes), first.date(), last.date(), as_json=as_json)


def _stage_command(stage: str) -> None:
    @app.command(name=stage, help=f"Run the stage {stage} of one date.", rich_help_panel="Stages of the night")
    def run_one(
        conf: CONF,
        as_of: AS_OF,
        changes: SET = [],  # noqa: B006
        supersede: SUPERSEDE = False,
        take_over: TAKE_OVER = False,
    ) -> None:
        from jobs.run.night import run_stages  # noqa: PLC0415

        run_stages(night_context(conf, as_of, changes, supersede=supersede, take_over=take_over), [stage])


for _stage in STAGES:
    _stage_command(_stage)


@app.command()
def train(
    conf: CONF,
    as_of: TRAINED_AS_OF,
    with_promotion: Annotated[bool, typer.Option("--promote", help="Use at once what passes its gates.")] = False,
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Train, register and validate every model from what was known before a date, as challengers."""
    from jobs.cli.figures_table import print_measured, print_training, training_rows  # noqa: PLC0415
    from jobs.model_life.measure import backtest  # noqa: PLC0415
    from jobs.model_life.train import train_all  # noqa: PLC0415

    context = context_of(conf, as_of, changes, is_quiet=as_json)
    trained = train_all(context, with_promotion=with_promotion)
    if not as_json:
        print_training(trained)  # before the outcomes are counted: what is registered is told whatever happens then
    after = backtest(context, {model.model: model.version for model in trained})
    if as_json:
        typer.echo(json.dumps({"test": training_rows(trained), "after_as_of": after}, indent=2))
    else:
        print_measured(after, as_json=False)


@app.command()
def measure(conf: CONF, as_of: AS_OF, changes: SET = [], as_json: JSON = False) -> None:  # noqa: B006
    """Compare the forecasts of a date with what happened after it."""
    from jobs.cli.figures_table import print_measured  # noqa: PLC0415
    from jobs.model_life.measure import measure_forecasts  # noqa: PLC0415

    context = context_of(conf, as_of, changes, is_quiet=as_json)
    print_measured(measure_forecasts(context), as_json=as_json)


@app.command()
def solve(
    *,
    candidates: Annotated[Path, typer.Option(help="A Parquet file or folder of candidates.")],
    policy: Annotated[Path, typer.Option(help="A YAML file; only its limits are read.")],
    out: Annotated[Path, typer.Option(help="Where plan.parquet and solution.json go.")],
    engine: Annotated[str, typer.Option(help="auto, or an engine by name.")] = "auto",
    gap: Annotated[float, typer.Option(min=0, max=1, help="The share by which the bound may exceed the plan.")] = 1e-4,
    time_limit: Annotated[float, typer.Option(help="Seconds of its own work; waiting counts a fifth.")] = 600.0,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Holds only the limits of this date.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=256, help="That share the work; the plan is the same.")] = 2,
    spark_master: Annotated[str, typer.Option(help="Where the engine `spark` runs.")] = "local[*]",
    unit: UNIT = None,
) -> None:
    """Find the best plan for candidates and limits alone, with the proof of how near the best it is."""
    from decimal import Decimal  # noqa: PLC0415

    from jobs.cli.solve import run as solve_files  # noqa: PLC0415

    plan = solve_files(
        candidates,
        policy,
        out,
        engine=engine,
        gap=Decimal(str(gap)),
        time_limit_seconds=time_limit,
        as_of=as_of and as_of.date(),
        threads=threads,
        spark_master=spark_master,
        unit=unit,
    )
    typer.echo(f"{plan.status}: {len(plan.chosen)} chosen, gap {plan.gap:.2e}, {plan.engine} engine; see {out}")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A set's folder, or one that `solve` wrote.")],
    conf: Annotated[Path | None, typer.Option("--conf", help="Of a set: the deployment's folder.")] = None,
    candidates: Annotated[Path | None, typer.Option(help="Of a solution: the candidates it is of.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Of a solution: the file of its limits.")] = None,
    unit: UNIT = None,
) -> None:
    """Check again what is claimed: a published set against the raw inputs, a solution against its candidates."""
    if conf is not None and candidates is None and policy is None:
        from jobs.run.verify import verify_set  # noqa: PLC0415

        typer.echo(f"{folder}: {verify_set(settings_of(conf, []), folder)} checks, nothing found")
    elif conf is None and candidates is not None and policy is not None:
        from jobs.cli.verify_solution import verify_solution  # noqa: PLC0415

        verify_solution(folder, candidates, policy, unit)
        typer.echo(f"{folder}: plan, limits and bound recounted, nothing found")
    else:
        raise typer.BadParameter("say --conf for a set, or --candidates and --policy for a solution")


@app.command()
def explain(
    customer: Annotated[str, typer.Argument(help="A customer_id.")],
    conf: CONF,
    as_of: AS_OF,
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Say of one customer what was decided on a date, and everything that led to it."""
    from jobs.cli.explain import explain as explanation_of  # noqa: PLC0415
    from jobs.cli.explanation import print_explanation  # noqa: PLC0415

    settings = settings_of(conf, changes)
    explanation = explanation_of(settings, as_of.date(), customer)
    print_explanation(explanation, currency=settings.deployment.currency, as_json=as_json)


@app.command()
def status(
    conf: CONF,
    last: Annotated[int, typer.Option("--last", min=1, help="How many dates.")] = 10,
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Say how the last nights ended: published with what, running, unfinished, or failed with what."""
    from dataclasses import asdict  # noqa: PLC0415

    from jobs.core.console_tables import print_rows  # noqa: PLC0415
    from jobs.run.status import last_nights  # noqa: PLC0415

    settings = settings_of(conf, changes)
    rows = [asdict(night) for night in last_nights(settings, last)]
    print_rows(f"Nights of {settings.deployment.name}", rows, as_json=as_json)


@app.command()
def submission(conf: CONF, changes: SET = []) -> None:  # noqa: B006
    """Print what spark-submit has to be told to run a command of a deployment on a cluster, as JSON."""
    from jobs.spark.submission import submission as submission_of  # noqa: PLC0415

    typer.echo(json.dumps(submission_of(settings_of(conf, changes).deployment), indent=2, sort_keys=True))


@app.command()
def demo(
    conf: Annotated[Path | None, typer.Option("--conf", help="The demo's deployment.")] = None,
    only_data: Annotated[bool, typer.Option("--only-data", help="Only lay the source files.")] = False,
) -> None:
    """From a real purchase history to decisions, files to send and a report, in the working folder."""
    from jobs.cli.demo import run_demo  # noqa: PLC0415

    run_demo(conf, only_data=only_data, say=typer.echo)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The new deployment's folder; must not exist.")]) -> None:
    """Make a deployment of your own from the template that explains every key."""
    from jobs.cli.init import init_deployment  # noqa: PLC0415

    init_deployment(folder)
    typer.echo(f"{folder} is ready to be edited; every key is explained in its file")


@app.command()
def doctor(as_json: JSON = False) -> None:
    """Look whether the machine has what pip cannot install."""
    from dataclasses import asdict  # noqa: PLC0415

    from jobs.core.console_tables import print_rows  # noqa: PLC0415
    from jobs.core.machine import examine  # noqa: PLC0415

    findings = examine()
    print_rows("What oneoffer needs of the machine", [asdict(finding) for finding in findings], as_json=as_json)
    if not all(finding.is_there for finding in findings):
        raise typer.Exit(2)
