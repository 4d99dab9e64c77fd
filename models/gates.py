"""Figures against the gates of models.yaml: may this version be used?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conf.errors import nearest
from conf.models import Gate
from models.errors import CannotTrain
from models.figures import Figure


@dataclass(frozen=True)
class Verdict:
    """One gate's answer.

    Attributes:
        metric: what was measured.
        has_passed: whether the version may be used as far as this gate goes.
        reason: the figure and what it was held against.
    """

    metric: str
    has_passed: bool
    reason: str


def verdicts(model: str, gates: Mapping[str, Gate], figures: Sequence[Figure]) -> tuple[Verdict, ...]:
    """One verdict per gate.

    Args:
        model: its name, for the error.
        gates: metric -> what it must reach.
        figures: of the test cut-off.

    Raises:
        CannotTrain: a gate names a metric that is not measured, or one without a naive figure to be better than.
    """
    measured = {one.metric: one for one in figures}
    for metric, gate in gates.items():
        if metric not in measured:
            known = ", ".join(measured)
            raise CannotTrain(f"model {model!r}: no metric {metric!r}{nearest(metric, measured)} Metrics: {known}")
        if gate.better_than_baseline and not measured[metric].naive:
            raise CannotTrain(f"model {model!r}: {metric} has no naive figure; drop better_than_baseline from its gate")
    return tuple(_verdict(gate, measured[metric]) for metric, gate in gates.items())


def _verdict(gate: Gate, figure: Figure) -> Verdict:
    checks = []
    if gate.min is not None:
        checks.append((figure.value >= gate.min, f"at least {gate.min:g}"))
    if gate.max is not None:
        checks.append((figure.value <= gate.max, f"at most {gate.max:g}"))
    if gate.better_than_baseline:
        name, best = max(figure.naive.items(), key=lambda one: one[1])
        checks.append((figure.value > best, f"above {best:.4f} ({name})"))
    wanted = " and ".join(text for _, text in checks)
    # NaN passes no comparison, so a metric that could not be measured fails its gate.
    return Verdict(figure.metric, all(passed for passed, _ in checks), f"{figure.value:.4f}, wanted {wanted}")
