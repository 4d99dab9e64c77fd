"""Lines of CSV, beside what Spark makes of the same file."""

import io
from random import Random

import pytest

from conf.sources import Source
from expectations.audit import csv_text
from expectations.audit.csv_text import cells, csv_batches
from jobs.sources.files import open_files


def rows(content, separator=",", count=2, **message):
    batches = csv_batches(io.BytesIO(content), separator, count, **{"skips_bad_lines": False, **message})
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("a,b", ["a", "b"]),
        ("a,,", ["a", None, None]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a""b",c', ['a"b', "c"]),
        ('"",c', [None, "c"]),
        ('"""",c', ['"', "c"]),
        ('a"b,c', ['a"b', "c"]),  # a quote inside is no quote
        (' "a",c', [' "a"', "c"]),
        ('"a" ,c', ["a", "c"]),
        ('"ab"c,d', ['"ab"c', "d"]),  # something behind the closing quote: it is what it looks like
        ('""a,b', ['""a', "b"]),
        ('"a,"b",c', ['"a,"b"', "c"]),
        ('a,"b', ["a", "b"]),  # never closed
        ('"abc,d', ["abc,d"]),
        ('a,"', ["a", '"']),
    ],
)
def test_the_cells_of_a_line(line, result):
    assert cells(line, ",") == result


def test_blank_lines_are_none_and_any_line_end_will_do():
    assert rows(b"\xef\xbb\xbf\n  \nn,x\r\n\r\n1,a\r\n \t\r\n2,b\r3,c\n\n") == [("1", "a"), ("2", "b"), ("3", "c")]


def test_a_header_may_be_quoted_and_a_separator_may_be_a_tab():
    assert rows(b'"a b"\tc\n1\t 2 \n', "\t") == [("1", " 2 ")]


def test_bytes_that_are_no_text_are_marked_as_such_and_the_others_are_read():
    assert rows(b"a,b\n1,Verk\xe4ufer\n2,x\n") == [("1", "Verk\ufffdufer"), ("2", "x")]


@pytest.mark.parametrize("content", [b"a,b\n1\n", b"a,b\n1,2,3\n", b'a,b\n"1\n'])
def test_what_is_not_whole_is_an_error(content):
    with pytest.raises(ValueError):  # noqa: PT011  every reader has its own words
        rows(content)


def test_lines_that_are_not_whole_may_be_passed_over():
    assert rows(b'a,b\n1\n2,3\n4,5,6\n"7\n', skips_bad_lines=True) == [("2", "3")]


def test_a_file_is_read_in_blocks_that_end_with_a_line(monkeypatch):
    content = b"n,x\r\n" + b"".join(b'%d,"a %d"\r\n' % (n, n) if n % 3 else b"%d,a\r\n" % n for n in range(200))
    whole = rows(content)
    assert len(whole) == 200
    for size in (7, 64, 333):
        monkeypatch.setattr(csv_text, "BLOCK", size)
        assert rows(content) == whole


def test_spark_reads_the_same_cells(spark, tmp_path):
    draw = Random(5)
    drawn = ["".join(draw.choice('a",  b"\\') for _ in range(draw.randrange(1, 11))) for _ in range(3000)]
    # Spark adds a quote of its own where a quote, blanks and something else follow one another.
    lines = [f"{place},{line}" for place, line in enumerate(drawn) if '" ' not in line]
    path = tmp_path / "a.csv"
    path.write_text("\ufeffn,x,y\n\n" + "\n".join(lines) + "\r\n  \n", encoding="utf-8")
    source = Source(path=str(path), format="csv", columns={"customer_id": "n", "a": "x", "b": "y"})
    (files,) = open_files(spark, "drawn", source, [path])
    result = files.frame.select("n", "x", "y").collect()
    theirs = [tuple(row) for row in result if row["n"] is not None]
    assert len(theirs) > 500
    assert rows(path.read_bytes(), count=3, skips_bad_lines=True) == theirs
