from pathlib import Path

import pytest
from pyspark.sql import types as T

from expectations import dictionary
from expectations.figures import structure_rules
from expectations.gate import check
from expectations.tables import all_tables, table

ROOT = Path(__file__).parents[2]
SOURCES = {"customers", "transactions", "products", "contacts", "responses", "consents"}
COMPUTED = {"features", "propensities", "values", "candidates", "exclusions", "plan", "limit_prices", "decisions"}

every_table = pytest.mark.parametrize("declared", all_tables(), ids=lambda item: item.name)


def test_every_table_of_the_night_is_declared():
    assert {all_table.name for all_table in all_tables()} >= SOURCES | COMPUTED
    assert table("plan").name == "plan"


def test_an_unknown_table_is_named_with_those_there_are():
    with pytest.raises(KeyError, match="no table 'offers'; tables: candidates, consents"):
        table("offers")


@every_table
def test_a_frame_of_a_tables_own_schema_has_the_right_structure(spark, declared):
    rules = structure_rules(spark.createDataFrame([], declared.schema()), declared)
    assert len(rules) == 2 * len(declared.columns)  # each is there, and each is of its type
    assert all(rule.figure == 0 for rule in rules)


@every_table
def test_rows_of_nothing_but_nulls_break_every_column_that_may_not_be_missing(spark, declared):
    nullable = T.StructType([T.StructField(field.name, field.dataType) for field in declared.schema()])
    report = check(spark.createDataFrame([(None,) * len(nullable)] * 2, nullable), declared)
    missing = {rule.subject for rule in report.breaches if rule.words == "must not be missing"}
    assert missing == {column.name for column in declared.columns if not column.nullable}
    assert missing


@every_table
def test_every_meaning_is_a_sentence(declared):
    for meaning in (declared.meaning, *(column.meaning for column in (*declared.columns, *declared.further))):
        assert meaning[0].isupper()
        assert meaning.endswith(".")


def test_a_contact_or_a_consent_is_never_set_aside():
    for name in ("contacts", "consents"):
        assert {column.on_breach for column in table(name).columns} <= {"stop", "warn"}


def test_the_page_of_tables_is_current():
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == dictionary.page(), (
        "python -m expectations.dictionary > docs/tables.md"
    )
