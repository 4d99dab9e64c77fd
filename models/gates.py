"""What was measured of a version against the gates of models.yaml: may it be promoted?"""

import json
from collections.abc import Iterator, Mapping
from math import isfinite

from conf.errors import nearest
from conf.models import Gate, Model
from conf.strict import Strict
from models.comparison import COMPARABLE
from models.errors import CannotTrain
from models.evidence import Evidence, Rival

FEATURES = "features"
"""The gate that every version has, whatever models.yaml asks."""


class Verdict(Strict):
    """One gate's answer to one demand.

    Attributes:
        gate: the metric, or `features`, or `files`.
        figure: what was measured; None where it could not be.
        wanted: what it was held against, in words.
        has_passed: whether the version may be used as far as this demand goes.
    """

    gate: str
    figure: float | None
    wanted: str
    has_passed: bool

    def __str__(self) -> str:
        figure = "not measured" if self.figure is None else f"{self.figure:.4f}"
        return f"{self.gate}: {figure}, wanted {self.wanted}"


class Validation(Strict):
    """What the gates said of a version, and under which circumstances.

    Attributes:
        asked: what models.yaml asked of the version, as `asked_by` writes it.
        champion: the version it was compared with; None: there was no champion.
        at: UTC, ISO 8601.
        by: who asked.
    """

    verdicts: tuple[Verdict, ...]
    asked: str
    champion: int | None
    at: str
    by: str

    @property
    def has_passed(self) -> bool:
        """Whether every gate lets the version through; one without any verdict was not let through by anything."""
        return bool(self.verdicts) and all(verdict.has_passed for verdict in self.verdicts)


def asked_by(settings: Model) -> str:
    """What models.yaml asks of a version, as text; the same text, the same demands."""
    return json.dumps(settings.model_dump(include={"score", "label", "gates"}), sort_keys=True)


def verdicts(model: str, gates: Mapping[str, Gate], evidence: Evidence) -> tuple[Verdict, ...]:
    """One verdict per demand: first whether the features are there, then what models.yaml asks.

    Args:
        model: its name, for the error.
        gates: metric -> what it must reach.
        evidence: of the version on its test cut-off.

    Raises:
        CannotTrain: a gate names a metric that is not measured, or asks of it what cannot be answered.
    """
    gone = f"; not there: {', '.join(evidence.missing)}" if evidence.missing else ""
    there = Verdict(
        gate=FEATURES,
        figure=evidence.features - len(evidence.missing),
        wanted=f"all {evidence.features} in the feature table{gone}",
        has_passed=not evidence.missing,
    )
    if evidence.missing:
        return (there, *(unmeasured(metric, "features to measure it with") for metric in gates))
    for metric, gate in gates.items():
        _check(model, metric, gate, evidence)
    return (there, *(verdict for metric, gate in gates.items() for verdict in _of_metric(metric, gate, evidence)))


def unmeasured(gate: str, wanted: str) -> Verdict:
    """The verdict where there is nothing to judge: not passed."""
    return Verdict(gate=gate, figure=None, wanted=wanted, has_passed=False)


def _check(model: str, metric: str, gate: Gate, evidence: Evidence) -> None:
    measured = evidence.figures
    if metric not in measured:
        names = ", ".join(measured)
        raise CannotTrain(f"model {model!r}: no metric {metric!r}{nearest(metric, measured)} Metrics: {names}")
    if gate.better_than_baseline and not measured[metric].naive:
        raise CannotTrain(f"model {model!r}: {metric} has no naive figure; drop better_than_baseline from its gate")
    if gate.max_worse_than_champion is not None and metric not in COMPARABLE:
        names = ", ".join(COMPARABLE)
        raise CannotTrain(f"model {model!r}: {metric} is not compared with the champion's; metrics that are: {names}")


def _of_metric(metric: str, gate: Gate, evidence: Evidence) -> Iterator[Verdict]:
    """NaN passes no comparison, so what could not be measured fails."""
    figure = evidence.figures[metric]

    def verdict(wanted: str, has_passed: bool) -> Verdict:
        return Verdict(gate=metric, figure=_measured(figure.value), wanted=wanted, has_passed=has_passed)

    if gate.min is not None:
        yield verdict(f"at least {gate.min:g}", figure.value >= gate.min)
    if gate.max is not None:
        yield verdict(f"at most {gate.max:g}", figure.value <= gate.max)
    if gate.better_than_baseline:
        name, best = max(figure.naive.items(), key=lambda item: item[1])
        yield verdict(f"above {best:.4f} ({name})", all(figure.value > value for value in figure.naive.values()))
    if gate.max_worse_than_champion is not None:
        yield _beside_champion(metric, figure.value, gate.max_worse_than_champion, evidence.rival)


def _beside_champion(metric: str, value: float, most: float, rival: Rival | None) -> Verdict:
    wanted = f"at most {most:g} worse than the champion"
    if rival is None:
        return Verdict(gate=metric, figure=_measured(value), wanted=f"{wanted}; there is none yet", has_passed=True)
    if metric not in rival.compared:
        fault = rival.fault or "the metric is not measured for both"
        return unmeasured(metric, f"{wanted}, version {rival.version}, which cannot be compared: {fault}")
    compared = rival.compared[metric]
    beside = f"version {rival.version}, which has {compared.others:.4f} on the same {rival.rows:,} rows"
    has_passed = compared.worse_by <= most
    return Verdict(gate=metric, figure=_measured(compared.own), wanted=f"{wanted}, {beside}", has_passed=has_passed)


def _measured(figure: float) -> float | None:
    return figure if isfinite(figure) else None
