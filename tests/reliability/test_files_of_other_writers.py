"""Files as other programs write them are drawn: night and auditor read the rows that were written."""

import bz2
import csv
import gzip
import io
from datetime import UTC, datetime, time
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conf.sources import Source, Sources, Waves
from expectations.audit import RawTable
from expectations.audit.stamps import instant_of
from jobs.core.errors import SourceError
from jobs.sources.consistency import check_alike
from jobs.sources.paths import data_files
from jobs.sources.reader import SourceReader

COLUMNS = {"customer_id": "who", "offer_id": "what", "channel": "through", "contacted_at": "at"}
ZONE = ZoneInfo("Europe/Zurich")
SEPARATORS = [",", ";", "\t", "|", "\x01", "^", "~", "§", "\\", " "]
NAMES = ["a.csv", "a b.csv", "a[1].csv", "a{x}*?.csv", "ä%20+.csv", "a#1.csv", "2024/06/a.csv", "day=1/a.csv", "a.TXT"]
IDS = ["007", "7", "a b", "x,y;z", 'say "hi"', "Ünal", "+41790000001", "1e3", "NA", "C:\\x", "it's"]
FOLDERS = ["sms", "e mail", "100%", "a%2Fb", "a%3Ab+c", "ä"]


@pytest.fixture
def night_rows(spark):
    """Who, what, through and when, of every row that a night reads of a table of contacts."""
    key = "spark.sql.session.timeZone"
    before = spark.conf.get(key)
    spark.conf.set(key, str(ZONE))

    def read(source):
        check_alike("contacts", source, data_files(source.path))
        deployment = SimpleNamespace(time_zone=str(ZONE), zone=ZONE)
        sources = Sources(customers=Source(path="nowhere", columns={"customer_id": "id"}), contacts=source)
        reader = SourceReader(spark, SimpleNamespace(deployment=deployment, sources=sources))
        rows = reader.read("contacts", None).select(*COLUMNS).collect()
        return ordered((*row[:3], row[3] and row[3].astimezone(UTC)) for row in rows)

    yield read
    spark.conf.set(key, before)


def auditor_rows(source):
    """The same, of the auditor's reader."""
    table = RawTable(
        source.path, source.format, source.columns, source.constants, source.separator, source.time_zone,
        source.date_format, skips_bad_lines=True,
    )  # fmt: skip
    return ordered((*row[:3], row[3] and instant_of(row[3], table, ZONE)) for row in table.rows(*COLUMNS))


def ordered(rows):
    return sorted(rows, key=lambda row: tuple((cell is None, str(cell)) for cell in row))


def moments(draw, count):
    return [datetime(2024, 6, draw.randrange(1, 28), draw.randrange(24), 30, tzinfo=UTC) for _ in range(count)]


