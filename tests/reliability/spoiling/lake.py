"""Features and scores that do not follow from what they are said to be made of."""

from dataclasses import replace

from tests.expectations.audit.drawn.features import OF_CUSTOMER
from tests.reliability.spoiling.declaration import caught_by, sent


@caught_by("features_follow_from_the_raw_rows")
def a_feature_is_another_number(night, draw):
    def change(rows):
        row, name = draw.choice(rows), draw.choice(OF_CUSTOMER)
        row[name] = (row[name] or 0.0) + draw.choice([-1.0, 1.0, 1e-5])

    night.change_features = change


@caught_by("scores_follow_from_the_models")
def a_score_is_another_number(night, draw):
    night.scores[sent(night, draw)["customer_id"]] = {"attrition": draw.choice([None, 0.249999, 0.3, 0.6])}


@caught_by("scores_follow_from_the_models")
def a_model_is_another_one(night, draw):
    name = draw.choice(sorted(night.models))
    text = night.models[name].text.replace("leaf_value=", "leaf_value=1", 1)
    night.models[name] = replace(night.models[name], text=text)
