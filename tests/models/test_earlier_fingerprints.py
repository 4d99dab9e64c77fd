"""A model whose fingerprint hashed functions scores on, as long as its features mean what they meant."""

from dataclasses import replace

import pytest

from models.champion import champion_of
from models.earlier_fingerprints import earlier_fingerprint
from models.errors import ModelUnusable
from models.features import declaration
from models.features.declaration import all_features
from models.features.expressions import count

BEFORE = {
    ("spend_30d",): "ae4d21575d4aa4a9245d43f247e51c9a06b9710ffa394f4e3652ccae0b379693",
    (
        "baskets_trend_30d",
        "category_spend_share_365d",
        "categories_30d",
    ): "1798cdd49333663c1e63a3019778180839d42b58695e5d937787b1f6dc193f08",
}
"""What the code of 22 November 2026 said."""


def changed(monkeypatch, name, **changes):
    monkeypatch.setitem(declaration._declared, name, replace(declaration._declared[name], **changes))


@pytest.mark.parametrize(("names", "before"), BEFORE.items())
def test_it_is_what_the_functions_hashed_to(names, before):
    assert earlier_fingerprint([*names, "age_group"]) == before  # attributes were never part of it


def test_every_feature_of_then_is_known():
    names = [feature.name for feature in all_features() if feature.family != "replenishment"]  # these came later
    assert earlier_fingerprint(names[:49]) == "69934736fdf22c18240dae380430b15dbed88efe6922b645e0acab5697c1dd51"


@pytest.mark.parametrize("change", [{"value": count()}, {"window_days": 31}, {"if_none": 1}, {"unit": "ratio"}])
def test_a_feature_that_means_something_else_by_now_has_none(monkeypatch, change):
    changed(monkeypatch, "spend_30d", **change)
    assert earlier_fingerprint(["spend_30d"]) is None
    assert earlier_fingerprint(["baskets_30d"]) is not None


def test_words_about_a_feature_may_change(monkeypatch):
    changed(monkeypatch, "spend_30d", meaning="Money.", worked=(), family="money")
    assert earlier_fingerprint(["spend_30d"]) == BEFORE["spend_30d",]


def test_such_a_model_is_a_champion_until_a_feature_of_its_changes(trained, monkeypatch):
    learnt = trained["attrition"]
    names = [feature.name for feature in learnt.contract.features]
    earlier = learnt.contract.model_copy(update={"feature_code": earlier_fingerprint(names)})
    assert champion_of("attrition", 3, learnt.text, earlier.model_dump_json()).contract == earlier
    changed(monkeypatch, "baskets_90d", window_days=91)
    with pytest.raises(ModelUnusable, match="the code of its features has changed since it was trained"):
        champion_of("attrition", 3, learnt.text, earlier.model_dump_json())
