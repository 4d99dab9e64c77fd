"""Rows and a model to score, written to a folder: `python -m benchmarks.scoring_rows FOLDER ROWS TREES SEED`."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from conf.models import Label, Population
from models.calibration import Platt
from models.contract import Contract, FeatureColumn, TrainedAt, sha256_of
from models.features.declaration import fingerprint
from models.training_reference import remembered

FEATURES, LEAVES = 100, 31
LEARNT = 20_000
GROUP = 50_000
NAMES = [f"f{number:02}" for number in range(FEATURES)]


def rows(count: int, seed: int) -> NDArray[np.float64]:
    """(count, FEATURES) numbers; one in twenty is missing, half of the columns have many ties."""
    draw = np.random.default_rng(seed)
    values = draw.standard_normal((count, FEATURES))
    values[:, ::2] = np.round(values[:, ::2] * 8)
    values[draw.random(values.shape) < 0.05] = np.nan
    return values


def write(folder: Path, count: int, trees: int, seed: int) -> None:
    """The rows as Parquet in groups, and the two files of a model that learnt from the first of them."""
    with pq.ParquetWriter(folder / "rows.parquet", _table(0, rows(1, seed)).schema, compression="zstd") as file:
        for start in range(0, count, GROUP):
            file.write_table(_table(start, rows(min(GROUP, count - start), seed + start)))
    learnt = rows(LEARNT, seed)
    outcome = (np.nan_to_num(learnt[:, :20]) @ np.linspace(1, 2, 20) > 0).astype(np.float64)
    data = lightgbm.Dataset(learnt, outcome, feature_name=NAMES)
    parameters = {"objective": "binary", "num_leaves": LEAVES, "verbosity": -1, "num_threads": 1, "seed": seed}
    booster = lightgbm.train(parameters, data, num_boost_round=trees)
    text = str(booster.model_to_string())
    contract = remembered(_contract(text, seed), booster, learnt, np.asarray(booster.predict(learnt)))
    (folder / "model.txt").write_text(text)
    (folder / "contract.json").write_text(contract.model_dump_json())


def _table(start: int, values: NDArray[np.float64]) -> pa.Table:
    names = pa.array([f"c{start + number:08}" for number in range(len(values))])
    return pa.table({"customer_id": names, **{name: values[:, position] for position, name in enumerate(NAMES)}})


def _contract(text: str, seed: int) -> Contract:
    day = date(2024, 1, 1)
    return Contract(
        model="attrition",
        score="attrition",
        estimator="classifier",
        label=Label(kind="no_purchase", window_days=30),
        population=Population(),
        features=tuple(FeatureColumn(name=name, type="number") for name in NAMES),
        calibration=Platt(slope=1.0, intercept=0.0),
        trained=TrainedAt(as_of=day, test=day, calibration=day, training=(day,)),
        seed=seed,
        feature_code=fingerprint(NAMES),
        model_sha256=sha256_of(text),
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
