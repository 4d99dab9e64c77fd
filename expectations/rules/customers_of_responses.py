"""Customers who responded are known."""

from expectations.reference import Reference

RULE = Reference("responses", "customer_id", of_table="customers", meaning="Such responses count for nobody.")
