import pytest

from conf.csv_file import read_csv
from conf.errors import SettingsError


def write(tmp_path, text):
    path = tmp_path / "offers.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_rows_remember_their_lines_and_leave_out_empty_cells(tmp_path):
    document = read_csv(write(tmp_path, "id,name,category\na,First,x\n\nb,Second,\n"))
    assert document.data == [{"id": "a", "name": "First", "category": "x"}, {"id": "b", "name": "Second"}]
    assert [document.line((row,)) for row in (0, 1)] == [2, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read_csv(write(tmp_path, b"\xef\xbb\xbfid\na\n")).data == [{"id": "a"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "offers.csv:1: no header"),
        ("id,id\na,b\n", "offers.csv:1: the column 'id' is named twice"),
        ("id,name\na\n", "offers.csv:2: 1 cells, and the header has 2"),
        ("id,name\na,b,c\n", "offers.csv:2: 3 cells, and the header has 2"),
        (b"id\n\xff\n", "byte 3 is not UTF-8"),
        ('id\n"a\n', "not CSV: "),
        ("id\n" + "a\n" * 500_000, "a settings file has at most 1000000 bytes"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(SettingsError) as error:
        read_csv(write(tmp_path, text))
    assert message in str(error.value)
