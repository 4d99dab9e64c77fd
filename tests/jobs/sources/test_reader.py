"""Small source files, read through sources.yaml as a deployment's own are."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.core.errors import SourceError
from jobs.sources.paths import data_files
from jobs.sources.reader import SourceReader

CONTACTS = "{customer_id: who, offer_id: what, channel: through, contacted_at: at}"


@pytest.fixture
def reader(spark, deploy, zone, tmp_path):
    """A reader whose deployment has the one table named, as that piece of sources.yaml says, in New York."""

    def make(**sources):
        customers = {"customers": "{path: nowhere.parquet, columns: {customer_id: id}}"}
        text = "".join(f"{name}: {mapping}\n" for name, mapping in (customers | sources).items())
        zone("America/New_York")
        settings = deploy("deployment.time_zone=America/New_York", sources=text.replace("HERE", str(tmp_path)))
        return SourceReader(spark, settings)

    return make


@pytest.fixture
def read_contacts(reader, tmp_path):
    """The ids, offers and days of a contacts file of these lines, under `who,what,through,at`."""

    def read(*lines, rest="format: csv", before=None, header="who,what,through,at"):
        (tmp_path / "contacts").write_text("\n".join([header, *lines]) + "\n")
        sources = reader(contacts=f"{{path: HERE/contacts, columns: {CONTACTS}, {rest}}}")
        rows = sources.read("contacts", before).select("customer_id", "offer_id", "contacted_on").collect()
        return [(row[0], row[1], row[2] and row[2].isoformat()) for row in rows]

    return read


def test_a_line_with_too_few_or_too_many_fields_is_null_so_that_the_gate_counts_it(read_contacts):
    assert read_contacts(
        "ann,card,email,2024-06-29",
        "bob,card",
        "cat,card,email,2024-06-29,extra",
        'dan,"a, b",email,2024-06-29',
        'eve,"say ""hi""",email,2024-06-29',
        'fay,"C:\\",email,2024-06-29',
    ) == [
        ("ann", "card", "2024-06-29"),
        (None, None, None),
        (None, None, None),
        ("dan", "a, b", "2024-06-29"),
        ("eve", 'say "hi"', "2024-06-29"),
        ("fay", "C:\\", "2024-06-29"),
    ]


def test_columns_that_nobody_asks_for_count_when_a_line_is_cut(reader, tmp_path):
    (tmp_path / "customers").write_text("id,age,town\n007,30,Bern\n8,40\n")
    sources = reader(customers="{path: HERE/customers, format: csv, columns: {customer_id: id}}")
    assert [row[0] for row in sources.read("customers", None).collect()] == ["007", None]


def test_text_in_columns_of_blanks_is_held_to_its_header_too(read_contacts):
    assert read_contacts(
        "  ann \t card   email 20240629",
        "bob card",
        "\tcat card email 20240629",
        "dan card email 20240629 extra",
        "",
        rest="format: whitespace, date_format: yyyyMMdd",
        header=" who  what through at",
    ) == [("ann", "card", "2024-06-29"), (None, None, None), ("cat", "card", "2024-06-29"), (None, None, None)]


def test_the_mark_of_the_byte_order_is_no_part_of_a_name(read_contacts):
    line = "ann card email 20240629"
    rest = "format: whitespace, date_format: yyyyMMdd"
    assert read_contacts(line, rest=rest, header="\ufeffwho what through at") == [("ann", "card", "2024-06-29")]
    assert read_contacts(line.replace(" ", ","), rest="format: csv, date_format: yyyyMMdd",
                         header="\ufeffwho,what,through,at") == [("ann", "card", "2024-06-29")]  # fmt: skip


def test_a_header_alone_is_an_empty_table(read_contacts):
    assert read_contacts() == []


def test_a_table_of_another_separator_with_constants_and_equal_rows_kept_once(reader, tmp_path):
    (tmp_path / "customers").write_text("\ufeffid;age\nann;30\nbob;\nann;30\n")
    sources = reader(
        customers="{path: HERE/customers, format: csv, separator: ';', distinct: true, "
        "constants: {town: 5, rich: true}, "
        "columns: {customer_id: id, age: age}, attributes: {age: number, town: text, rich: text}}"
    )
    customers = sorted(tuple(row) for row in sources.read("customers", None).collect())
    assert customers == [("ann", 30.0, "5", "true"), ("bob", None, "5", "true")]


def test_events_are_cut_at_midnight_of_the_deployment_and_rows_without_a_stamp_stay_for_the_gate(read_contacts):
    contacts = read_contacts(
        "ann,card,email,2024-06-30T03:59:59Z",  # a second before midnight in New York
        "bob,card,email,2024-06-30T04:00:00Z",
        "cat,card,email,never",
        before=date(2024, 6, 30),
    )
    assert contacts == [("ann", "card", "2024-06-29"), ("cat", "card", None)]


def test_reading_clean_leaves_out_what_the_contract_sets_aside(reader, tmp_path):
    (tmp_path / "responses").write_text("who,what,at\nann,card,2024-06-29\nbob,card\n")
    columns = "{customer_id: who, offer_id: what, responded_at: at}"
    sources = reader(responses=f"{{path: HERE/responses, format: csv, columns: {columns}}}")
    assert sources.read("responses", None).count() == 2
    assert [row["customer_id"] for row in sources.read_clean("responses", None).collect()] == ["ann"]
    assert sources.read("transactions", None) is None
    assert sources.read_clean("transactions", None) is None


