"""Customers who are lost, doubled or invented."""


def a_customer_is_forgotten(night):
    """customers without a decision"""
    night.decisions.remove(night.of("cid"))


def a_customer_has_two_decisions(night):
    """customers with more than one decision"""
    night.decisions.append({**night.of("cid"), "status": "no_value"})


def a_stranger_is_decided(night):
    """decisions about customers that the table does not have"""
    night.decisions.append({**night.of("cid"), "customer_id": "zoe"})


def an_id_lost_its_leading_zeros_among_the_raw_customers(night):
    """customers without a decision"""
    night.customers += "0007,8\n"


def a_customer_called_na_is_a_customer(night):
    """customers without a decision"""
    night.customers += "NA,8\n"
