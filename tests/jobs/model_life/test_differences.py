"""Which decisions a challenger would change, counted in the head."""

import pandas as pd
import pyarrow as pa
import pytest

from jobs.model_life.differences import Shadow, best_candidates, differences, long_scores, pairs

CARD, CALL, WINE = ("card", "email"), ("card", "call"), ("wine", "email")


def shadow(scores, best, plan, value=10.0):
    rows = pd.DataFrame([(*key, score) for key, score in scores.items()], columns=["customer_id", "category", "score"])
    return Shadow(scores=rows, candidates=len(best), best=best, plan=plan, value=value)


CHAMPION = shadow(
    {("ann", ""): 0.1, ("bob", ""): 0.2, ("cyd", ""): 0.3, ("dan", ""): 0.4},
    best={"ann": CARD, "bob": CARD, "cyd": WINE},
    plan={"ann": CARD, "bob": CARD, "cyd": WINE},
)
CHALLENGER = shadow(
    {("ann", ""): 0.4, ("bob", ""): 0.3, ("cyd", ""): 0.2, ("eve", ""): 0.1},
    best={"ann": CARD, "bob": WINE, "dan": WINE},
    plan={"ann": CARD, "bob": CALL, "dan": WINE},
    value=12.0,
)


def test_customers_are_counted_by_what_would_become_of_their_offer():
    result = differences(CHAMPION, CHALLENGER)
    assert result["best_changed"] == 3  # bob's is another, cyd loses it, dan gets one
    plan = {name: result[name] for name in ("plan_kept", "plan_changed", "plan_gained", "plan_lost")}
    assert plan == {"plan_kept": 1, "plan_changed": 1, "plan_gained": 1, "plan_lost": 1}
    assert (result["champion_value"], result["challenger_value"]) == (10.0, 12.0)


def test_scores_are_compared_where_both_have_one():
    result = differences(CHAMPION, CHALLENGER)
    assert (result["scored"], result["only_champion"], result["only_challenger"]) == (3, 1, 1)
    assert result["spearman"] == pytest.approx(-1)
    assert (result["mean_champion"], result["mean_challenger"]) == pytest.approx((0.25, 0.25))
    assert result["score_psi"] > 0


def test_a_version_beside_itself_changes_nothing():
    result = differences(CHAMPION, CHAMPION)
    assert (result["best_changed"], result["plan_kept"], result["plan_changed"]) == (0, 3, 0)
    assert (result["spearman"], result["score_psi"]) == (pytest.approx(1), 0)


def test_the_best_candidate_is_worth_the_most_and_more_than_it_costs():
    candidates = pd.DataFrame(
        [("ann", *CARD, 9, 1), ("ann", *WINE, 10, 3), ("bob", *CARD, 5, 5), ("cyd", *WINE, 4, 1), ("cyd", *CALL, 4, 1)],
        columns=["customer_id", "offer_id", "channel", "value", "cost"],
    )
    assert best_candidates(candidates) == {"ann": CARD, "cyd": CALL}  # of equals the first by name
    assert pairs(candidates.iloc[[1, 2]]) == {"ann": WINE, "bob": CARD}


def test_scores_of_every_kind_become_one_row_each():
    chance = pa.table({"customer_id": ["ann", "bob"], "s": pa.array([0.5, None])})
    assert long_scores(chance, "s").values.tolist() == [["ann", 0.5, ""]]
    money = pa.table({"customer_id": ["ann"], "s": pa.array([2_500_000], pa.int64())})
    assert long_scores(money, "s").score.tolist() == [2.5]
    kinds = pa.map_(pa.string(), pa.float64())
    maps = pa.array([[("tea", 0.1), ("wine", 0.2)], None, [("tea", 0.3)]], kinds)
    rows = long_scores(pa.table({"customer_id": ["ann", "bob", "cyd"], "s": maps}), "s")
    assert rows.values.tolist() == [["ann", "tea", 0.1], ["ann", "wine", 0.2], ["cyd", "tea", 0.3]]
