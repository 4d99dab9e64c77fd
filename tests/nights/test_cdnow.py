"""A second real history, of purchases alone. Full tier."""

from importlib.metadata import distribution

import pandas as pd
import pytest

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
