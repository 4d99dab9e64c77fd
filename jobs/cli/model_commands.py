"""The commands of a model's life; each imports what it needs when it is called, so that --help answers at once."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.options import AS_OF, CONF, JSON, SET, TRAINED_AS_OF, context_of, settings_of

if TYPE_CHECKING:
    from conf.settings import Settings

models_app = typer.Typer(help="Look at registered models and decide which one is used.", no_args_is_help=True)

ADDRESS = re.compile(r"(runs|models):/[\w@.-]+(/[\w.-]+)*")
NAME = Annotated[str, typer.Argument(help="A model of models.yaml.")]
VERSION = Annotated[int | None, typer.Option(min=1, help="Its number; the challenger where not said.")]
REASON = Annotated[str, typer.Option(help="Why; kept on the version with your name and the time.")]


@models_app.command("list")
def models_list(conf: CONF, as_json: JSON = False) -> None:
    """Every registered version with its alias and since when, its gates and its test figures."""
    from jobs.cli.model_versions import print_versions  # noqa: PLC0415

    print_versions(settings_of(conf, []), as_json=as_json)


@models_app.command("history")
def models_history(name: NAME, conf: CONF, as_json: JSON = False) -> None:
    """Who registered, promoted and rolled back which version of a model, when and why."""
    from jobs.cli.model_versions import print_history  # noqa: PLC0415

    print_history(_with_model(settings_of(conf, []), name), name, as_json=as_json)


@models_app.command("validate")
def models_validate(
    conf: CONF,
    name: Annotated[str | None, typer.Argument(help="A model of models.yaml; all of them where not said.")] = None,
    version: VERSION = None,
    changes: SET = [],  # noqa: B006  typer copies it
    as_json: JSON = False,
) -> None:
    """Run the gates of models.yaml on a registered version and write on it what they said; 12 if one failed."""
    from jobs.model_life.validate import print_validated, validate_models  # noqa: PLC0415

    if version is not None and name is None:
        raise typer.BadParameter("--version needs the model's name")
    context = context_of(conf, datetime.now(UTC), changes, is_quiet=as_json)
    model_names = list(_with_model(context.settings, name).models.models)
    names = model_names if name is None else [name]
    print_validated(validate_models(context, names, version), as_json=as_json)


@models_app.command("promote")
def models_promote(
    name: NAME,
    conf: CONF,
    version: VERSION = None,
    force: Annotated[bool, typer.Option("--force", help="Although its gates do not let it; needs --reason.")] = False,
    reason: REASON = "",
) -> None:
    """Make a version the champion: the one that the next night scores with."""
    from jobs.model_life.promote import promote_version  # noqa: PLC0415

    settings = _with_model(settings_of(conf, []), name)
    typer.echo(promote_version(settings, name, version, reason=reason, is_forced=force))


@models_app.command("rollback")
def models_rollback(name: NAME, conf: CONF, reason: REASON) -> None:
    """Go back to the champion before this one; again, and it goes further back."""
    from jobs.model_life.promote import roll_back  # noqa: PLC0415

    typer.echo(roll_back(_with_model(settings_of(conf, []), name), name, reason=reason))


@models_app.command("register")
def models_register(
    *,
    conf: CONF,
    as_of: TRAINED_AS_OF,
    name: Annotated[str, typer.Option(help="The model of models.yaml that it is for.")],
    booster: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The Booster's native text, model.txt.")
    ] = None,
    features: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its features.json, see docs/models.md.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(help="Or a model in MLflow: runs:/ID/PATH or models:/NAME/VERSION.")
    ] = None,
    reason: REASON = "registered",
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Register a model that was trained elsewhere: checked, measured as ours are, a challenger with its gates run."""
    from jobs.core.console_tables import print_rows  # noqa: PLC0415
    from jobs.model_life.register import read_model, register_model  # noqa: PLC0415
    from jobs.model_life.validate import gate_rows  # noqa: PLC0415

    if (booster is None) == (run is None) or (booster and not features):
        raise typer.BadParameter("say --booster with --features, or --run")
    if run is not None and (ADDRESS.fullmatch(run) is None or ".." in run):
        raise typer.BadParameter(f"--run is runs:/ID/PATH or models:/NAME/VERSION, not {run!r}")
    context = context_of(conf, as_of, changes, is_quiet=as_json)
    _with_model(context.settings, name)
    text, contract_text = read_model(context, booster, features, run)
    version = register_model(context, name, text, contract_text, reason=reason)
    context.say(f"{name}: version {version.version} is the challenger")
    print_rows("Gates", gate_rows(version), as_json=as_json)


@models_app.command("compare")
def models_compare(
    *,
    name: NAME,
    conf: CONF,
    as_of: AS_OF,
    version: VERSION = None,
    changes: SET = [],  # noqa: B006
    as_json: JSON = False,
) -> None:
    """Score the challenger in the shadow of a night that was run, and say which decisions it would change."""
    from jobs.model_life.compare import compare_models, print_comparison  # noqa: PLC0415

    context = context_of(conf, as_of, changes, is_quiet=as_json)
    _with_model(context.settings, name)
    print_comparison(compare_models(context, name, version), as_json=as_json)


def _with_model(settings: "Settings", name: str | None) -> "Settings":
    """The same settings; raises BadParameter where they have no such model."""
    from conf.errors import nearest  # noqa: PLC0415

    models = settings.models.models
    if name is not None and name not in models:
        raise typer.BadParameter(f"no model {name!r}{nearest(name, models)} Models: {', '.join(models)}")
    return settings
