"""Some customers with all their rows."""

import pytest

from models.customer_sample import customer_sample

CONTACTS = "customer | offer | on\n" + "\n".join(f"c{n} | cards | 2024-06-01" for n in range(400))


def ids(rows):
    return {row["customer_id"] for row in rows.select("customer_id").collect()}


@pytest.fixture(scope="module")
def everybody(drawn):
    return drawn("customer | on | amount\nc3 | 2024-06-01 | 5", contacts=CONTACTS)


def test_a_sample_has_about_the_customers_asked_for_and_all_their_rows(everybody):
    sampled = customer_sample(everybody, 100, seed=1)
    chosen = ids(sampled.customers)
    assert 70 < len(chosen) < 130
    assert ids(sampled.contacts) == chosen
    assert ids(sampled.transactions) == chosen & {"c3"}
    assert sampled.responses is None


def test_the_order_of_customers_changes_nothing_and_the_seed_does(everybody):
    chosen = ids(customer_sample(everybody, 100, seed=1).contacts)
    turned = type(everybody)(everybody.customers.orderBy("household_id", ascending=False).repartition(3))
    assert ids(customer_sample(turned, 100, seed=1).customers) == chosen
    assert ids(customer_sample(turned, 100, seed=2).customers) != chosen


def test_a_larger_sample_holds_the_smaller_one(everybody):
    small, large = (ids(customer_sample(everybody, size, seed=1).customers) for size in (50, 200))
    assert small < large


def test_everybody_is_kept_where_there_are_no_more(everybody):
    assert customer_sample(everybody, 400, seed=1) is everybody
