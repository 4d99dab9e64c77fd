"""`solve` on drawn nights whose best plan can be found in the head."""

from decimal import Decimal

import pyarrow as pa
import pytest

from optimization import BadInput, Infeasible, NoPlanInTime, Problem, Status, solve

ANN_AND_BOB = """
    customer_id | offer_id | channel | value | cost
    ann         | card     | email   | 10    | 0     # 0
    ann         | card     | sms     | 9     | 0     # 1
    bob         | card     | email   | 8     | 0     # 2
    bob         | card     | sms     | 2     | 0     # 3
"""
PRICED = """
    customer_id | offer_id | channel | value | cost
    ann         | card     | email   | 10    | 4     # 0
    bob         | card     | email   | 9     | 4     # 1
    eve         | card     | email   | 5     | 1     # 2
"""
ENGINES = pytest.mark.parametrize("engine", ["auto", "exact", "prices"])


@ENGINES
def test_the_only_email_goes_to_the_customer_who_gains_most_over_the_next_best(night, limit, engine):
    emails = limit("emails", count="contacts", where={"channel": ["email"]}, max=1)
    plan = solve(night(ANN_AND_BOB), [emails], engine=engine)
    assert plan.chosen.tolist() == [1, 2]  # 9 + 8 = 17 beats 10 + 2
    assert (plan.value, plan.bound, plan.status, plan.gap) == (17_000_000, 17_000_000, Status.OPTIMAL, 0.0)
    assert 1 <= plan.shadow_price["emails"] <= 6  # one more is worth 1, one fewer costs 6: any price between is a dual
    assert (plan.limit("emails").side, plan.limit("emails").binding, plan.limit("emails").use) == ("max", True, 1)


@ENGINES
def test_nobody_is_chosen_at_a_loss_unless_a_minimum_says_so(night, limit, engine):
    losing = night("""
        customer_id | offer_id | channel | value | cost
        ann         | card     | sms     | 1     | 2     # loses 1
        bob         | card     | sms     | 1     | 4     # loses 3
    """)
    assert solve(losing, [], engine=engine).chosen.tolist() == []
    plan = solve(losing, [limit("launch", count="contacts", min=1)], engine=engine)
    assert (plan.chosen.tolist(), plan.value) == ([0], -1_000_000)
    assert -3 <= plan.shadow_price["launch"] <= -1  # one more contact would cost 3, one fewer would save 1
    assert plan.limit("launch").side == "min"


@ENGINES
def test_money_that_is_left_over_but_too_little_for_anybody_stays_unspent(night, limit, engine):
    plan = solve(night(PRICED), [limit("budget", sum="cost", max=7)], engine=engine, max_gap=0)
    assert plan.chosen.tolist() == [0, 2]  # 6 + 4 at a cost of 5; ann and bob together would cost 8
    assert plan.limit("budget").use == 5
    assert plan.bound == 10_000_000  # by branching: the prices alone could not exclude 6 + 5/2 + 4


@ENGINES
def test_a_return_floor_keeps_out_what_would_lower_the_ratio_too_far(night, limit, engine):
    plan = solve(night(PRICED), [limit("return", ratio=["value", "cost"], min=3)], engine=engine, max_gap=0)
    assert plan.chosen.tolist() == [0, 2]  # (10 + 5) / (4 + 1) = 3; all three: 24 / 9 < 3
    assert plan.limit("return").use == 3


@ENGINES
def test_nothing_over_nothing_keeps_every_ratio(night, limit, engine):
    plan = solve(night(PRICED), [limit("return", ratio=["value", "cost"], min=9)], engine=engine)
    assert (plan.chosen.tolist(), plan.limit("return").use) == ([], None)


@ENGINES
def test_a_soft_minimum_is_missed_where_reaching_it_costs_more_than_its_price(night, limit, engine):
    def calls(price: str):
        wanted = limit("cards", count="contacts", min=3, shortfall_price=price)
        return solve(night(PRICED), [wanted, limit("budget", sum="cost", max=5)], engine=engine, max_gap=0)

    plan = calls("0.5")
    assert plan.value == 9_500_000  # 6 + 4, one contact short
    assert (plan.limit("cards").shortfall, plan.limit("cards").cause) == (1, "held back by budget")