def text_file(draw, path, kind, separator):
    """A text file in the manner of some program, and the rows that it holds."""
    rows = [
        (draw.choice([who for who in IDS if kind == "csv" or " " not in who]), draw.choice(["card", "loan"]), "sms", at)
        for at in moments(draw, 12)
    ]
    lines = [[who, what, through, f"{at.astimezone(ZONE):%d.%m.%Y %Hh%M}"] for who, what, through, at in rows]
    if kind == "whitespace":
        lines = [[*line[:3], line[3].replace(" ", "T")] for line in lines]
    header = [draw.choice([name, name.upper(), f" {name} "]) for name in COLUMNS.values()]
    for name in draw.sample(["", "note", "note", "Note", "Verk\xe4ufer", "n o"], draw.randrange(5)):
        place = draw.randrange(len(header) + 1)
        header.insert(place, name if kind == "csv" else name.replace(" ", "") or "_")
        for line in lines:
            line.insert(place, draw.choice(["x", "Verk\xe4ufer", "1.5"]))
    if kind == "csv":
        ends = draw.choice([(0, 0), (1, 1), (1, 0), (0, 1), (2, 2), (0, 3)])
        header += [""] * ends[0]
        lines = [line + [""] * ends[1] for line in lines]
    text = io.StringIO()
    if kind == "csv":
        quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        end = draw.choice(["\n", "\r\n", "\r"])
        writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
        writer.writerows([header, *lines])
    else:
        text.write("\n".join(draw.choice([" ", "  \t"]).join(line) for line in [header, *lines]))
    mark = draw.choice(["", "\ufeff"])
    content = (mark + draw.choice(["", "\n\n"]) + text.getvalue()).encode("utf-8")
    content = content.replace("Verk\xe4ufer".encode(), draw.choice(["Verk\xe4ufer".encode(), b"Verk\xe4ufer"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = {".gz": gzip.compress, ".bz2": bz2.compress}.get(path.suffix, bytes)
    path.write_bytes(packed(content))
    return ordered(rows)


@pytest.mark.parametrize("seed", [*range(14), *(pytest.param(n, marks=pytest.mark.full) for n in range(14, 300))])
def test_night_and_auditor_read_the_rows_that_a_text_file_holds(night_rows, figures, tmp_path, seed):
    draw = Random(seed)
    kind = draw.choice(["csv", "csv", "csv", "whitespace"])
    separator = SEPARATORS[seed % len(SEPARATORS)] if kind == "csv" else ","
    name = NAMES[seed % len(NAMES)] + draw.choice(["", "", ".gz", ".bz2"])
    rows = text_file(draw, tmp_path / "in" / name, kind, separator)
    source = Waves(
        path=str(draw.choice([tmp_path / "in", tmp_path / "in" / name])),
        format=kind,
        separator=separator,
        columns=COLUMNS,
        date_format="dd.MM.yyyy HH'h'mm" if kind == "csv" else "dd.MM.yyyy'T'HH'h'mm",
    )
    assert auditor_rows(source) == rows
    assert night_rows(source) == rows
    figures.count("files of other writers", text=1, read_by_night_and_auditor=1)


def stored(draw, values, kinds):
    """The values as one of the types that hold them."""
    return pa.array(values).cast(draw.choice(kinds))


def of_nobody(draw, count):
    """Columns that nobody mapped, of types that nobody reads."""
    number = draw.randrange(10)
    columns = {
        "till": pa.array([time(10, 5)] * count),
        "key": pa.array([b"0123456789abcdef"] * count, pa.binary(16)),
        "half": pa.array(np.full(count, number, np.float16)),
        "nothing": pa.nulls(count),
        "list": pa.array([[number]] * count),
        "Note": pa.array(["a"] * count),
        "note": pa.array([number] * count),
        "x": pa.array([draw.choice([number, None])] * count) if number % 2 else pa.array(["x"] * count),
    }
    return {name: columns[name] for name in draw.sample(sorted(columns), draw.randrange(len(columns)))}


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(n, marks=pytest.mark.full) for n in range(12, 300))])
def test_night_and_auditor_read_the_rows_that_parquet_files_hold(night_rows, figures, tmp_path, seed):
    draw = Random(seed)
    in_folders, zone = draw.choice([True, False]), draw.choice([None, "UTC", "Asia/Tokyo"])
    unit, source_zone = draw.choice(["ns", "us", "ms"]), draw.choice([None, "UTC", "America/New_York"])
    who_type = draw.choice(
        [pa.string(), pa.large_string(), pa.int64(), pa.float64(), pa.dictionary(pa.int32(), pa.string())]
    )
    is_old = draw.choice([True, False]) and zone is None and unit == "ns"
    rows = []
    for number in range(draw.choice([1, 2, 3])):
        folder = draw.choice(FOLDERS)
        path = tmp_path / "in" / (f"through={folder}" if in_folders else "") / f"{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        whos, at = [str(draw.randrange(100)) for _ in range(5)], moments(draw, 5)
        numbers = pa.types.is_integer(who_type) or pa.types.is_floating(who_type)
        who = pa.array([int(text) for text in whos]).cast(who_type) if numbers else pa.array(whos).cast(who_type)
        named_zone = ZoneInfo(source_zone) if source_zone else ZONE
        local = at if zone or is_old else [moment.astimezone(named_zone).replace(tzinfo=None) for moment in at]
        if is_old:
            local = [moment.replace(tzinfo=None) for moment in at]
        what = pa.nulls(5) if draw.random() < 0.3 else pa.array(["card"] * 5)
        columns = {
            draw.choice(["who", "Who", " who"]): who,
            "what": what,
            "at": pa.array(local, pa.timestamp(unit, zone)),
        }
        if not in_folders:
            columns["through"] = pa.array([folder] * 5)
        columns |= of_nobody(draw, 5)
        pq.write_table(pa.table(columns), path, use_deprecated_int96_timestamps=is_old)
        through = folder if not in_folders else {"a%2Fb": "a/b", "a%3Ab+c": "a:b+c"}.get(folder, folder)
        rows += [(text, what[0].as_py(), through, moment) for text, moment in zip(whos, at, strict=True)]
    source = Waves(path=str(tmp_path / "in"), columns=COLUMNS, time_zone=source_zone)
    assert auditor_rows(source) == ordered(rows)
    assert night_rows(source) == ordered(rows)
    figures.count("files of other writers", parquet=1, read_by_night_and_auditor=1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a:1.csv", b"who,what,through,at\n", r"the name of a:1.csv has a ':', which Spark cannot open; rename it"),
        ("a.csv", b"PK\x03\x04", "a.csv is a zip or an Excel workbook; save it as CSV"),
        ("a.csv", gzip.compress(b"who\n"), "a.csv is compressed by gzip, and its name does not end with .gz"),
        ("a.csv", "who".encode("utf-16"), "a.csv is UTF-16; save it as UTF-8"),
        ("a.csv.zst", b"\x28\xb5\x2f\xfd", "a.csv.zst is compressed in a way that is not read; .gz and .bz2 are"),
        ("a.csv.gz", b"who,what,through,at\n", "a.csv.gz cannot be decompressed; it is damaged or cut"),
        ("a.csv", b"who,what,through,at,who\n", "a.csv names 'who' twice; one column must have that name"),
        ("a.csv", b"WHO,what,through,at,Who\n", "a.csv names 'who' as 'WHO' and 'Who'; one column must have that name"),
    ],
)
def test_what_is_not_read_is_refused_in_a_sentence(night_rows, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    source = Waves(path=str(tmp_path / name), format="csv", columns=COLUMNS)
    with pytest.raises(SourceError, match=f"contacts: {message}"):
        night_rows(source)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (pa.array([time(10, 5)]), r"time64\[us\]"),
        (pa.array([b"0123456789abcdef"], pa.binary(16)), r"fixed_size_binary\[16\]"),
        (pa.array(np.array([1], np.float16)), "halffloat"),
    ],
)
def test_a_mapped_column_of_a_type_that_is_not_read_is_named_with_its_type(night_rows, tmp_path, cells, words):
    pq.write_table(pa.table({"who": cells, "what": ["x"], "through": ["x"], "at": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(SourceError, match=f"contacts: column 'who' is {words} in a.parquet, which is not read"):
        night_rows(Waves(path=str(tmp_path / "a.parquet"), columns=COLUMNS))
