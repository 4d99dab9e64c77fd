"""Registered versions through their gates, on the sources as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jobs.core.console_tables import print_rows
from jobs.core.user import stamp
from jobs.run_context import RunContext
from jobs.scoring.model_sources import model_sources
from jobs.scoring.registry import registry_of
from models.champion import Champion
from models.customer_sample import customer_sample
from models.errors import NotPromoted
from models.gates import Validation, Verdict
from models.tracking import challenger_version
from models.training_table import in_canonical_order, training_set
from models.validation import validate


@dataclass(frozen=True)
class Validated:
    """What the gates said of one version."""

    model: str
    version: int
    validation: Validation


def validate_models(context: RunContext, names: Sequence[str], version: int | None) -> list[Validated]:
    """Run the gates of models.yaml on the challengers of these models, or on one version of one model.

    Args:
        context: its date counts for nothing: each version is tested at its own cut-off.
        names: of models.
        version: its number; None: the challenger.
    """
    registry, seed = registry_of(context.settings), context.settings.deployment.seed
    validated = []
    for name in names:
        number = challenger_version(registry, name) if version is None else version
        context.say(f"  validating {name} version {number}")
        validation = validate(
            registry,
            name,
            number,
            settings=context.settings.models.models[name],
            table=lambda model: outcomes_at_cut_offs(context, model),
            seed=seed,
            stamp=stamp("validated"),
        )
        validated.append(Validated(name, number, validation))
    return validated


def outcomes_at_cut_offs(context: RunContext, version: Champion) -> pa.Table:
    """Features and outcomes at the test and calibration cut-offs of a version, knowing what was known as of it."""
    contract, settings = version.contract, context.settings
    most, seed = settings.models.max_training_customers, settings.deployment.seed
    some = customer_sample(model_sources(context, contract.trained.as_of), most, seed=seed)
    dates = [contract.trained.calibration, contract.trained.test]
    return in_canonical_order(training_set(some, dates, {contract.model: contract.label}))


def print_validated(validated: Sequence[Validated], *, as_json: bool) -> None:
    """One line per gate and demand.

    Raises:
        NotPromoted: after the table, where a version failed a gate.
    """
    print_rows("Gates", [row for not_passed in validated for row in gate_rows(not_passed)], as_json=as_json)
    failed = [row_of for row_of in validated if not row_of.validation.has_passed]
    if failed:
        names = ", ".join(f"{model.model} version {model.version}" for model in failed)
        raise NotPromoted(f"gates failed: {names}")


def gate_rows(validated: Validated) -> list[dict[str, Any]]:
    """One row per verdict."""
    return [
        {"model": validated.model, "version": validated.version, **_row(verdict)}
        for verdict in validated.validation.verdicts
    ]


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "gate": verdict.gate,
        "figure": verdict.figure,
        "wanted": verdict.wanted,
        "passed": "yes" if verdict.has_passed else "NO",
    }
