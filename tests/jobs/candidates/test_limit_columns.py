"""Names in limits and segments are refused when the files are read, with their line and the nearest name."""

import pytest

from conf.errors import SettingsError
from conf.expressions import Kind, PolicyError
from conf.limit import Limit
from jobs.candidates.formulas import read_formulas
from jobs.candidates.limit_columns import LimitColumns, check_limit_columns
from tests.jobs.candidates.test_formulas import AS_OF

FEATURES = {"baskets_90d": Kind.NUMBER, "region": Kind.TEXT, "is_member": Kind.BOOL, "born": Kind.DATE}
FEATURES |= dict.fromkeys(("age", "x", "y"), Kind.NUMBER)
SEGMENTS = "segments: {regulars: baskets_90d > 3}\n"
LIMIT = "limits:\n  - {name: few, max: 3, "
ALL_ARE_ALLOWED = """\
limits:
  - {name: a, sum: baskets_90d, where: {segment: [regulars], region: [north], is_member: [true]}, max: 3}
  - {name: b, ratio: [margin, contacts], where: {offer: [wine], objective: [cross_sell], category: [wine]}, min: 3}
  - {name: c, sum: cross_sell, share_of: {household_id: ["7"]}, where: {customer_id: ["1"]}, max: 30%}
  - {name: d, sum: minutes, where: {channel: [sms]}, max: 3}
"""


def test_a_limit_may_name_every_column_that_candidates_can_have(deploy, settings):
    policy = (settings.folder / "policy.yaml").read_text() + SEGMENTS + ALL_ARE_ALLOWED
    made = redeployed(deploy, settings, policy, offer_channels="offer,channel,minutes\nwine,sms,2\n")
    check_limit_columns(made, FEATURES)
    columns = LimitColumns.of(made.policy.limits)
    assert columns.amounts == ("baskets_90d", "cross_sell", "margin", "minutes")
    assert columns.labels == ("is_member", "region")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("sum: basket_90d}", "limit 'few': 'basket_90d' is no column of candidates; did you mean 'baskets_90d'?"),
        ("sum: region}", "limit 'few': 'region' is no number, and only numbers are added up"),
        ("sum: propensity}", "limit 'few': 'propensity' is the score of one model or another"),
        ("ratio: [value, prize]}", "limit 'few': 'prize' is no column of candidates"),
        (
            "count: contacts, where: {regoin: [north]}}",
            "limit 'few': 'regoin' is no column of candidates; did you mean",
        ),
        ("count: contacts, where: {baskets_90d: [3]}}", "limit 'few': 'baskets_90d' is a number; name its values by a"),
        ("count: contacts, where: {born: [x]}}", "limit 'few': 'born' is no column of candidates"),
        ("count: contacts, where: {segment: [regulars]}}", "limit 'few': 'segment' is no column of candidates"),
    ],
)
def test_what_no_candidate_can_have_is_refused_with_its_line(deploy, settings, stated, told):
    policy = (settings.folder / "policy.yaml").read_text() + LIMIT + stated + "\n"
    made = redeployed(deploy, settings, policy)
    with pytest.raises(SettingsError) as error:
        check_limit_columns(made, FEATURES)
    assert told in str(error.value)
    assert f"policy.yaml:{len(policy.splitlines())}: " in str(error.value)


@pytest.mark.parametrize(
    ("segment", "told"),
    [
        ("baskets > 3", "no column 'baskets'"),
        ("baskets_90d + 1", "true or false"),
        ("cross_sell > 0.2", "no column 'cross_sell'"),  # a score by category is none of the customer
        ("margin > 2", "no column 'margin'"),
    ],
)
def test_a_segment_is_a_condition_on_the_customer_alone(deploy, settings, segment, told):
    policy = (settings.folder / "policy.yaml").read_text() + f"segments: {{many: {segment}}}\n"
    with pytest.raises(PolicyError) as error:
        read_formulas(redeployed(deploy, settings, policy), FEATURES, AS_OF)
    assert told in str(error.value)


def test_an_attribute_called_segment_is_a_column_like_others_where_the_policy_has_no_segments(deploy, settings):
    own = FEATURES | {"segment": Kind.TEXT}
    plain = (settings.folder / "policy.yaml").read_text() + LIMIT + "count: contacts, where: {segment: [gold]}}\n"
    check_limit_columns(redeployed(deploy, settings, plain), own)
    with pytest.raises(SettingsError, match="'segment' is both a column of oneoffer's own and a feature; rename one"):
        check_limit_columns(redeployed(deploy, settings, plain.replace("gold", "regulars") + SEGMENTS), own)


def test_of_values_that_limits_count_nothing_is_carried_twice():
    stated = {"count": "contacts", "where": {"offer": ["a"], "channel": ["b"], "segment": ["c"]}, "max": 1}
    assert LimitColumns.of([Limit(name="a", **stated)]) == LimitColumns((), ())


def redeployed(deploy, settings, policy, **files):
    """The deployment of these tests under another policy."""
    texts = {name: (settings.folder / name).read_text() for name in ("offers.csv", "channels.csv", "models.yaml")}
    return deploy(policy=policy, **{name.split(".")[0]: text for name, text in texts.items()}, **files)
