"""What training remembers, and the night counted in the same bins."""

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.predict import predict
from models.training_reference import counted, in_bins_of


@pytest.fixture
def batches(learnt):
    """The customers of every cut-off, one batch each."""
    dates = sorted(set(learnt.rows["as_of"].to_pylist()))
    chosen = [learnt.rows.filter(pc.equal(learnt.rows["as_of"], pa.scalar(date))) for date in dates]
    return {
        item: pa.RecordBatch.from_struct_array(rows.to_struct_array().combine_chunks())
        for item, rows in zip(dates, chosen, strict=True)
    }


def counts_of(trained, batch):
    result = predict(batch, lightgbm.Booster(model_str=trained.text), trained.contract)
    return in_bins_of(trained.contract, counted(batch, result.rows, result.scores, trained.contract))


def test_training_remembers_every_feature_and_the_score(trained):
    for value in trained.values():
        assert [kept.column for kept in value.contract.reference] == [
            *(feature.name for feature in value.contract.features),
            value.contract.score,
        ]
        assert all(sum(kept.counts) == value.rows["training"] for kept in value.contract.reference[:-1])
        assert sum(value.contract.reference[-1].counts) == value.rows["test"]
        assert value.contract.answers


def test_the_training_dates_counted_as_a_night_are_the_reference_itself(trained, batches):
    for value in trained.values():
        dates = value.contract.trained
        nights = [counts_of(value, batches[day]) for day in dates.training]
        together = np.sum([[count for kept in night[:-1] for count in kept.counts] for night in nights], axis=0)
        assert together.tolist() == [count for kept in value.contract.reference[:-1] for count in kept.counts]
        assert counts_of(value, batches[dates.test])[-1] == value.contract.reference[-1]


def test_a_text_that_training_never_saw_is_counted_apart_from_a_missing_one(trained, batches):
    batch = next(iter(batches.values()))
    place = batch.schema.get_field_index("region")
    regions = batch.column("region").to_pylist()
    changed = batch.set_column(place, "region", pa.array([None, None, "moon", *regions[3:]]))
    (region,) = (item for item in counts_of(trained["attrition"], changed) if item.column == "region")
    assert region.counts[-2:] == (2, 1)
    assert sum(region.counts) == batch.num_rows
