"""Rows of the sources that were set aside."""

from expectations.table import Column, Table

TABLE = Table(
    name="quarantine",
    meaning="One row per row of a source that the night leaves out, and rule that it breaks.",
    key=("table_name", "file", "row", "rule"),
    min_rows=0,
    columns=(
        Column("table_name", "text", "The source table."),
        Column("file", "text", "The file, as seen from the folder that sources.yaml names."),
        Column("row", "integer", "The row in it, counted from 1 after the header; blank lines are none.", minimum=1),
        Column("rule", "text", "What it breaks, in words; never a value."),
    ),
)
