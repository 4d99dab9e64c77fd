"""What is read before a night starts: also words that a deployment declares by itself."""

from datetime import date

import pytest

from conf.errors import SettingsError
from conf.expressions.errors import PolicyError
from jobs.run.preflight import check_policy
from jobs.run_context import RunContext
from models.features.of_deployment import further_features, wanted

AS_OF = date(2026, 7, 1)
SOURCES = """\
customers: {path: x, columns: {customer_id: id}, attributes: {town: text}}
contacts: {path: x, columns: {customer_id: c, offer_id: o, channel: h, contacted_at: t}}
events:
  path: x
  columns: {customer_id: c, kind: k, happened_at: t}
  kinds: {complaint: [complaint], call_in: [call]}
"""
POLICY = "value: {cross_sell: margin, retention: margin}\nrules: [{name: r, only_when: '%s'}]\n"


def context(deploy, rule, sources=SOURCES):
    return RunContext(deploy(policy=POLICY % rule, sources=sources), AS_OF)


@pytest.mark.parametrize(
    "rule",
    [
        "days_since_complaint > 14",
        "call_in_events_7d = 0",
        "contacts_by_letter_30d < 3",
        "category_overdue_ratio_365d > 1",
        "coalesce(category_spend_90d, 0) > 1",
    ],
)
def test_features_of_events_channels_and_categories_may_be_named(deploy, rule):
    check_policy(context(deploy, rule))


def test_an_event_of_a_kind_that_is_not_declared_is_refused_at_its_line(deploy):
    with pytest.raises(PolicyError, match=r"policy.yaml:2:\d+: .* no column 'days_since_refund'"):
        check_policy(context(deploy, "days_since_refund > 3"))


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("complaint: [", "last_purchase: [", "days_since_last_purchase"),
        ("town: text", "days_since_complaint: number", "days_since_complaint"),
    ],
)
def test_a_name_of_something_else_is_refused(deploy, old, new, name):
    with pytest.raises(SettingsError, match=f"'{name}' is a feature of a kind of events, or of a channel"):
        check_policy(context(deploy, "1 > 0", SOURCES.replace(old, new)))


def test_what_is_for_rules_is_built_where_the_policy_or_a_model_names_it(deploy):
    settings = context(deploy, "contacts_by_letter_30d < 3 and category_overdue_ratio_365d > 1").settings
    assert {name for name in wanted(settings) if not name.startswith("category_o")} == {"contacts_by_letter_30d"}
    assert "category_overdue_ratio_365d" in wanted(settings)
    by_default = {feature.name for feature in further_features(settings) if feature.by_default}
    assert by_default == {
        *(f"{kind}_events_{days}d" for kind in ("complaint", "call_in") for days in (7, 30, 90)),
        "days_since_complaint",
        "days_since_call_in",
    }


def test_without_contacts_there_are_no_features_of_channels(deploy):
    sources = "\n".join(line for line in SOURCES.splitlines() if not line.startswith("contacts"))
    assert not any(
        feature.family == "channels" for feature in further_features(context(deploy, "1 > 0", sources).settings)
    )
