"""What is logged beside a model: figures by segment, charts, and the source files it was measured on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import altair as alt
import numpy as np

from conf.settings import Settings
from jobs.report_page.charts import ACCENT, INK, QUIET, svg
from jobs.sources.fingerprint import source_facts
from models.calibration import FloatArray
from models.champion import Champion
from models.estimators.declaration import all_estimators
from models.evaluation import Decile, Forecasts, qini_curve
from models.segments import segments
from models.training import Trained
from models.training_table import TrainingTable
from models.version_check import forecasts_of

HEIGHT = 300
STEPS = 50
MODEL, AT_RANDOM = "model", "at random"


def calibration_chart(deciles: Sequence[Decile]) -> str:
    """Mean outcome against mean forecast, by tenths of the rows; on the line they agree."""
    rows = [{"forecast": decile.forecast, "outcome": decile.outcome} for decile in deciles]
    most = max(max(row.values()) for row in rows)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("forecast:Q", title="mean forecast of a tenth"), y=alt.Y("outcome:Q", title="what happened")
    )
    same = [{"forecast": end, "outcome": end} for end in (0.0, most)]
    line = (
        alt.Chart(alt.Data(values=same)).mark_line(color=QUIET, strokeDash=[3, 3]).encode(x="forecast:Q", y="outcome:Q")
    )
    return svg(
        "calibration", line + base.mark_line(color=ACCENT, point=alt.OverlayMarkDef(color=ACCENT)), height=HEIGHT
    )


def gain_chart(test: Forecasts) -> str:
    """The share of all outcomes found in the share of rows that are forecast highest: the model, naive, at random."""
    curves = {MODEL: test.forecast, **dict(sorted(test.naive.items()))}
    rows = [point for name, forecast in curves.items() for point in gain_curve(name, forecast, test.outcome)]
    rows += [{"of": AT_RANDOM, "rows": share, "found": share} for share in (0.0, 1.0)]
    return _curves("gain", rows, [*curves, AT_RANDOM], alt.Axis(title="share of what happened", format="%"))


def qini_chart(test: Forecasts) -> str:
    """Responses gained per customer by contacting those first who are forecast to gain most; at random, a line."""
    rows: list[dict[str, Any]] = []
    for name, forecast in {MODEL: test.forecast, **dict(sorted(test.naive.items()))}.items():
        shares, gains = qini_curve(forecast, test.outcome)
        kept = np.unique(np.linspace(0, len(shares) - 1, STEPS + 1).astype(int))
        rows += [{"of": name, "rows": float(shares[end]), "found": float(gains[end])} for end in kept]
    last = next(row["found"] for row in reversed(rows) if row["of"] == MODEL)
    rows += [{"of": AT_RANDOM, "rows": point, "found": point * last} for point in (0.0, 1.0)]
    names = [MODEL, *sorted(test.naive), AT_RANDOM]
    return _curves("qini", rows, names, alt.Axis(title="responses gained per customer"))


def _curves(name: str, rows: Sequence[dict[str, Any]], of: Sequence[str], axis: alt.Axis) -> str:
    """Lines over the share of rows: the model's first, that of chance last."""
    colours = [ACCENT, *[INK] * (len(of) - 2), QUIET]
    dashes = [[1, 0], *([2 + 3 * number, 2] for number in range(len(of) - 2)), [4, 4]]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=alt.X("rows:Q", title="share of rows, highest forecasts first", axis=alt.Axis(format="%")),
            y=alt.Y("found:Q", axis=axis),
            color=alt.Color("of:N", scale=alt.Scale(domain=of, range=colours), title=None),
            strokeDash=alt.StrokeDash("of:N", scale=alt.Scale(domain=of, range=dashes), title=None),
        )
    )
    return svg(name, alt.layer(chart), height=HEIGHT)


def gain_curve(name: str, forecast: FloatArray, outcome: FloatArray) -> Iterator[dict[str, Any]]:
    """Points of one line: share of rows, highest forecasts first, and share of all outcomes found among them."""
    order = np.argsort(-forecast, kind="stable")
    positives = np.concatenate([[0.0], np.cumsum(outcome[order])])
    for end in np.unique(np.linspace(0, len(outcome), STEPS + 1).astype(int)).tolist():
        yield {"of": name, "rows": end / len(outcome), "found": float(positives[end] / positives[-1])}


def attachments(settings: Settings, trained: Trained, table: TrainingTable) -> dict[str, str]:
    """File name -> text, of a model on its test cut-off."""
    contract = trained.contract
    model, day = contract.model, contract.trained.test
    test = forecasts_of(Champion(version=0, text=trained.text, contract=contract), table.rows, model, day)
    kind = all_estimators()[contract.estimator]
    parts = segments(test, table.rows, day, kind=kind, seed=contract.seed)
    ranked = {"qini.svg": qini_chart(test)} if kind.is_uplift else {"gain.svg": gain_chart(test)}
    return {
        "segments.json": json.dumps([asdict(part) for part in parts], indent=1),
        "sources.json": json.dumps(source_facts(settings), indent=1),
        "calibration.svg": calibration_chart(trained.deciles),
        **ranked,
    }
