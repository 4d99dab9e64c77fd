"""Tables that people read, and the same as JSON for machines."""

import json
from datetime import date
from decimal import Decimal

import pytest

from jobs.core.console_tables import print_rows

ROWS = [
    {"offer_name": "Golden card", "contacts": 1200, "value": 1234.5678},
    {"offer_name": "Gift", "contacts": None, "value": 2.0},
]


@pytest.fixture
def printed(monkeypatch, capsys):
    def printed(rows, *, as_json=False, title="Offers"):
        monkeypatch.setenv("COLUMNS", "100")
        print_rows(title, rows, as_json=as_json)
        return capsys.readouterr().out

    return printed


def test_people_see_a_title_headers_in_words_and_three_decimals(printed):
    text = printed(ROWS)
    assert text.startswith("Offers")
    assert "offer name" in text
    assert "1,234.568" in text
    assert "None" not in text


def test_numbers_stand_to_the_right_and_words_to_the_left(printed):
    lines = printed(ROWS).splitlines()
    wide, narrow = (next(line for line in lines if name in line) for name in ("Golden card", "Gift"))
    assert wide.index("Golden") == narrow.index("Gift")
    assert wide.index("1,234.568") + len("1,234.568") == narrow.index("2.000") + len("2.000")


def test_machines_get_json_with_every_value(printed):
    row = {"day": date(2024, 7, 1), "cost": Decimal("1.50"), "is_there": True, "none": None}
    assert json.loads(printed([row], as_json=True)) == [{**row, "day": "2024-07-01", "cost": "1.50"}]


def test_no_rows_are_an_empty_table_and_an_empty_list(printed):
    assert printed([]).strip() in ("", "Offers")
    assert json.loads(printed([], as_json=True)) == []


@pytest.mark.parametrize("name", ["3 dollars off [new]", "[/] back", "[red]sale[/red]", "[link=x]"])
def test_a_name_is_printed_as_it_is_written(printed, name):
    assert name in printed([{"offer": name}])
    assert name in printed([{"offer": "card" * 10}], title=name)


def test_a_row_whose_keys_stand_in_another_order_fills_the_same_columns(printed):
    text = printed([{"offer": "card", "contacts": 1}, {"contacts": 2, "offer": "gift"}])
    assert [line.split("│")[1].strip() for line in text.splitlines() if "│" in line] == ["card", "gift"]
