"""What is usual for a table is the median of its recent nights."""

from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from conf.sources import Source, Waves
from jobs.core.errors import SourceError
from jobs.core.lake import Lake
from jobs.gates.usual_rows import check_rows, usual_rows

AS_OF = date(2024, 7, 1)
PATHS = {"path": "p", "columns": {"customer_id": "id"}}


@pytest.fixture
def after(tmp_path):
    """A night after nights that counted so many customers: day -> rows."""

    def make(**counted):
        lake = Lake(tmp_path)
        for day, rows in counted.items():
            counts = [{"table_name": name, "rows": rows} for name in ("customers", "consents")]
            when = date.fromisoformat(f"2024-{day[1:3]}-{day[3:]}")
            lake.write_arrow(pa.Table.from_pylist(counts), "source_counts", when)
        return SimpleNamespace(lake=lake, as_of=AS_OF)

    return make


def test_the_median_of_the_last_seven_nights_is_usual(after):
    context = after(d0621=9, d0622=9, d0623=9, d0624=1, d0625=2, d0626=3, d0627=4, d0628=5, d0629=6, d0630=99, d0701=7)
    usual = usual_rows(context, "customers")
    assert usual.rows == 4
    assert str(usual) == "usually 4 (median of 7 nights, 2024-06-24 to 2024-06-30)"
    assert usual_rows(context, "contacts") is None


def test_nights_of_more_than_a_month_ago_tell_nothing_but_of_consents(after):
    context = after(d0530=4)
    assert usual_rows(context, "customers") is None
    assert str(usual_rows(context, "consents")) == "4 on 2024-05-30"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (5, None),  # half of ten may go missing
        (4, "customers: 4 rows, and 10 on 2024-06-30; at most 50% may go missing; .*customers.max_shrink_share"),
        (19, None),
        (20, "at most 90% may be added; a feed may be cut or sent twice"),
    ],
)
def test_far_fewer_or_more_rows_than_usual_stop_the_night(after, rows, message):
    context = after(d0630=10)
    if message is None:
        check_rows(context, "customers", Source(**PATHS), rows)
    else:
        with pytest.raises(SourceError, match=message):
            check_rows(context, "customers", Source(**PATHS), rows)


def test_what_comes_in_waves_may_grow_and_a_table_that_was_empty_too(after):
    check_rows(after(d0630=10), "customers", Waves(**PATHS), 10_000)
    check_rows(after(d0630=0), "customers", Source(**PATHS), 10_000)
    check_rows(after(), "customers", Source(**PATHS), 1)


def test_a_limit_may_be_taken_away(after):
    check_rows(after(d0630=10), "customers", Source(**PATHS, max_shrink_share=None), 0)
