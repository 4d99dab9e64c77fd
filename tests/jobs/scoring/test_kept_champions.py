"""A champion is kept whole, for a few days, and checked when it is needed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from jobs.scoring.champions import keep, recall
from jobs.scoring.scored_with import Pinned
from models.errors import ModelUnusable, RegistryAway

NOW = datetime(2024, 7, 1, 3, tzinfo=UTC)
FIGURES = [{"metric": "auc", "value": 0.8, "low": 0.7, "high": 0.9, "naive": None}]


@pytest.fixture
def kept(champion, tmp_path):
    keep(tmp_path, Pinned(champion("attrition", 3), FIGURES, is_confirmed=True), NOW)
    return tmp_path


def test_what_is_kept_comes_back_as_it_was_and_says_where_from(kept, champion):
    kept_champion = recall(kept, "attrition", 7, NOW + timedelta(days=7))
    assert (kept_champion.champion, kept_champion.figures) == (champion("attrition", 3), FIGURES)
    assert (kept_champion.from_cache, kept_champion.is_confirmed) == (True, False)


def test_a_new_champion_replaces_the_old_one_and_leaves_nothing_else(kept, champion):
    keep(kept, Pinned(champion("attrition", 4), FIGURES), NOW)
    assert recall(kept, "attrition", 7, NOW).champion.version == 4
    assert [path.name for path in (kept / "champions").iterdir()] == ["attrition.json"]


def test_what_was_confirmed_too_long_ago_is_not_used(kept):
    with pytest.raises(
        RegistryAway, match=r"last confirmed at 2024-07-01 03:00 UTC, and deployment\.yaml allows 7 days"
    ):
        recall(kept, "attrition", 7, NOW + timedelta(days=7, seconds=1))


def test_a_model_that_was_never_kept_and_a_file_that_was_cut_are_told_apart(kept):
    with pytest.raises(RegistryAway, match="no champion of model 'value' is kept"):
        recall(kept, "value", 7, NOW)
    path = kept / "champions/attrition.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RegistryAway, match=r"attrition\.json cannot be read"):
        recall(kept, "attrition", 7, NOW)


def test_a_kept_text_that_was_changed_is_refused(kept):
    path = kept / "champions/attrition.json"
    changed = json.loads(path.read_text()) | {"text": "tree\n"}
    path.write_text(json.dumps(changed))
    with pytest.raises(ModelUnusable, match=r"model 'attrition' version 3: model\.txt is not the file"):
        recall(kept, "attrition", 7, NOW)
