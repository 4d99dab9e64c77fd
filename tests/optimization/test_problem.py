"""From a candidate table to arrays, or to a message that names what is wrong."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from optimization import BadInput, Problem

GOOD = """
    customer_id | offer_id | channel | value | cost | household_id | region
    bob         | card     | sms     | 3     | 0.5  | -            | north
    ann         | loan     | email   | 2     | 0    | h1           | -
    ann         | card     | sms     | 1     | 0.25 | h1           | south
"""


def test_row_j_of_the_table_is_candidate_j_and_codes_follow_the_labels(night):
    problem = night(GOOD)
    assert len(problem) == 3
    assert problem.customer_ids.tolist() == ["ann", "bob"]
    assert problem.customer.tolist() == [1, 0, 0]
    assert problem.offer_ids[problem.offer].tolist() == ["card", "loan", "card"]
    assert problem.value.tolist() == [3_000_000, 2_000_000, 1_000_000]
    assert problem.cost.tolist() == [500_000, 0, 250_000]
    assert problem.label("region").code.tolist() == [0, -1, 1]


def test_households_are_kept_per_customer_and_a_null_household_is_none(night):
    problem = night(GOOD, max_per_household=1)
    assert problem.household.tolist() == [0, -1]  # ann, bob
    assert problem.household_ids.tolist() == ["h1"]


AT_HOME = """
    customer_id | offer_id | channel | value | cost | household_id | household_capacity
    ann         | card     | email   | 1     | 0    | h1           | 2
    bob         | card     | email   | 1     | 0    | h1           | 2
    cat         | card     | email   | 1     | 0    | h1           | -   # takes no place
    dan         | card     | email   | 1     | 0    | h2           | 0
    eve         | card     | email   | 1     | 0    | -            | 7   # of no household
"""


def test_a_column_may_say_how_many_of_each_household_may_be_chosen(night):
    problem = night(AT_HOME, max_per_household="household_capacity")
    assert problem.household.tolist() == [0, 0, -1, 1, -1]
    assert problem.household_capacity.tolist() == [2, 0]


def test_where_nobody_has_a_household_a_column_says_nothing(night):
    problem = night(AT_HOME.replace("| h1 ", "| -  ").replace("| h2 ", "| -  "), max_per_household="household_capacity")
    assert set(problem.household.tolist()) == {-1}


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([2, 1, None, 0, 0], r"household_capacity differs between rows of one household \(1 row, first 0\)"),
        ([2, 2, None, -1, 0], r"household_capacity must be >= 0 \(1 row, first 3\)"),
        (["2", "2", "2", "0", "0"], "household_capacity must be whole numbers, found string"),
        (None, "no column 'household_capacity'"),
    ],
)
def test_numbers_that_say_nothing_of_a_household_are_refused(table, numbers, message):
    there = table(AT_HOME).drop_columns(["household_capacity"])
    changed = there if numbers is None else there.append_column("household_capacity", pa.array(numbers))
    with pytest.raises(BadInput, match=message):
        Problem.from_table(changed, max_per_household="household_capacity")


def test_households_that_do_not_count_are_left_alone(night):
    assert night(GOOD).household is None


def test_ids_may_be_dictionary_encoded(table):
    plain = table(GOOD)
    coded = plain.set_column(0, "customer_id", plain["customer_id"].dictionary_encode())
    assert Problem.from_table(coded).customer.tolist() == Problem.from_table(plain).customer.tolist()


def test_chunks_of_a_table_are_no_borders(table):
    plain = table(GOOD)
    chunked = pa.concat_tables([plain.slice(0, 1), plain.slice(1)])
    assert Problem.from_table(chunked).customer.tolist() == Problem.from_table(plain).customer.tolist()


def test_an_empty_table_is_a_problem_without_candidates(table):
    empty = Problem.from_table(table(GOOD).slice(0, 0), max_per_household=1)
    assert len(empty) == 0
    assert np.shape(empty.customer_ids) == (0,)


def test_columns_that_no_limit_can_use_say_why(table):
    columns = {"weight": pa.array([0.5, None, 2.5]), "tier": pa.array([1, None, 2]), "size": pa.array([1e10, 0, 0])}
    odd = table(GOOD)
    for name, column in (columns | {"day": pa.array([date(2024, 7, 1)] * 3)}).items():
        odd = odd.append_column(name, column)
    too_large = "a number is missing, or larger than 9007199254"
    assert Problem.from_table(odd).unusable == {
        "weight": too_large,
        "tier": "it has 1 nulls",
        "size": too_large,
        "day": "its type is date32[day]; text, a number, true or false, or a list of texts is needed",
    }


def test_fractions_are_units_and_are_counted_in_millionths_half_to_even(table):
    rows = table(GOOD).append_column("minutes", pa.array([0.1 + 0.2, 2.5e-6, 3.5e-6]))
    assert Problem.from_table(rows).amount("minutes").tolist() == [300_000, 2, 4]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop_columns(["channel"]), "no column 'channel'"),
        (
            lambda t: t.rename_columns(["customer_id", "offer_id", "chanel", *t.column_names[3:]]),
            "did you mean 'chanel'",
        ),
        (lambda t: t.append_column("cost", t["cost"]), "column 'cost' occurs 2 times"),
        (lambda t: t.set_column(0, "customer_id", pa.array([1, 2, 3])), "customer_id must be text, found int64"),
        (lambda t: t.set_column(1, "offer_id", pa.array(["x", None, None])), r"not be null \(2 rows, first 1, 2\)"),
        (lambda t: t.set_column(3, "value", pa.array([1.0, 2.0, 3.0])), r"millionths .*\(int64\), found double"),
        (lambda t: t.set_column(3, "value", pa.array([1, None, 3])), r"value must not be null \(1 row, first 1\)"),
        (lambda t: t.set_column(4, "cost", pa.array([0, -1, 0])), r"cost must be >= 0 \(1 row, first 1\)"),
        (lambda t: pa.concat_tables([t, t]), r"must be unique \(3 rows, first 3, 4, 5\)"),
        (lambda t: t.set_column(5, "household_id", pa.array(["a", "b", "c"])), "household_id differs between rows"),
        (lambda t: t.set_column(5, "household_id", pa.array([1, 2, 2])), "household_id must be text, found int64"),
        (lambda t: t.drop_columns(["household_id"]), "no column 'household_id'"),
    ],
)
def test_a_table_that_means_nothing_is_refused_by_name_count_and_rows(table, change, message):
    with pytest.raises(BadInput, match=message):
        Problem.from_table(change(table(GOOD)), max_per_household=1)


def test_a_household_that_nobody_may_represent_is_refused(night):
    with pytest.raises(BadInput, match="must be at least 1"):
        night(GOOD, max_per_household=0)
