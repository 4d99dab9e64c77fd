"""Files to send that do not say what was decided."""

import io

import pyarrow as pa
import pyarrow.parquet as pq


def a_row_of_the_csv_is_dropped(night):
    """sms.csv does not say what sms.parquet says"""
    night.change_files = lambda files: files.update({"sms.csv": files["sms.csv"].splitlines(keepends=True)[0]})


def two_rows_of_the_csv_change_places(night):
    """email.csv does not say what email.parquet says"""

    def swap(files):
        header, first, second = files["email.csv"].splitlines(keepends=True)
        files["email.csv"] = header + second + first

    night.change_files = swap


def an_id_of_the_csv_lost_its_leading_zeros(night):
    """email.csv does not say what email.parquet says"""
    night.change_files = lambda files: files.update({"email.csv": files["email.csv"].replace(b"007", b"7")})


def both_files_forget_a_customer(night):
    """sms.parquet is not the decisions of its channel"""

    def forget(files):
        _write(files, "sms", _read(files, "sms").slice(0, 0))
        files["sms.csv"] = files["sms.csv"].splitlines(keepends=True)[0]

    night.change_files = forget
    night.change_manifest = lambda manifest: manifest["files"]["sms.parquet"].update(rows=0)


def both_files_send_another_offer(night):
    """sms.parquet is not the decisions of its channel"""
    night.change_files = lambda files: _resend(files, b"Golden card", b"Silver card", offer_name="Silver card")


def both_files_say_the_offer_lasts_longer(night):
    """sms.parquet is not the decisions of its channel"""
    night.change_files = lambda files: _resend(files, b"2024-12-31", b"2025-12-31", valid_until="2025-12-31")


def a_file_tells_more_than_the_channel_needs(night):
    """sms.parquet is not the decisions of its channel"""

    def tell(files):
        table = _read(files, "sms").append_column("income", pa.array(["high"]))
        _write(files, "sms", table)
        header, row = files["sms.csv"].splitlines()
        files["sms.csv"] = header + b",income\r\n" + row + b",high\r\n"

    night.change_files = tell


def _resend(files, before, after, **changed):
    row = _read(files, "sms").to_pylist()[0]
    kept = {name: changed.get(name, str(value)) for name, value in row.items()}
    table = pa.Table.from_pylist([kept])
    position = table.column_names.index("valid_until")
    table = table.set_column(position, "valid_until", table["valid_until"].cast(pa.date32()))
    _write(files, "sms", table)
    files["sms.csv"] = files["sms.csv"].replace(before, after)


def _read(files, channel):
    return pq.read_table(io.BytesIO(files[f"{channel}.parquet"]))


def _write(files, channel, table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    files[f"{channel}.parquet"] = sink.getvalue()
