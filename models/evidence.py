"""A version, the champion and their test rows -> all that gates ask about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from models.champion import Champion
from models.comparison import Compared, compared, rows_in_common
from models.drift import psi_of_scores
from models.errors import ModelUnusable
from models.estimators.declaration import all_estimators
from models.evaluation import Forecasts
from models.figures import Figure, figures
from models.version_check import forecasts_of, missing_features, rows_of, rows_per_second

PSI, SPEED = "score_psi", "rows_per_second"


@dataclass(frozen=True)
class Rival:
    """The champion on the version's own test rows.

    Attributes:
        version: the champion's number.
        rows: of customers, or customers and categories, that both answer.
        compared: metric -> both figures on those rows; empty where the champion cannot be scored there.
        fault: why it cannot.
    """

    version: int
    rows: int = 0
    compared: Mapping[str, Compared] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Evidence:
    """What was measured of a version.

    Attributes:
        features: how many columns its matrix takes from the feature table.
        missing: those that the deployment does not have; nothing else is measured then.
        figures: metric -> figure on the test cut-off; `score_psi` and `rows_per_second` among them.
        rival: None: there is no champion.
    """

    features: int
    missing: tuple[str, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    rival: Rival | None = None


def evidence(
    version: Champion,
    table: pa.Table,
    *,
    champion: Champion | Rival | None,
    seed: int,
    already_measured: Sequence[Figure] = (),
) -> Evidence:
    """Measure a version on the rows of its own test cut-off.

    Args:
        version: what is to be judged.
        table: features and outcomes at its test and calibration cut-offs, as `in_canonical_order` gives them.
        champion: the version in use, or why it cannot be scored; None: there is none.
        seed: of the bootstrap.
        known: its figures on those very rows, where they were measured before.

    Raises:
        ModelUnusable: no row of one of the cut-offs has a known outcome.
    """
    contract = version.contract
    missing = missing_features(version, table.schema)
    if missing:
        return Evidence(len(contract.features), missing)
    model, at = contract.model, contract.trained
    test, before = (_known(version, table, day) for day in (at.test, at.calibration))
    kind = all_estimators()[contract.estimator]
    measured = already_measured or figures(test, is_money=kind.is_money, is_uplift=kind.is_uplift, seed=seed)
    moved = psi_of_scores(before.forecast, test.forecast)
    speed = rows_per_second(version, rows_of(version, table, model, at.test))
    technical = [Figure(PSI, moved, moved, moved), Figure(SPEED, speed, speed, speed)]
    metrics = [figure.metric for figure in measured]
    rival = _scored(champion, test, version, table, metrics) if isinstance(champion, Champion) else champion
    return Evidence(len(contract.features), (), {figure.metric: figure for figure in (*measured, *technical)}, rival)


def _known(version: Champion, table: pa.Table, day: date) -> Forecasts:
    model = version.contract.model
    check = forecasts_of(version, table, model, day) if pc.any(pc.equal(table["as_of"], day)).as_py() else None
    if check is None or len(check.outcome) == 0:
        raise ModelUnusable(f"model {model!r}: no customer of its population has a known outcome at {day}")
    return check


def _scored(champion: Champion, test: Forecasts, version: Champion, table: pa.Table, metrics: Sequence[str]) -> Rival:
    """The champion at the version's test cut-off, on the rows that both answer, with the version's outcomes."""
    missing = missing_features(champion, table.schema)
    if missing:
        return Rival(champion.version, fault=f"it needs {', '.join(missing)}")
    contract = version.contract
    others = forecasts_of(champion, table, contract.model, contract.trained.test)
    mine, other = rows_in_common(test, others)
    if len(mine) == 0:
        return Rival(champion.version, fault="the two have no row in common")
    return Rival(champion.version, len(mine), compared(test.subset(mine), others.subset(other), metrics))
