"""A second real history, of purchases alone. Full tier."""

import csv
from importlib.metadata import distribution

import pandas as pd
import pytest

NOTE = "scores: no purchase since long; of its group: attrition, customer_value"
pytestmark = pytest.mark.full


def test_cdnow_runs_by_editing_files_only(deployment):
    workplace = deployment("cdnow")
    shipped = distribution("lifetimes").locate_file("lifetimes/datasets/CDNOW_master.txt")
    (workplace.folder / "data/CDNOW_master.txt").write_bytes(shipped.read_bytes())
    workplace.must("train", "--promote", "--conf", "conf", "--as-of", "1998-03-01")
    workplace.must("run", "--conf", "conf", "--as-of", "1998-03-01")
    decisions = pd.read_parquet(workplace.published("1998-03-01") / "decisions.parquet")
    assert len(decisions) == 23570
    assert decisions.customer_id.is_unique
    assert decisions.customer_id.str.len().eq(5).all()  # leading zeros are part of an id
    assert 0 < (decisions.status == "offered").sum() <= 300
    of_groups = decisions[decisions.reasons.map(lambda reasons: NOTE in reasons)]
    lines = pd.read_csv(workplace.folder / "data/CDNOW_master.txt", sep=r"\s+", dtype=str)
    last = lines[lines.date < "19980301"].groupby("customer_id").date.max()
    assert set(of_groups.customer_id) == set(last.index[last < "19970301"])  # more than 365 days ago
    text = (workplace.published("1998-03-01") / "newcomers.csv").read_text()
    (newcomers,) = csv.DictReader(text.splitlines())
    assert newcomers["customers"] == "23570"
    assert newcomers["offer_id"] == newcomers["worth"] == ""  # to the mean customer no letter is worth its postage
