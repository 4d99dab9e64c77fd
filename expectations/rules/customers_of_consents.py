"""Customers who said what they allow are known."""

from expectations.reference import Reference

RULE = Reference(
    "consents",
    "customer_id",
    of_table="customers",
    meaning="Such answers are about nobody; many of them look like two systems with different ids.",
)
