"""The lake's table `scored_with`: the model versions of a night, which a later try of the same night uses again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from jobs.core.lake import Lake
from jobs.scoring.registry import ModelFigure
from models.champion import Champion

SCORED_WITH = pa.schema(
    {
        "model": pa.string(),
        "score": pa.string(),
        "version": pa.int64(),
        "sha256": pa.string(),
        "trained_as_of": pa.string(),
        "tested_at": pa.string(),
        "from_cache": pa.bool_(),
        "figures": pa.list_(
            pa.struct(
                {
                    "metric": pa.string(),
                    "value": pa.float64(),
                    "low": pa.float64(),
                    "high": pa.float64(),
                    "naive": pa.float64(),
                }
            )
        ),
    }
)


@dataclass(frozen=True)
class Pinned:
    """The version of one model that a night uses.

    Attributes:
        figures: of its test cut-off.
        from_cache: MLflow did not answer, and this is the champion of an earlier night.
        is_confirmed: MLflow has just named it the champion.
    """

    champion: Champion
    figures: Sequence[ModelFigure]
    from_cache: bool = False
    is_confirmed: bool = False


def table_of(pinned: Sequence[Pinned]) -> pa.Table:
    """One row per model."""
    return pa.Table.from_pylist([_row(champion) for champion in pinned], SCORED_WITH)


def pins(lake: Lake, as_of: date) -> dict[str, tuple[int, bool]]:
    """Model -> version and `from_cache` of the last try of this night that got as far as scores."""
    if not lake.has("scored_with", as_of):
        return {}
    rows = lake.read_arrow("scored_with", as_of).to_pylist()
    return {row["model"]: (row["version"], bool(row.get("from_cache"))) for row in rows}


def _row(pinned: Pinned) -> dict[str, object]:
    contract = pinned.champion.contract
    return {
        "model": contract.model,
        "score": contract.score,
        "version": pinned.champion.version,
        "sha256": contract.model_sha256,
        "trained_as_of": contract.trained.as_of.isoformat(),
        "tested_at": contract.trained.test.isoformat(),
        "from_cache": pinned.from_cache,
        "figures": list(pinned.figures),
    }
