"""Which names formulas may use, and what is said where they are wrong."""

from datetime import date

import pytest

from conf.errors import SettingsError
from conf.expressions import Kind
from conf.expressions.errors import PolicyError
from jobs.candidates.formulas import declared_columns, read_formulas
from jobs.candidates.options import options_on

AS_OF = date(2024, 6, 30)
FEATURES = {"age": Kind.NUMBER, "x": Kind.NUMBER, "y": Kind.NUMBER}


def test_expressions_may_name_options_parameters_scores_and_features(settings):
    columns = declared_columns(settings, {"town": Kind.TEXT})
    assert {columns[name] for name in ("offer_id", "channel", "objective", "category", "town")} == {Kind.TEXT}
    numbers = ("margin", "incentive_cost", "unit_cost", "propensity", "effect_share", "reach", "attrition")
    assert {columns[name] for name in numbers} == {Kind.NUMBER}
    assert "blocked_by_policy" not in columns
    assert "value" not in columns


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"value": Kind.NUMBER}, "'value' is both a column of oneoffer's own and a feature; rename one"),
        ({"margin": Kind.NUMBER}, "'margin' is both a column of options and a feature"),
        ({"attrition": Kind.NUMBER}, "'attrition' is both a score of models.yaml and a feature"),
        ({"reach": Kind.NUMBER}, "'reach' is both a further column of channels.csv and a feature"),
    ],
)
def test_a_name_with_two_meanings_is_refused(settings, features, message):
    with pytest.raises(SettingsError, match=message):
        declared_columns(settings, features)


def test_offers_and_channels_may_not_share_a_further_column(deploy):
    channels = "id,name,unit_cost,effect_share\nemail,E-mail,0,1\nletter,Letter,0,1\n"
    with pytest.raises(SettingsError, match="further column of offers.csv and a further column of channels.csv"):
        declared_columns(deploy(channels=channels), {})


def test_costs_are_those_of_contact_and_incentive_where_not_said(settings):
    formulas = read_formulas(settings, FEATURES, AS_OF)
    assert set(formulas.cost) == set(formulas.value) == {"cross_sell", "retention", "loyalty", "reminder"}


def test_an_offers_own_cost_is_that_of_its_objective_where_not_said(with_policy):
    formulas = read_formulas(with_policy("value_of_offer: {wine: margin}"), FEATURES, AS_OF)
    assert set(formulas.value_of_offer) == {"wine"}
    assert formulas.cost_of_offer == {}
    with pytest.raises(PolicyError, match=r"policy.yaml:5:\d+: value_of_offer.wine: no column 'x2'"):
        read_formulas(with_policy("value_of_offer:\n  wine: x2"), FEATURES, AS_OF)


def test_an_expression_that_cannot_be_read_names_file_line_and_column(deploy):
    policy = "value: {cross_sell: propensity}\nrules:\n  - name: adults\n    only_when: aeg >= 18\n"
    header = "id,name,objective,margin,incentive_cost,valid_from,valid_to,channels"
    offers = f"{header}\na,A,cross_sell,1,0,2024-01-01,2024-12-31,email\n"
    broken = deploy(policy=policy, offers=offers)
    with pytest.raises(PolicyError, match=r"policy.yaml:4.*aeg.*age"):
        read_formulas(broken, FEATURES, AS_OF)


def test_offers_are_options_on_their_first_and_last_day_and_in_the_order_of_the_files(settings):
    def ids(day):
        return [f"{option.offer.id} {option.channel.id}" for option in options_on(settings, day)]

    assert ids(date(2024, 1, 1)) == ids(date(2024, 12, 31)) == [
        "wine email", "wine sms", "fish email", "fish sms", "back sms", "gift email",
    ]  # fmt: skip
    assert ids(date(2023, 12, 31)) == ["old email"]
    assert ids(date(2025, 1, 1)) == []