@ENGINES
def test_the_cause_of_a_shortfall_may_be_that_there_are_too_few_candidates(night, limit, engine):
    plan = solve(night(PRICED), [limit("cards", count="contacts", min=9, shortfall_price=1)], engine=engine)
    assert (plan.limit("cards").shortfall, plan.limit("cards").cause) == (6, "too few candidates")


@ENGINES
def test_a_household_takes_its_best_members(night, engine):
    drawn = """
        customer_id | offer_id | channel | value | cost | household_id
        ann         | card     | email   | 5     | 0    | h1
        bob         | card     | email   | 9     | 0    | h1
        cat         | card     | email   | 7     | 0    | h1
        dan         | card     | email   | 1     | 0    | -
        eve         | card     | email   | 1     | 0    | -
    """
    assert solve(night(drawn, max_per_household=2), [], engine=engine).chosen.tolist() == [1, 2, 3, 4]
    assert solve(night(drawn, max_per_household=1), [], engine=engine).chosen.tolist() == [1, 3, 4]


@ENGINES
def test_each_household_takes_as_many_as_a_column_says(night, engine):
    drawn = """
        customer_id | offer_id | channel | value | cost | household_id | places
        ann         | card     | email   | 5     | 0    | h1           | 2
        bob         | card     | email   | 9     | 0    | h1           | 2
        cat         | card     | email   | 7     | 0    | h1           | 2
        dan         | card     | email   | 1     | 0    | h1           | -
        eve         | card     | email   | 1     | 0    | h2           | 0
    """
    plan = solve(night(drawn, max_per_household="places"), [], engine=engine)
    assert plan.chosen.tolist() == [1, 2, 3]
    assert plan.proof["max_per_household"] == "places"


@ENGINES
def test_no_candidates_make_an_empty_plan_or_break_a_minimum(table, limit, engine):
    empty = Problem.from_table(table(PRICED).slice(0, 0))
    assert solve(empty, [limit("budget", sum="cost", max=7)], engine=engine).value == 0
    with pytest.raises(Infeasible, match="cut the min of 'cards' from 2 to 0"):
        solve(empty, [limit("cards", count="contacts", min=2)], engine=engine)


@ENGINES
def test_limits_that_cannot_hold_together_are_named_and_no_others(night, limit, engine):
    limits = [
        limit("budget", sum="cost", max=100),
        limit("calls", count="contacts", where={"channel": ["email"]}, max=1),
        limit("launch", count="contacts", where={"offer": ["card"]}, min=3),
    ]
    with pytest.raises(Infeasible) as caught:
        solve(night(PRICED), limits, engine=engine)
    plan = caught.value.plan
    assert (plan.status, plan.conflict, plan.has_plan) == (Status.INFEASIBLE, ("calls", "launch"), False)
    least, *others = plan.relaxation.removeprefix("enough would be: ").split(", or: ")
    calls = "raise the max of 'calls' from 1 to 3 (then worth 15.00)"
    launch = "cut the min of 'launch' from 3 to 1 (then worth 6.00)"
    both = "raise the max of 'calls' from 1 to 2 and cut the min of 'launch' from 3 to 2 (then worth 11.00)"
    assert least == calls  # of what would be enough, it leaves most
    assert others[-1] == launch
    assert {*others} - {both} == {launch}


@ENGINES
def test_a_limit_that_could_not_mend_the_conflict_alone_is_not_offered(night, limit, engine):
    limits = [
        limit("calls", count="contacts", where={"channel": ["email"]}, max=1),
        limit("launch", count="contacts", where={"offer": ["card"]}, min=5),  # there are three cards, in email
    ]
    with pytest.raises(Infeasible) as caught:
        solve(night(PRICED), limits, engine=engine)
    ways = caught.value.plan.relaxation.removeprefix("enough would be: ").split(", or: ")
    assert "raise the max of 'calls' from 1 to" not in [way for way in ways if " and " not in way]
    assert ways[-1] == "cut the min of 'launch' from 5 to 1 (then worth 6.00)"


