"""Customers who bought are known."""

from expectations.reference import Reference

RULE = Reference("transactions", "customer_id", of_table="customers", meaning="Such lines count for nobody.")
