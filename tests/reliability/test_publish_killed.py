"""The real command `oneoffer publish`, audit and all, killed or refused at calls that change the published folder.

Full tier: each death costs an audit, and so does the run after it.
"""

import os
import shutil
from datetime import date

import pytest

pytestmark = pytest.mark.full
AS_OF = date(2025, 3, 1)
# What MLflow writes after the commit would be other calls each time, and only those of the publisher are counted.
UNLOGGED = ("--set", "deployment.observability.mlflow_nights=false")
WORDS = ("oneoffer", "publish", "--conf", "conf", "--as-of", AS_OF.isoformat(), *UNLOGGED)
DISK, KILLED = 17, -9
BREACH = 15  # what the auditor could not read it does not let pass


@pytest.fixture
def publisher(computed, publishers):
    return publishers(
        *WORDS, watched=computed.output, cwd=computed.folder, env=os.environ | {"ONEOFFER_SALT": computed.salt}
    )


@pytest.mark.parametrize(
    ("how", "codes"), [("signal=KILL", {KILLED}), ("error=ENOSPC", {DISK, 0}), ("error=EIO", {DISK, BREACH, 0})]
)
def test_nothing_is_half_double_or_lost_and_a_rerun_leaves_the_same_bytes(  # noqa: PLR0917  fixtures
    company, computed, publisher, reader, figures, how, codes
):
    reference, before, after = reader.tree(company.output), 0, 0
    changes = list(publisher.changes(computed.folder / "log"))
    assert len(changes) > 40
    for change in changes:
        shutil.rmtree(computed.output)
        assert publisher.disturb(change, how) in codes
        is_there = reader.seen(computed.output, AS_OF) is not None
        assert not is_there or reader.tree(computed.output) == reference
        before, after = before + (not is_there), after + is_there
        assert publisher.run() == 0
        assert reader.tree(computed.output) == reference
    assert before
    assert after
    figures.record(f"oneoffer publish, {how}", times=before + after, nothing_published=before, whole=after, half=0)
