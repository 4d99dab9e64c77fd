"""What moved is said, shown, and stops the night where deployment.yaml says so."""

from datetime import date

import numpy as np
import pytest

from conf.exit_codes import exit_code
from jobs.core.errors import Drifted
from jobs.report_page.drift import drift_rows
from jobs.run_context import RunContext
from jobs.scoring.bin_counts import last_night, last_night_facts, read_counts
from jobs.scoring.drift import check_drift
from models.histogram import Histogram

AS_OF = date(2024, 7, 9)
REFERENCE = (
    Histogram(column="visits", edges=(1.0,), counts=(500, 500, 0)),
    Histogram(column="attrition", edges=(0.5,), counts=(500, 500, 0)),
)
#            visits        attrition
SAME, FEW = [500, 500, 0, 500, 500, 0], [5, 0, 0, 5, 0, 0]
FEATURE_MOVED = [950, 50, 0, 500, 500, 0]
SCORE_MOVED = [500, 500, 0, 950, 50, 0]


@pytest.fixture
def night(deploy, champion):
    """Checks a night's counts; gives the context, whose lines are in `messages`."""
    places = {}

    def check(counts, *overrides, as_of=AS_OF, reference=REFERENCE):
        settings = places.setdefault(overrides, deploy(*overrides))
        messages = []
        context = RunContext(settings, as_of, messages.append)
        vars(context).update(messages=messages)
        check_drift(context, [champion("attrition", 3, reference=reference)], [np.array(counts)])
        return context

    return check


def verdicts(context):
    rows = context.lake.read_arrow("drift", context.as_of).to_pylist()
    return {(row["column"], row["against"]): row["verdict"] for row in rows}


def test_a_night_like_training_is_ok(night):
    context = night(SAME)
    assert verdicts(context) == {("visits", "training"): "ok", ("attrition", "training"): "ok"}
    assert context.messages == []


def test_what_moved_is_said_with_its_index(night):
    context = night(FEATURE_MOVED)
    assert verdicts(context)["visits", "training"] == "warn"
    (line,) = context.messages
    assert line.startswith("  model 'attrition': the feature 'visits' has moved since training: PSI 1.3")
    assert line.endswith("over 1,000 rows")


def test_scores_that_moved_too_far_stop_the_night_and_leave_nothing_to_compare_with(night):
    stop = "deployment.drift.scores.stop=1"
    night(FEATURE_MOVED, stop)  # a feature may
    with pytest.raises(
        Drifted, match=r"the score has moved since training: PSI 1\.\d+ over .*, 1 stops the night"
    ) as caught:
        night(SCORE_MOVED, stop)
    assert exit_code(caught.value) == 10
    with pytest.raises(Drifted, match="since the night of 2024-07-09"):
        night(SCORE_MOVED, stop, as_of=date(2024, 7, 10))


def test_few_rows_move_by_chance_alone(night):
    assert set(verdicts(night(FEW)).values()) == {"ok"}


def test_nights_are_compared_with_the_last_one_if_that_is_near(night):
    night(FEATURE_MOVED, as_of=date(2024, 7, 2))
    again = night(FEATURE_MOVED)
    assert verdicts(again)["visits", "2024-07-02"] == "ok"
    late = night(SAME, as_of=date(2024, 7, 17))
    assert {against for _, against in verdicts(late)} == {"training"}
    assert last_night(late.lake, date(2024, 7, 16)) == AS_OF
    assert read_counts(late.lake, AS_OF)["attrition"][0].counts == (950, 50, 0)


def test_what_it_was_compared_with_has_a_hash_of_its_own(night):
    context = night(SAME)
    assert last_night_facts(context.lake, AS_OF) is None
    facts = last_night_facts(context.lake, date(2024, 7, 10))
    assert facts["as_of"] == "2024-07-09"
    night(FEATURE_MOVED)
    assert last_night_facts(context.lake, date(2024, 7, 10))["sha256"] != facts["sha256"]


def test_a_model_that_remembers_nothing_is_not_compared(night):
    context = night([], reference=())
    assert verdicts(context) == {}
    assert drift_rows(context) == []


def test_the_page_has_a_row_for_each_time_compared_with_training_first(night):
    night(SAME, as_of=date(2024, 7, 8))
    first, second = drift_rows(night(FEATURE_MOVED))
    assert (first["against"], second["against"]) == ("training", "2024-07-08")
    assert (first["moved"], first["compared"], first["rows"]) == (1, 1, 1000)
    assert first["features"][0]["column"] == "visits"
    assert first["score"]["psi"] == 0
