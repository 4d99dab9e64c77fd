"""How many rows a table should have is said per table, and of consents in one place."""

import pytest
from pydantic import ValidationError

from conf.sources import Answers, Events, Source, Sources, Waves

TABLE = {"path": "p", "columns": {"customer_id": "id"}}


def test_only_what_comes_in_waves_may_grow_without_bounds():
    sources = Sources.model_validate(dict.fromkeys(("customers", "transactions", "contacts", "responses"), TABLE))
    assert {sources.customers.max_growth_share, sources.transactions.max_growth_share} == {0.9}
    assert {type(sources.contacts), type(sources.responses)} == {Waves}
    assert sources.contacts.max_growth_share is None
    assert sources.contacts.max_shrink_share == 0.5


def test_how_far_consents_may_shrink_is_not_said_twice():
    assert Answers(**TABLE).max_shrink_share is None
    with pytest.raises(ValidationError, match="max_shrink_share"):
        Answers(**TABLE, max_shrink_share=0.2)


@pytest.mark.parametrize(
    "stated", [{"min_rows": -1}, {"max_shrink_share": 1.1}, {"max_shrink_share": -0.1}, {"max_growth_share": -0.1}]
)
def test_shares_and_rows_have_bounds(stated):
    with pytest.raises(ValidationError):
        Source(**TABLE, **stated)


def test_a_constant_is_not_a_column_too():
    with pytest.raises(ValidationError, match="'customer_id' is both a column and a constant"):
        Source(**TABLE, constants={"customer_id": "1"})


@pytest.mark.parametrize("kinds", [{}, {"complaint": []}, {"Complaint": ["x"]}, {"a-b": ["x"]}])
def test_a_kind_of_events_is_a_word_and_names_the_words_of_the_source(kinds):
    with pytest.raises(ValidationError, match="kinds"):
        Events(**TABLE, kinds=kinds)
    assert Events(**TABLE, kinds={"complaint": ["Complaint opened"]}).kinds == {"complaint": ("Complaint opened",)}


def test_a_deployment_without_events_says_nothing_of_them():
    assert "events" not in Sources(customers=TABLE).model_dump()
