"""One deployment to judge people by: two models of probabilities, one of money, offers of every aim."""

import pytest

OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,effect_share
wine,Wine,cross_sell,wine,12.00,2.00,2024-01-01,2024-12-31,email sms,
fish,Fish,cross_sell,fish,12.00,2.00,2024-01-01,2024-12-31,email,
back,Come back,retention,,0,5.00,2024-01-01,2024-12-31,sms,0.05
gift,A gift,loyalty,,1.00,0,2024-01-01,2024-12-31,email,
old,Last year's,reminder,,0,0,2023-01-01,2023-12-31,email,0.5
"""
CHANNELS = "id,name,unit_cost,reach\nemail,E-mail,0.5,1\nsms,Text,0.25,0.5\n"
MODELS = """\
models:
  cross_sell: {score: cross_sell, estimator: classifier, label: {kind: buys_category, window_days: 30,
    not_bought_days: 90}, propensity_for: {objective: [cross_sell]}}
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30},
    propensity_for: {offers: [back]}}
  value: {score: customer_value, estimator: value, label: {kind: spend, window_days: 60}}
"""
POLICY = """\
value: {cross_sell: propensity * margin, retention: propensity * effect_share * customer_value, loyalty: x,
  reminder: effect_share}
cost: {loyalty: y}
rules:
  - {name: adults, only_when: age >= 18, offers: {objective: [cross_sell]}}
  - {name: not the leaving, never_when: attrition >= 0.6, offers: {category: [wine, fish]}, channels: [email]}
  - {name: no fish today, never_when: "true", offers: {id: [fish]}, valid_from: 2024-07-01, valid_to: 2024-07-01}
contact_policy:
  - {name: weekly, max_contacts: 2, days: 7, exceptions: [{between: [2024-07-02, 2024-07-03]}]}
  - {name: nagging, max_contacts: 1, days: 90, same: offer}
  - {name: never fish by email, max_contacts: 0, days: 1, channels: [email], offers: [fish]}
combinations:
  - {name: gift or wine, never_together: [gift, wine]}
  - {name: no gift so soon, offers: [gift], after: [fish], not_within_days: 5}
"""


@pytest.fixture(scope="session")
def settings(deploy):
    return deploy(offers=OFFERS, channels=CHANNELS, models=MODELS, policy=POLICY)
