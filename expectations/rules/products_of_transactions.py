"""Products sold are known."""

from expectations.reference import Reference

RULE = Reference("transactions", "product_id", of_table="products", meaning="Such lines count for no category.")
