"""Every declared feature is, in Spark and by the auditor, what the rows at its declaration say by hand."""

import json
from itertools import groupby

import pytest

from expectations.audit.features import is_understood, value_of
from models.features.declaration import as_json
from tests.models.features.worked_rows import (
    AS_OF,
    CATEGORY,
    EVERY,
    as_fraction,
    by_spark,
    in_spark,
    worked_history,
    worked_values,
)

DECLARATIONS = {feature["name"]: feature for feature in json.loads(as_json(EVERY))}


FEATURES = {
    name: sorted(group, key=lambda feature: feature.window_days or 0)
    for name, group in groupby(
        sorted(EVERY, key=lambda feature: (feature.stem, feature.name)), key=lambda feature: feature.stem
    )
}


@pytest.fixture(scope="module")
def histories():
    """Each example is a customer of its own."""
    return {
        f"{name}: {worked}": worked_history(worked, features[0].history.source)
        for name, features in FEATURES.items()
        for worked in features[0].worked
    }


@pytest.fixture(scope="module")
def built(spark, histories):
    return by_spark(in_spark(spark, histories), AS_OF)


@pytest.mark.parametrize("name", FEATURES)
def test_both_interpreters_come_to_the_worked_values(name, histories, built):
    features = FEATURES[name]
    worked = features[0].worked
    assert len(worked) in (1, 2, 3), "a feature needs a worked row or two, and not more than three"
    for example in worked:
        expected = dict(zip([feature.name for feature in features], worked_values(example), strict=True))
        customer = f"{name}: {example}"
        row, person = built[AS_OF, customer], histories[customer].person()
        category = CATEGORY if features[0].is_per_category else None
        stored = row["categories"][CATEGORY] if category else row
        by_auditor = {feature: as_fraction(value_of(DECLARATIONS[feature], person, category)) for feature in expected}
        assert by_auditor == expected, example
        in_doubles = {feature: None if value is None else float(value) for feature, value in expected.items()}
        assert {feature: stored[feature] for feature in expected} == in_doubles, example


def test_the_auditor_understands_every_declaration():
    assert [name for name, feature in DECLARATIONS.items() if not is_understood(feature)] == []
