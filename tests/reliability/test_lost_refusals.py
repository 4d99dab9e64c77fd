"""A company whose list of consents loses a no: neither a recall nor the next night goes by it. Full tier.

Case by case: tests/jobs/gates/test_consent_gate.py and tests/jobs/publishing/test_recall.py.
"""

import shutil
from datetime import date

import pyarrow.parquet as pq
import pytest

from jobs.commit.commits import RECALL, committed

pytestmark = pytest.mark.full
DAY, NEXT = date(2025, 3, 1), date(2025, 3, 2)


@pytest.fixture
def later(company, tmp_path):
    """The company after its night."""
    shutil.copytree(company.folder, tmp_path / "company", symlinks=True)
    return type(company)(tmp_path / "company")


def test_a_no_that_is_gone_stops_the_recall_and_the_next_night(later, figures):
    sent = pq.read_table(later.published(DAY) / "call.parquet")["customer_id"].to_pylist()
    path = later.folder / "data/consents.csv"
    text = path.read_text()

    def asked(command, as_of, more):
        path.write_text(text + more)
        return later.oneoffer(command, "--conf", "conf", "--as-of", str(as_of))

    def recalled():
        newest = committed(later.output, DAY, RECALL)
        return newest and pq.read_table(newest.folder / "call.parquet")["customer_id"].to_pylist()

    no = f"\u200b{sent[0]} , CALL,,false,2025-03-01\n"
    results = {
        "said": asked("recall", DAY, no),
        "gone": asked("recall", DAY, ""),
        "next night": asked("gate_sources", NEXT, ""),
        "taken back": asked("recall", DAY, f"{no}{sent[0]},call,,true,2025-03-02\n"),
    }
    codes = {name: result.returncode for name, result in results.items()}
    assert codes == {"said": 0, "gone": 11, "next night": 11, "taken back": 0}, results
    assert "1 refusal of the list read" in results["gone"].stdout + results["gone"].stderr
    assert sent[0] not in results["gone"].stdout + results["gone"].stderr
    assert recalled() == []
    figures.record("a no that is gone", lists=2, stopped_exit_11=2)
