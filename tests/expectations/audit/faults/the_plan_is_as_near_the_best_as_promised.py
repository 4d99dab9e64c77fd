"""A plan whose proof does not hold."""

from decimal import Decimal


def the_plan_claims_a_millionth_more_than_its_rows(night):
    """the rows are not worth what the plan says"""
    night.change_manifest = lambda manifest: manifest["plan"].update(value="20.500001", bound="20.500001")


def a_missed_wish_is_not_paid_for(night):
    """the rows are not worth what the plan says"""
    night.change_manifest = lambda manifest: manifest["plan"].update(value="21", bound="21")


def a_missed_wish_is_paid_for_at_half_its_price(night):
    """the rows are not worth what the plan says"""
    night.limit("card wish")["shortfall_price"] = 1


def the_bound_lies_below_the_value(night):
    """the plan is worth more than its own bound"""
    night.bound_above_value = Decimal("-0.000001")


def the_gap_is_a_millionth_too_large(night):
    """the plan is further from its bound than settings allow"""
    night.bound_above_value = Decimal("0.002051")  # 0.002051 / 20.502051 is a hair above 0.0001
