"""Rows whose status and columns tell two stories."""

from decimal import Decimal


def an_offer_lacks_its_cost(night):
    """rows whose status and columns disagree"""
    night.of("bob")["cost"] = None


def an_offer_lacks_its_value(night):
    """rows whose status and columns disagree"""
    night.limit("return")["min"] = 3  # nine dollars less
    night.of("bob")["value"] = None


def who_gets_nothing_has_an_offer(night):
    """rows whose status and columns disagree"""
    night.of("cid").update(offer_id="gift")


def who_gets_nothing_has_a_value(night):
    """rows whose status and columns disagree"""
    night.of("cid").update(value=Decimal(3))


def nobody_says_why(night):
    """rows without a reason"""
    night.of("cid")["reasons"] = []


def the_reasons_are_null(night):
    """rows without a reason"""
    night.of("ann")["reasons"] = None


def the_status_does_not_exist(night):
    """rows with a status that does not exist"""
    night.of("cid")["status"] = "forgotten"
