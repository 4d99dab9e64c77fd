"""Candidates that are not those of the policy."""

from decimal import Decimal


def a_candidate_is_dropped(night, new_decision):
    """candidates that are missing"""
    night.further_candidates = [new_decision("ann", "offered", "gift", "email", "3", "2")]
    night.change_candidates = lambda rows: rows.pop()


def half_of_the_candidates_are_dropped(night):
    """candidates that are missing"""
    better = [dict(night.of(name), offer_id="gift", channel="email") for name in ("ann",)]
    night.further_candidates = [*better, dict(night.of("ann"), channel="sms")]
    night.change_candidates = lambda rows: [rows.pop(), rows.pop()]


def a_candidate_is_invented(night):
    """candidates that do not follow"""
    night.change_candidates = lambda rows: rows.append({**rows[0], "channel": "sms"})


def a_candidate_is_worth_less_than_its_formula_says(night, new_decision):
    """candidates with other facts than follow"""
    night.further_candidates = [new_decision("ann", "offered", "gift", "email", "13", "2")]
    night.change_candidates = lambda rows: rows[-1].update(value=Decimal(3))


def a_candidate_costs_more_than_its_formula_says(night, new_decision):
    """candidates with other facts than follow"""
    night.further_candidates = [new_decision("ann", "offered", "gift", "email", "11", "2")]
    night.change_candidates = lambda rows: rows[-1].update(cost=Decimal(11))


def a_candidate_is_there_twice(night, new_decision):
    """candidates that are there more than once"""
    night.further_candidates = [new_decision("ann", "offered", "gift", "email", "3", "2")] * 2


def who_is_held_out_has_a_candidate(night):
    """candidates of customers who were not considered"""
    night.change_candidates = lambda rows: rows.append({**rows[0], "customer_id": "dora", "cost": Decimal(9)})


def a_customer_is_put_into_a_segment(night):
    """candidates with other facts than follow"""
    night.policy["segments"] = {"rich": "worth > 8"}
    night.segments = {"ann": ["rich"], "bob": ["rich"], "007": ["rich"]}


def an_amount_that_a_limit_counts_is_another(night):
    """candidates with other facts than follow"""
    night.policy["limits"].append({"name": "wealth", "sum": "worth", "max": 99})
    night.change_candidates = lambda rows: rows[0].update(worth=1.0)
