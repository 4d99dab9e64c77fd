from expectations.dictionary import page
from expectations.tables import all_tables


def test_every_column_of_every_table_has_a_line_with_its_meaning():
    lines = page().splitlines()
    for all_table in all_tables():
        for column in all_table.columns:
            assert any(f"`{column.name}`" in line and column.meaning in line for line in lines)


def test_bounds_values_and_what_a_breach_does_are_said():
    lines = page().splitlines()
    assert any("`cost`" in line and "must be at least 0" in line and "stop" in line for line in lines)
    assert any("`status`" in line and "must be one of offered, control, holdout" in line for line in lines)
    assert any("`product_id`" in line and "quarantine" in line for line in lines)


def test_a_column_that_may_be_absent_stands_in_brackets():
    assert "| [`margin`] | money" in page()


def test_rules_across_tables_stand_at_the_end():
    assert "| `transactions.product_id` | must be known in products | warn |" in page().split("## Across tables")[1]