@ENGINES
def test_advice_is_in_bounds_that_people_would_write(night, limit, engine):
    drawn = "\n".join(
        ["customer_id | offer_id | channel | value | cost", *(f"c{n} | a | x | 7.777777 | 0.6{n}" for n in range(3))]
    )
    limits = [limit("return", ratio=["value", "cost"], min=13), limit("all", count="contacts", min=3)]
    with pytest.raises(Infeasible) as caught:
        solve(night(drawn), limits, engine=engine)
    told = caught.value.plan.relaxation
    assert "cut the min of 'return' from 13 to 12.7" in told  # 23.333331 / 1.83 = 12.7504
    assert "cut the min of 'all' from 3 to 0" in told
    assert told.index("'return'") < told.index("'all'")  # what leaves more stands first


@ENGINES
def test_of_a_ratio_over_nothing_no_bound_is_enough(night, limit, engine):
    drawn = """
        customer_id | offer_id | channel | value | cost
        ann         | a        | x       | 4     | 0
    """
    limits = [limit("return", ratio=["value", "cost"], max=2), limit("all", count="contacts", min=1)]
    with pytest.raises(Infeasible) as caught:
        solve(night(drawn), limits, engine=engine)
    ways = caught.value.plan.relaxation.removeprefix("enough would be: ").split(", or: ")
    assert set(ways) == {
        "leave out the max of 'return' (then worth 4.00)",
        "cut the min of 'all' from 1 to 0 (then worth 0.00)",
    }


@ENGINES
def test_amounts_that_cannot_add_up_to_a_bound_are_a_conflict_too(night, limit, engine):
    with pytest.raises(Infeasible, match="together: exactly"):  # costs are 4, 4, 1; prices alone do not see it
        solve(night(PRICED), [limit("exactly", sum="cost", min=6, max=7)], engine=engine)


def test_time_that_ran_out_leaves_the_best_plan_with_its_gap(night, limit):
    with pytest.raises(NoPlanInTime, match="raise the time limit or the gap") as caught:
        solve(night(PRICED), [limit("budget", sum="cost", max=7)], max_gap=0, time_limit_seconds=0.0)
    plan = caught.value.plan
    assert plan.status is Status.NO_PLAN_IN_TIME
    if plan.has_plan:
        assert plan.value <= 10_000_000 <= plan.bound


def test_an_engine_that_does_not_exist_is_named_with_those_that_do(night):
    with pytest.raises(BadInput, match="no engine 'exakt'; did you mean 'exact'"):
        solve(night(PRICED), [], engine="exakt")


def test_candidates_in_memory_are_not_for_the_engine_that_leaves_them_in_spark(night):
    with pytest.raises(BadInput, match="takes a Spark frame"):
        solve(night(PRICED), [], engine="spark")


def test_auto_says_which_engine_it_chose_and_why(night):
    plan = solve(night(PRICED), [])
    assert (plan.engine, plan.reason) == ("exact", "3 candidates: the whole problem fits one relaxation")


def test_where_matches_ids_labels_truths_and_whole_numbers(table, limit):
    night = Problem.from_table(
        table(PRICED).append_column("is_new", pa.array([True, False, None])).append_column("tier", pa.array([1, 2, 3]))
    )
    never = [
        limit("a", count="contacts", where={"customer": ["ann"]}, max=0),
        limit("b", count="contacts", where={"is_new": [False]}, max=0),
    ]
    assert solve(night, never).chosen.tolist() == [2]
    tiers = limit("c", count="contacts", where={"tier": [1, 3], "channel": ["email"], "offer": ["card"]}, max=0)
    assert solve(night, [tiers]).chosen.tolist() == [1]


def test_a_price_is_between_what_one_more_unit_gains_and_what_one_fewer_loses(night, limit):
    def worth(seats: int) -> int:
        seats_limit = limit("seats", count="contacts", where={"channel": ["email"]}, max=seats)
        return solve(night(ANN_AND_BOB), [seats_limit], max_gap=0).value

    price = solve(
        night(ANN_AND_BOB), [limit("seats", count="contacts", where={"channel": ["email"]}, max=1)]
    ).shadow_price
    assert worth(2) - worth(1) <= price["seats"] * 1_000_000 <= worth(1) - worth(0)


def test_the_price_of_money_is_per_unit_of_the_currency(night, limit):
    plan = solve(night(PRICED), [limit("budget", sum="cost", max=Decimal("8.5"))], max_gap=0)
    assert plan.chosen.tolist() == [0, 1]  # 6 + 5 at a cost of 8
    assert plan.shadow_price["budget"] == pytest.approx(1.25)  # bob's 5 for his 4
