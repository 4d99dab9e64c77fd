"""The same night from files in other order and form, on one core, in other surroundings: the same decisions."""

import bz2
import csv
import gzip
import io
import random

import pytest

pytestmark = pytest.mark.full
SPLIT = {"customers": 3, "contacts": 4, "responses": 2, "consents": 5}
ELSEWHERE = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"}


def test_rows_in_another_order_and_in_other_files_change_no_decision(company, again, reader, figures):
    draw, words = (
        random.Random(3),
        ["--set", "deployment.spark.settings={spark.sql.shuffle.partitions: 7}"],
    )
    words += ["--set", "deployment.spark.master=local[1]", "--set", 'sources.contacts.separator="\\t"']
    for table, parts in SPLIT.items():
        header, *rows = csv.reader((again.folder / f"data/{table}.csv").read_text().splitlines())
        draw.shuffle(rows)
        for part in range(parts):
            file = again.folder / "data" / table / NAMES[table].format(part)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(WRITERS[table](header, rows[part::parts]))
        words += ["--set", f"sources.{table}.path=data/{table}"]
    again.night(*words, **ELSEWHERE)
    assert reader.decided(again.output) == reader.decided(company.output)
    figures.record("reruns from shuffled and parted files", reruns=1, same_decisions=1)


def with_columns_of_nobody(header, rows):
    """Compressed, with an index without a name, a note in Latin-1 and names in capitals, as exports have them."""
    wide = [
        ["", "Notiz", *map(str.upper, header)],
        *([str(number), "Gr\xfc\xdfe", *row] for number, row in enumerate(rows)),
    ]
    return gzip.compress(text(wide).encode("latin-1"))


def with_tabs(header, rows):
    """Separated by tabs, with one more at the end of each line."""
    return text([header, *([*row, ""] for row in rows)], delimiter="\t").encode("utf-8-sig")


def without_channel(header, rows):
    """Compressed, in a folder that names the one channel of all answers."""
    kept = [place for place, name in enumerate(header) if name != "channel"]
    return bz2.compress(text([[row[place] for place in kept] for row in (header, *rows)]).encode())


def text(rows, **dialect):
    """Rows as CSV."""
    file = io.StringIO()
    csv.writer(file, **dialect).writerows(rows)
    return file.getvalue()


NAMES = {
    "customers": "{}.csv.gz",
    "contacts": "2024 [{}].csv",
    "responses": "{}.csv",
    "consents": "channel=call/{}.csv.bz2",
}
WRITERS = {
    "customers": with_columns_of_nobody,
    "contacts": with_tabs,
    "responses": lambda header, rows: text([header, *rows]).encode(),
    "consents": without_channel,
}
