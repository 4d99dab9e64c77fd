"""Versions are found by number, by alias and by what they were trained from."""

import pytest

from models.errors import ModelUnusable
from models.tracking import (
    challenger_version,
    champion_version,
    log_training,
    version_from,
    version_numbered,
    versions,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning"),
]


@pytest.fixture(scope="module")
def two(registry, renamed, mark):
    return [log_training(registry, renamed("value", "two"), inputs=inputs, stamp=mark) for inputs in ("aaa", "bbb")]


def test_versions_come_newest_first_and_the_newest_is_the_challenger(registry, two):
    assert [version.number for version in versions(registry, "two")] == two[::-1]
    assert challenger_version(registry, "two") == two[1]
    assert champion_version(registry, "two") is None


def test_a_training_from_the_same_inputs_is_found_again(registry, two):
    assert [version_from(registry, "two", inputs) for inputs in ("aaa", "bbb", "ccc")] == [*two, None]
    assert version_from(registry, "unheard_of", "aaa") is None


def test_a_version_or_a_challenger_that_is_not_there_is_named_with_those_that_are(registry, two):
    with pytest.raises(ModelUnusable, match=r"model 'two' has no version 9 in 'shop-two'; versions: 2, 1"):
        version_numbered(registry, "two", 9)
    with pytest.raises(ModelUnusable, match="model 'unheard_of' has no challenger"):
        challenger_version(registry, "unheard_of")
