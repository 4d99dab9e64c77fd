"""The same night from shuffled and parted files, on one core, in other surroundings: the same decisions."""

import random

import pytest

pytestmark = pytest.mark.slow
SPLIT = {"customers": 3, "contacts": 4, "responses": 2, "consents": 5}
ELSEWHERE = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"}


def test_rows_in_another_order_and_in_more_files_change_no_decision(company, again, reader, figures):
    draw, words = (
        random.Random(3),
        ["--set", "deployment.spark.settings={spark.sql.shuffle.partitions: 7}"],
    )
    words += ["--set", "deployment.spark.master=local[1]"]
    for table, parts in SPLIT.items():
        header, *rows = (again.folder / f"data/{table}.csv").read_text().splitlines()
        draw.shuffle(rows)
        for part in range(parts):
            lines = [header, *rows[part::parts]]
            (again.folder / f"data/{table}-{part}.csv").write_text("\n".join(lines) + "\n")
        words += ["--set", f"sources.{table}.path=data/{table}-*.csv"]
    again.night(*words, **ELSEWHERE)
    assert reader.decided(again.output) == reader.decided(company.output)
    figures.record("reruns from shuffled and parted files", reruns=1, same_decisions=1)
