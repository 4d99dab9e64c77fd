"""Parquet files that carry more than their rows."""

import io

import pyarrow as pa
import pyarrow.parquet as pq


def decisions_have_a_column_more(night):
    """decisions.parquet has other columns, or types, than a set promises"""
    _write(night, "decisions", lambda table: table.append_column("income", pa.array(["high"] * len(table))))


def an_empty_channel_has_a_column_more(night):
    """sms.parquet has other columns, or types, than a set promises"""
    night.of("bob").update(channel="email")
    night.limit("emails")["max"] = 3
    night.consents = night.consents.replace("bob,sms", "bob,email")
    _write(night, "sms", lambda table: table.append_column("income", pa.array([], pa.string())))


def amounts_are_no_decimals(night):
    """decisions.parquet has other columns, or types, than a set promises"""
    _write(night, "decisions", lambda table: _cast(table, "probability", pa.float32()))


def a_note_stands_in_the_footer(night):
    """email.parquet has metadata that was not written with it"""
    _write(night, "email", lambda table: table.replace_schema_metadata({"ann": "has debts"}))


def a_note_stands_beside_a_column(night):
    """email.parquet has metadata that was not written with it"""

    def annotate(table):
        return table.cast(
            pa.schema([table.schema.field(0).with_metadata({"ann": "has debts"}), *list(table.schema)[1:]])
        )

    _write(night, "email", annotate)


def bytes_hide_between_columns_and_footer(night):
    """email.parquet has bytes that belong to no column"""

    def hide(files):
        content = files["email.parquet"]
        footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        files["email.parquet"] = content[:footer] + b"ann has debts" + content[footer:]

    night.change_files = hide


def _write(night, name, change):
    def write(files):
        table = change(pq.read_table(io.BytesIO(files[f"{name}.parquet"])))
        sink = io.BytesIO()
        pq.write_table(table, sink)
        files[f"{name}.parquet"] = sink.getvalue()
        if name != "decisions":
            _, *rows = files[f"{name}.csv"].split(b"\r\n")
            files[f"{name}.csv"] = b"\r\n".join([",".join(table.column_names).encode(), *rows])

    night.change_files = write


def _cast(table, name, kind):
    return table.set_column(table.column_names.index(name), name, table[name].cast(kind))
