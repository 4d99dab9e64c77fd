"""A model knows an attribute's texts, but not one that could say who a customer is."""

import pyarrow as pa
import pytest

from conf.models import Label, Model
from models.columns import feature_columns

MODEL = Model(score="s", estimator="classifier", label=Label(kind="no_purchase", window_days=30), features=("job",))


def values(jobs, dates=1):
    """The job's texts in the matrix, of customers with these jobs, each with a row for every date."""
    rows = {"job": jobs * dates, "customer_number": list(range(len(jobs))) * dates}
    table = pa.table(rows, schema=pa.schema([("job", pa.string()), ("customer_number", pa.int64())]))
    (column,) = feature_columns("m", MODEL, table, {"job": "text"}, (), has_categories=False)
    return column.values


@pytest.mark.parametrize("dates", [1, 7])
def test_a_text_that_fewer_than_five_customers_have_is_not_learnt_however_many_rows_they_have(dates):
    assert values(["clerk"] * 5 + ["astronaut"] * 4, dates) == ("clerk",)


def test_texts_are_sorted_and_what_is_missing_is_none_of_them():
    assert values(["student"] * 5 + [None] * 9 + ["clerk"] * 6) == ("clerk", "student")


def test_an_attribute_that_nobody_shares_has_no_texts():
    assert values(["ann@example.org", "bob@example.org"]) == ()
