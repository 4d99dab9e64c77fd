"""Where broken rows lie, beside a count in plain Python, over files that Spark reads in many pieces."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.notes import BLOCK, FILE, LINE
from expectations.tables import table
from jobs.gates.row_locations import broken_rows, first_locations, rules_on_rows
from jobs.sources.paths import folder_of
from jobs.sources.reader import SourceReader

MAPPED = "{customer_id: id, household_id: home}"
CUT = "a line must have as many fields as the header"
WANTED = {"customer_id must not be missing", "customer_id must be unique", CUT}
ROWS = 90


@pytest.fixture
def in_small_pieces(spark):
    """Files are cut into blocks of a few rows, and blocks of several files share a task."""
    names = {"spark.sql.files.maxPartitionBytes": "300", "spark.sql.files.openCostInBytes": "1"}
    before = {name: spark.conf.get(name) for name in names}
    for name, value in names.items():
        spark.conf.set(name, value)
    yield
    for name, value in before.items():
        spark.conf.set(name, value)


def drawn(file):
    """The rows of a file: every seventh id is missing; the fifth of each file is the same everywhere."""
    rows = [(f"{file}-{row:03}", f"h{row}") for row in range(1, ROWS + 1)]
    rows = [("", home) if row % 7 == 0 else (name, home) for row, (name, home) in enumerate(rows, start=1)]
    rows[4] = ("same", "h5")
    return rows


def expected(file, has_cut_lines):
    """What a reader with a pencil would list."""
    missing = {(file, row, "customer_id must not be missing") for row in range(7, ROWS + 1, 7)}
    cut = {(file, 9, CUT)} if has_cut_lines else set()
    return missing | cut | {(file, 5, "customer_id must be unique")} | shared_blanks(file)


def shared_blanks(file):
    """Blank ids are equal too."""
    return {(file, row, "customer_id must be unique") for row in range(7, ROWS + 1, 7)}


def write_csv(path, rows):
    lines = [f"{customer},{home}" for customer, home in rows]
    lines[8] = "cut"
    lines.insert(3, "")  # a blank line is no row
    path.write_text("\n".join(["id,home", *lines]) + "\n")


def write_blanks(path, rows):
    lines = [f"  {customer or 'x'}   {home}" for customer, home in rows]
    lines[8] = "cut off here or there"
    lines.insert(3, "")
    path.write_text("\n".join(["id home", *lines]) + "\n")


def write_parquet(path, rows):
    ids, homes = zip(*rows, strict=True)
    pq.write_table(pa.table({"id": ids, "home": homes}), path, row_group_size=20)


def listed(spark, deploy, folder, options):
    """File, row and rule of each broken row; the files are customers, read with these options of sources.yaml."""
    settings = deploy(sources=f"customers: {{path: '{folder}', columns: {MAPPED}, {options}}}\n")
    source = settings.sources.customers
    placed = SourceReader(spark, settings).read_noted("customers", source, None, with_locations=True)
    rows = broken_rows(*rules_on_rows(placed, table("customers"), WANTED), folder_of(source.path))
    return placed, rows


WRITERS = {"csv": write_csv, "parquet": write_parquet}


@pytest.mark.parametrize("kind", WRITERS)
def test_rows_are_numbered_as_a_reader_with_a_pencil_would(spark, deploy, in_small_pieces, tmp_path, kind):
    files = [f"day=1 a/{name}.{kind}" for name in ("one", "two", "a+b ü%20")]
    (tmp_path / "day=1 a").mkdir()
    for file in files:
        WRITERS[kind](tmp_path / file, drawn(file[8:11]))
    placed, rows = listed(spark, deploy, tmp_path, f"format: {kind}")
    assert placed.select(FILE, BLOCK).distinct().count() > 2 * len(files)
    assert {tuple(row) for row in rows.collect()} == {
        row for file in files for row in expected(file, has_cut_lines=kind == "csv")
    }


def test_lines_of_text_in_columns_of_blanks_are_numbered_too(spark, deploy, in_small_pieces, tmp_path):
    for name in ("one.txt", "two.txt"):
        write_blanks(tmp_path / name, drawn(name[:3]))
    _, rows = listed(spark, deploy, tmp_path, "format: whitespace")
    cut = rows.where("rule like 'a line%'")
    assert {tuple(row)[:2] for row in cut.collect()} == {("one.txt", 9), ("two.txt", 9)}


def test_the_first_five_places_are_said_and_that_there_are_more(spark):
    rows = [("b.csv", 7), ("a.csv", 30), ("a.csv", 4)]
    frame = spark.createDataFrame([(*row, "x must be finite") for row in rows], "file string, row long, rule string")
    assert first_locations(frame) == {"x must be finite": "a.csv rows 4, 30; b.csv row 7"}
    many = spark.range(1, 7).selectExpr("'a.csv' as file", "id as row", "'x must be finite' as rule")
    assert first_locations(many) == {"x must be finite": "a.csv rows 1, 2, 3, 4, 5, …"}


def test_a_night_without_broken_rows_numbers_none(spark, deploy, tmp_path):
    write_parquet(tmp_path / "one.parquet", drawn("one"))
    settings = deploy(sources=f"customers: {{path: '{tmp_path}', columns: {MAPPED}}}\n")
    frame = SourceReader(spark, settings).read("customers", None)
    plan = frame.where("customer_id = 'x'")._jdf.queryExecution().executedPlan().toString()
    assert "monotonically_increasing_id" not in plan
    assert "_metadata" not in plan
    assert LINE not in frame.columns
    assert "PushedFilters: [IsNotNull(id), EqualTo(id,x)]" in plan
