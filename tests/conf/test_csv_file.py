"""A CSV settings file as spreadsheets of several countries save it says what it says in ours, or why it cannot."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conf.csv_file import read_csv
from conf.errors import SettingsError
from conf.offers import Channel, Offer
from conf.validate import validate_rows

HEADER = ["id", "name", "objective", "margin", "incentive_cost", "valid_from", "valid_to", "channels", "effect_share"]
TEXTS = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u061c"), min_size=1, max_size=9
)
AMOUNTS = st.decimals(0, 99999, places=2).map(str)
ROWS = st.lists(st.tuples(TEXTS.filter(str.strip), AMOUNTS, AMOUNTS, st.dates()), min_size=1, max_size=4)


def write(tmp_path, text):
    path = tmp_path / "offers.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def as_saved(rows, way):
    """The file of a spreadsheet: its separator, its numbers and days, empty columns and rows in places."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=way["separator"], lineterminator=way["line_end"])
    written = {**dict.fromkeys((3, 4, 8), way["number"]), **dict.fromkeys((5, 6), way["day"])}
    lines = [[written.get(place, str)(cell) for place, cell in enumerate(cells)] for cells in rows]
    for cells in [HEADER, *lines]:
        writer.writerow([*cells[:2], *[""] * way["gap"], *cells[2:], *[""] * way["after"]])
        if way["empty_rows"] and cells is not HEADER:
            writer.writerow([""] * len(HEADER))
    return way["mark"].encode() + text.getvalue().encode()


WAYS = st.fixed_dictionaries(
    {
        "separator": st.sampled_from(",;\t|"),
        "line_end": st.sampled_from(["\n", "\r\n"]),
        "mark": st.sampled_from(["", "\ufeff"]),
        "number": st.sampled_from([str, lambda cell: cell.replace(".", ",")]),
        "day": st.sampled_from([str, lambda day: ".".join(reversed(day.split("-"))), lambda day: f"{day} 00:00:00"]),
        "gap": st.integers(0, 1),
        "after": st.integers(0, 3),
        "empty_rows": st.booleans(),
    }
)
PLAINLY = {"separator": ",", "line_end": "\n", "mark": "", "number": str, "day": str, "gap": 0, "after": 0}


@given(ROWS, WAYS)
def test_a_file_of_a_spreadsheet_says_what_ours_says(tmp_path_factory, rows, way):
    plain = [
        [f"o{number}", name, "retention", margin, cost, first.isoformat(), "9999-12-31", "email sms", "0.05"]
        for number, (name, margin, cost, first) in enumerate(rows)
    ]
    folder = tmp_path_factory.mktemp("saved")
    ours = validate_rows(read_csv(write(folder, as_saved(plain, PLAINLY | {"empty_rows": False})), Offer), Offer)
    document = read_csv(write(folder, as_saved(plain, way)), Offer)
    assert validate_rows(document, Offer) == ours
    assert [cells["valid_from"] for cells in document.data] == [str(offer.valid_from) for offer in ours]


def test_rows_remember_their_lines_and_leave_out_empty_cells(tmp_path):
    document = read_csv(write(tmp_path, "id,name,category\na,First,x\n\nb,Second,\n"))
    assert document.data == [{"id": "a", "name": "First", "category": "x"}, {"id": "b", "name": "Second"}]
    assert [document.line((row,)) for row in (0, 1)] == [2, 4]


