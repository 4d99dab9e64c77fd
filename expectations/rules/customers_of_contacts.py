"""Customers who were contacted are known."""

from expectations.reference import Reference

RULE = Reference("contacts", "customer_id", of_table="customers", meaning="Such contacts count for nobody.")
