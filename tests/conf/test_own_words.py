"""Objectives, formulas of offers and fallbacks of models: a company's own words, told where they are wrong."""

import shutil
from pathlib import Path

import pytest

from conf.errors import SettingsError
from conf.load import load
from tests.conf.test_load import SHIPPED, error_of, replace


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED / "demo", tmp_path / "demo")
    return tmp_path / "demo"


def test_objectives_that_the_company_declares_take_the_place_of_the_five(folder):
    for file, word in (("policy.yaml", "cross_sell"), ("offers.csv", "cross_sell"), ("models.yaml", "[cross_sell]")):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(word, word.replace("cross_sell", "new-shelf")))
    replace(folder, "policy.yaml", "value:", "objectives: [new-shelf, retention, loyalty, reminder]\nvalue:")
    assert load(folder).offers[0].objective == "new-shelf"
    replace(folder, "policy.yaml", "objectives: [new-shelf, ", "objectives: [")
    assert (
        error_of(folder).count("no objective 'new-shelf'") == 9 + 1 + 2 + 2 + 1 + 1
    )  # offers, easter ham, policy, models


def test_an_offer_with_a_formula_of_its_own_needs_none_of_its_objective(folder):
    replace(folder, "policy.yaml", "  reminder:   (1 - attrition) * effect_share * reach * customer_value\n", "")
    assert "objective 'reminder' has no value formula in policy.yaml" in error_of(folder)
    replace(folder, "policy.yaml", "\nrules:", "\nvalue_of_offer: {coupon_reminder: margin}\nrules:")
    assert load(folder).policy.value_of_offer == {"coupon_reminder": "margin"}


def test_what_a_policy_does_not_say_is_not_in_its_fingerprint(folder):
    assert not {"objectives", "value_of_offer", "cost_of_offer"} & set(load(folder).policy.model_dump(mode="json"))
    before = load(folder).fingerprint()
    assert load(folder, ["policy.value_of_offer.butcher=margin"]).fingerprint() != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("policy.yaml", "  reminder:   (", "  remindr:   ("),
        ("policy.yaml", "  reminder:   unit", "  remindr:   unit"),
        ("policy.yaml", "{objective: [cross_sell]}\n    never", "{objective: [remindr]}\n    never"),
        ("policy.yaml", "where: {objective: [loyalty]}", "where: {objective: [remindr]}"),
        ("policy.yaml", "days: 30, channels: [sms]", "days: 30, objectives: [remindr]"),
        ("policy.yaml", "offers: {objective: [cross_sell]}}    # what", "offers: {objective: [remindr]}}    # what"),
        ("models.yaml", "propensity_for: {objective: [cross_sell]}", "propensity_for: {objective: [remindr]}"),
        ("offers.csv", "off,cross_sell", "off,remindr"),
    ],
)
def test_an_unknown_objective_is_told_wherever_it_stands(folder, file, old, new):
    line = replace(folder, file, old, new)
    assert f"{file}:{line}: no objective 'remindr'; did you mean 'reminder'?" in error_of(folder)


@pytest.mark.parametrize("key", ["value_of_offer", "cost_of_offer"])
def test_a_formula_of_an_unknown_offer_is_told(folder, key):
    line = replace(folder, "policy.yaml", "rules:", f"{key}: {{butchr: margin}}\nrules:")
    assert f"policy.yaml:{line}: no offer 'butchr'; did you mean 'butcher'?" in error_of(folder)


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        ("{by: [incom]}", "no attribute of customers 'incom'; did you mean 'income'?"),
        ("{by: [baskets_90d]}", "no attribute of customers 'baskets_90d'"),
        ("{by: [income, income]}", "when_unknown.by: the attribute 'income' is named twice"),
        ("{at_least: 0}", "when_unknown.at_least: input should be greater than or equal to 1"),
    ],
)
def test_a_fallback_groups_by_attributes_of_customers(folder, fallback, message):
    line = replace(folder, "models.yaml", "    gates:", f"    when_unknown: {fallback}\n    gates:")
    text = error_of(folder)
    assert message in text
    assert f"models.yaml:{line}: " in text


@pytest.mark.parametrize(
    ("new", "key"),
    [
        ("value_of_offer: {butcher: least(margin, 3)}\nrules:", "value_of_offer"),
        ("rules:\n  - {name: new, only_when: coalesce(baskets_90d, 0) > 1}", "rules.new"),
    ],
)
def test_a_formula_with_commas_that_is_cut_by_them_is_told_as_such(folder, new, key):
    replace(folder, "policy.yaml", "rules:", new)
    assert f": {key}: within {{ }} a formula with commas is put in quotes" in error_of(folder)


def test_a_fallback_needs_purchases_and_groups_by_texts(folder):
    deployment = Path(__file__).parents[1] / "deployments/no_transactions"
    with pytest.raises(SettingsError, match=r"models.yaml:\d+: when_unknown is about customers without purchases"):
        load(deployment, ["models.models.deposit.when_unknown.by=[job]"])
    with pytest.raises(SettingsError, match="'balance' is a number; customers are grouped by texts"):
        load(deployment, ["models.models.deposit.when_unknown.by=[balance]"])