def test_a_row_of_two_lines_has_the_first_of_them(tmp_path):
    document = read_csv(write(tmp_path, 'id,name\na,"of\ntwo"\nb,x\n'))
    assert [document.line((row,)) for row in (0, 1)] == [2, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read_csv(write(tmp_path, b"\xef\xbb\xbfid\na\n")).data == [{"id": "a"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "offers.csv:1: no header"),
        ("id,id\na,b\n", "offers.csv:1: the column 'id' is named twice"),
        ("id,name\na\n", "offers.csv:2: 1 cells, and the header has 2"),
        ("id,name\na,b,c\n", "offers.csv:2: 3 cells, and the header has 2; a cell with the separator in it is put in"),
        ("id,,name\na,,b\n\nc,d,e\n", "offers.csv:4: column 2 has a value and no name in the first line"),
        (b"id\n\xff\n", "byte 3 is not UTF-8"),
        ('id\n"a\n', "not CSV: "),
        ("id\n" + "a\n" * 500_000, "a settings file has at most 1000000 bytes"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(SettingsError) as error:
        read_csv(write(tmp_path, text))
    assert message in str(error.value)


SLIPS = [str.upper, str.title, lambda name: name.replace("_", " "), lambda name: name.replace("_", "-").capitalize()]


@given(st.sampled_from(["id", "unit_cost"]), st.sampled_from(SLIPS), st.sampled_from(",;\t"))
def test_a_header_that_is_nearly_a_known_one_is_named_once(tmp_path_factory, name, slip, separator):
    header = [slip(column) if column == name else column for column in ("id", "name", "unit_cost")]
    rows = [header, ["email", "E-mail", "1"], ["letter", "Letter", "2"]]
    path = write(tmp_path_factory.mktemp("slip"), "\n".join(separator.join(cells) for cells in rows))
    if slip(name) == name:
        assert len(read_csv(path, Channel).data) == 2
        return
    with pytest.raises(SettingsError) as error:
        read_csv(path, Channel)
    assert str(error.value) == f"{path}:1: no column {slip(name)!r}; did you mean {name!r}?"


def test_a_needed_column_that_is_not_there_is_named_once(tmp_path):
    with pytest.raises(SettingsError) as error:
        read_csv(write(tmp_path, "id,name,unit_price\na,A,1\nb,B,1\n"), Channel)
    assert str(error.value).endswith("offers.csv:1: the column 'unit_cost' is missing; did you mean 'unit_price'?")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            "a;A;1,234",
            "a.unit_cost: '1,234' may be a number of thousands or one with three decimals; write 1234 or 1.2340",
        ),
        ("a;A;1.234\nb;B;0,5", "a.unit_cost: '1.234' may be a number of thousands"),  # the file has decimal commas
        ("a;A;1_000", "a.unit_cost: a number is written in the digits 0 to 9"),
        ("a;A;1'000.50", "a.unit_cost: input should be a valid decimal"),
    ],
)
def test_a_number_that_may_be_two_is_refused_with_its_row(tmp_path, cells, message):
    with pytest.raises(SettingsError) as error:
        validate_rows(read_csv(write(tmp_path, f"id;name;unit_cost\n{cells}\n"), Channel), Channel)
    assert f"offers.csv:2: {message}" in str(error.value)


@pytest.mark.parametrize(
    ("cell", "cost"), [("0,125", "0.125"), ("12,5", "12.5"), ("1234,567", "1234.567"), ("1.234", "1.234")]
)
def test_a_number_that_can_be_only_one_is_read(tmp_path, cell, cost):
    document = read_csv(write(tmp_path, f"id;name;unit_cost\na;A;{cell}\n"), Channel)
    assert document.data[0]["unit_cost"] == cost


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("TRUE", True),
        ("WAHR", True),
        ("Vrai", True),
        ("x", True),
        ("1", True),
        ("FALSE", False),
        ("nein", False),
        ("", False),
    ],
)
def test_a_switch_is_read_as_spreadsheets_of_several_countries_write_it(tmp_path, cell, expected):
    row = f"a,A,loyalty,1,0,2024-01-01,2024-12-31,email,{cell}"
    document = read_csv(write(tmp_path, ",".join([*HEADER[:-1], "exempt"]) + f"\n{row}\n"), Offer)
    (offer,) = validate_rows(document, Offer)
    assert offer.exempt is expected
    assert document.data[0].get("exempt", False) is expected  # the auditor reads these data
