from expectations.references import REFERENCES, Reference, check_across
from expectations.tables import table


def test_every_rule_names_declared_columns():
    for rule in REFERENCES:
        for name in (rule.table, rule.of_table):
            assert rule.column in {column.name for column in table(name).columns}


def test_rows_that_name_the_unknown_are_counted(spark):
    lines = spark.createDataFrame(
        [("ann", "milk"), ("ann", "tea"), ("zoe", "tea"), (None, "milk")], "customer_id string, product_id string"
    )
    products = spark.createDataFrame([("milk",), ("milk",)], "product_id string")
    customers = spark.createDataFrame([("ann",), ("bob",)], "customer_id string")
    broken = check_across({"transactions": lines, "products": products, "customers": customers})
    assert [str(rule) for rule in broken] == [
        "transactions.customer_id: must be known in customers (1 row)",
        "transactions.product_id: must be known in products (2 rows)",
    ]
    assert {rule.severity for rule in broken} == {"warn"}


def test_a_rule_about_a_table_that_is_not_there_does_not_apply(spark):
    customers = spark.createDataFrame([("ann",)], "customer_id string")
    assert check_across({"customers": customers}) == ()
    assert Reference("contacts", "customer_id", "customers", "Nobody.").judge({"customers": customers}) is None