NIGHT = datetime(2024, 6, 30, 1, 30)  # noqa: DTZ001  it names no zone: that is the case
SPRING, AUTUMN = datetime(2024, 3, 10, 6, 30), datetime(2024, 11, 3, 4, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("stamps", "rest", "expected"),
    [
        (pa.array([NIGHT, SPRING, AUTUMN, None], "timestamp[us]"), "time_zone: UTC",
         ["2024-06-29 21:30", "2024-03-10 01:30", "2024-11-03 00:30", None]),
        (pa.array([NIGHT, datetime(2024, 3, 10, 3, 30)], "timestamp[ms]"), "",  # noqa: DTZ001
         ["2024-06-30 01:30", "2024-03-10 03:30"]),
        (pa.array([NIGHT], "timestamp[us]"), "time_zone: Europe/Zurich", ["2024-06-29 19:30"]),
        (pa.array([NIGHT.replace(tzinfo=UTC)], pa.timestamp("us", "UTC")), "time_zone: Europe/Zurich",
         ["2024-06-29 21:30"]),
        (pa.array([NIGHT], "timestamp[ns]"), "", ["2024-06-29 21:30"]),  # Spark's own old form is an instant
        (pa.array([date(2024, 6, 30)]), "time_zone: UTC", ["2024-06-30 00:00"]),
    ],
    ids=["naive in UTC", "naive of the deployment", "naive elsewhere", "instant", "int96", "date"],
)  # fmt: skip
def test_stamps_in_parquet_are_of_the_zone_they_name_or_their_source_names(reader, tmp_path, stamps, rest, expected):
    names = {"who": pa.array(range(len(stamps))), "what": ["card"] * len(stamps), "through": ["sms"] * len(stamps)}
    table = pa.table({**names, "at": stamps})
    pq.write_table(table, tmp_path / "contacts.parquet", use_deprecated_int96_timestamps=stamps.type == "timestamp[ns]")
    sources = reader(contacts=f"{{path: HERE/contacts.parquet, columns: {CONTACTS}, {rest}}}")
    shown = "date_format(contacted_at, 'yyyy-MM-dd HH:mm') as at"
    rows = sources.read("contacts", None).selectExpr("customer_id", shown, "string(contacted_on) as day").collect()
    assert [row["at"] for row in rows] == expected
    assert [row["day"] for row in rows] == [at and at[:10] for at in expected]
    assert [row["customer_id"] for row in rows] == [str(number) for number in range(len(stamps))]


def test_a_folder_of_parquet_files_is_one_table(reader, tmp_path):
    (tmp_path / "customers" / "day=1").mkdir(parents=True)
    pq.write_table(pa.table({"id": [1]}), tmp_path / "customers" / "day=1" / "a.parquet")
    (tmp_path / "customers" / "day=2").mkdir()
    pq.write_table(pa.table({"id": [2], "age": [30.0]}), tmp_path / "customers" / "day=2" / "b.parquet")
    (tmp_path / "customers" / "_SUCCESS").touch()
    assert [path.name for path in data_files(str(tmp_path / "customers"))] == ["a.parquet", "b.parquet"]
    sources = reader(
        customers="{path: HERE/customers, columns: {customer_id: id, age: age}, attributes: {age: number}}",
    )
    assert sorted((row[0], row[1]) for row in sources.read("customers", None).collect()) == [
        ("1", None),
        ("2", 30.0),
    ]


def test_no_path_stands_for_no_file_and_not_for_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "a.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert data_files("") == []
    assert data_files("a.csv") == [Path("a.csv")]


@pytest.mark.parametrize(
    ("content", "description", "message"),
    [
        (None, "columns: {customer_id: id}", "customers: nothing lies at .*customers; sources.yaml says where"),
        ("id,a\n1,2\n", "columns: {customer_id: id, age: b}, format: csv", "no column 'b' in .*; its columns: a, id"),
        ("id\n1\n", "columns: {age: id}, format: csv", "maps nothing to the required column 'customer_id'"),
        ("id\n1\n", "columns: {customer_id: id}", "customers: customers is no Parquet file"),
        ("ann\n1\n", "columns: {customer_id: id}, format: csv", "no column 'id' in .*; none of .* may not be a header"),
        ("", "columns: {customer_id: id}, format: csv", "customers: no column 'id'"),
        ("", "columns: {customer_id: id}, format: whitespace", "customers: no column 'id'"),
    ],
    ids=["nothing there", "no such column", "required", "no parquet", "no header", "empty csv", "empty text"],
)
def test_a_table_that_is_not_as_sources_yaml_says_is_named(reader, tmp_path, content, description, message):
    if content is not None:
        (tmp_path / "customers").write_text(content)
    sources = reader(customers=f"{{path: HERE/customers, {description}}}")
    with pytest.raises(SourceError, match=message):
        sources.read("customers", None)


def test_a_column_that_the_table_does_not_have_is_refused(reader, tmp_path):
    (tmp_path / "contacts").write_text("who,what,through,at,x\n")
    mapped = CONTACTS.replace("}", ", colour: x}")
    sources = reader(contacts=f"{{path: HERE/contacts, format: csv, columns: {mapped}}}")
    with pytest.raises(SourceError, match="maps 'colour', which this table does not have"):
        sources.read("contacts", None)


def test_a_column_of_lists_is_no_number(reader, tmp_path):
    pq.write_table(pa.table({"id": [1], "ages": [[1, 2]]}), tmp_path / "customers.parquet")
    sources = reader(
        customers="{path: HERE/customers.parquet, columns: {customer_id: id, age: ages}, attributes: {age: number}}"
    )
    with pytest.raises(SourceError, match="column 'ages' is list<element: int64> in customers.parquet, which is not"):
        sources.read("customers", None)
