"""Money that does not add up within a row."""

from decimal import Decimal

MILLIONTH = Decimal("0.000001")


def a_net_value_is_a_millionth_too_high(night):
    """rows whose net value is not value less cost"""
    night.of("ann")["net_value"] += MILLIONTH


def two_errors_that_cancel_in_every_sum(night):
    """rows whose net value is not value less cost"""
    night.of("ann")["net_value"] += 1
    night.of("bob")["net_value"] -= 1


def a_contact_that_earns_money_by_being_made(night):
    """rows whose net value is not value less cost"""
    night.of("bob").update(cost=Decimal(-2), net_value=Decimal(11))
