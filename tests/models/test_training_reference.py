"""What training remembers, and the night counted in the same bins."""

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.predict import answer
from models.training_reference import counted, in_bins_of


@pytest.fixture
def batches(learnt):
    """The customers of every cut-off, one batch each."""
    dates = sorted(set(learnt.rows["as_of"].to_pylist()))
    chosen = [learnt.rows.filter(pc.equal(learnt.rows["as_of"], pa.scalar(one))) for one in dates]
    return {
        one: pa.RecordBatch.from_struct_array(rows.to_struct_array().combine_chunks())
        for one, rows in zip(dates, chosen, strict=True)
    }


def counts_of(trained, batch):
    found = answer(batch, lightgbm.Booster(model_str=trained.text), trained.contract)
    return in_bins_of(trained.contract, counted(batch, found.rows, found.scores, trained.contract))


def test_training_remembers_every_feature_and_the_score(trained):
    for one in trained.values():
        assert [kept.column for kept in one.contract.reference] == [
            *(feature.name for feature in one.contract.features),
            one.contract.score,
        ]
        assert all(sum(kept.counts) == one.rows["training"] for kept in one.contract.reference[:-1])
        assert sum(one.contract.reference[-1].counts) == one.rows["test"]
        assert one.contract.answers


def test_the_training_dates_counted_as_a_night_are_the_reference_itself(trained, batches):
    for one in trained.values():
        dates = one.contract.trained
        nights = [counts_of(one, batches[day]) for day in dates.training]
        together = np.sum([[count for kept in night[:-1] for count in kept.counts] for night in nights], axis=0)
        assert together.tolist() == [count for kept in one.contract.reference[:-1] for count in kept.counts]
        assert counts_of(one, batches[dates.test])[-1] == one.contract.reference[-1]


def test_a_text_that_training_never_saw_is_counted_apart_from_a_missing_one(trained, batches):
    batch = next(iter(batches.values()))
    place = batch.schema.get_field_index("region")
    regions = batch.column("region").to_pylist()
    changed = batch.set_column(place, "region", pa.array([None, None, "moon", *regions[3:]]))
    (region,) = (one for one in counts_of(trained["attrition"], changed) if one.column == "region")
    assert region.counts[-2:] == (2, 1)
    assert sum(region.counts) == batch.num_rows
