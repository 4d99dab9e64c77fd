"""A recall names whom it must and nobody else, or it is a breach."""

import csv
import hashlib
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.audit.raw_tables import RawTable
from expectations.audit.recall import audit_recall

CONSENTS = "who,through,answer,at\nann,email,no,2024-07-02\nbob,email,yes,2024-01-01\n=cat,*,no,2024-01-01\n"
COLUMNS = {"customer_id": "who", "channel": "through", "is_allowed": "answer", "updated_at": "at"}
SENT = [("ann", "email"), ("bob", "email"), ("=cat", "letter")]
DUE = {"email": ["ann"], "letter": ["=cat"], "sms": []}


@pytest.fixture
def evidence(tmp_path):
    path = tmp_path / "consents.csv"
    path.write_text(CONSENTS)
    return SimpleNamespace(
        consents=RawTable(str(path), "csv", COLUMNS, {}),
        unknown_consent_is_allowed=False,
        decisions=[{"customer_id": who} for who, _ in SENT],
        other_channels=(),
        consents_have_topics=False,
        topic_of=lambda _: None,
        time_zone="UTC",
        channels=[{"id": channel} for channel in DUE],
        offered=[{"customer_id": who, "offer_id": "card", "channel": by} for who, by in SENT],
    )


@pytest.fixture
def seal(tmp_path):
    """Writes a recall of these customers by channel, whose CSV says what `cells` makes of the Parquet's rows."""

    def make(customers, cells=lambda rows: rows):
        folder = tmp_path / "recall"
        folder.mkdir()
        for channel, ids in customers.items():
            rows = [(customer_id, "card", channel) for customer_id in ids]
            names = ("customer_id", "offer_id", "channel")
            columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(3)]
            pq.write_table(pa.table(columns, names), folder / f"{channel}.parquet")
            with (folder / f"{channel}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([names, *cells(rows)])
        sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
        (folder / "SHA256SUMS").write_text("".join(sums))
        return folder

    return make


def breach_texts(evidence, folder):
    return [str(breach.what) for breach in audit_recall(evidence, folder)]


def test_a_right_recall_is_left_in_peace(evidence, seal):
    assert breach_texts(evidence, seal(DUE)) == []


@pytest.mark.parametrize(
    ("customers", "breach"),
    [
        (DUE | {"email": []}, "email.parquet does not name whom it must"),
        (DUE | {"email": ["ann", "bob"]}, "email.parquet does not name whom it must"),
        (DUE | {"letter": [], "sms": ["=cat"]}, "letter.parquet does not name whom it must"),
    ],
)
def test_one_too_few_too_many_or_in_the_wrong_file_is_a_breach(evidence, seal, customers, breach):
    assert breach in breach_texts(evidence, seal(customers))


def test_a_csv_that_does_not_name_ids_as_the_source_has_them_is_a_breach(evidence, seal):
    other = seal(DUE, cells=lambda rows: [(f"'{a}" if a[0] == "=" else a, b, c) for a, b, c in rows])
    assert breach_texts(evidence, other) == ["letter.csv does not say what letter.parquet says"]


def test_a_file_that_was_changed_or_added_is_a_breach(evidence, seal):
    folder = seal(DUE)
    (folder / "stray.csv").touch()
    assert breach_texts(evidence, folder) == ["files are not those that were sealed"]


def test_what_cannot_be_read_is_a_breach_that_names_no_value(evidence, seal):
    folder = seal(DUE)
    (folder / "email.parquet").unlink()
    result = breach_texts(evidence, folder)
    assert result[0] == "files are not those that were sealed"
    assert result[1].startswith("cannot be checked: ")
