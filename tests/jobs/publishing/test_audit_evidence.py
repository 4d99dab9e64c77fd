"""The auditor is given the declarations that a night built its features by."""

from datetime import date

import pytest

from jobs.core.lake import FEATURE_DECLARATIONS, FEATURE_DECLARATIONS_FILE, Lake
from jobs.publishing.audit_evidence import feature_declarations
from models.features.declaration import all_features, as_json

DAY = date(2024, 7, 1)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def test_they_are_those_of_the_night_whatever_the_code_declares_now(lake):
    lake.write_file(b"[]", FEATURE_DECLARATIONS, DAY, FEATURE_DECLARATIONS_FILE)
    assert feature_declarations(lake, DAY) == b"[]"


def test_a_night_that_kept_none_is_judged_by_those_of_the_code(lake):
    assert feature_declarations(lake, DAY) == as_json(all_features())


def test_a_lost_file_is_not_made_up_for(lake):
    lake.write_file(b"[]", FEATURE_DECLARATIONS, DAY, "another")
    assert feature_declarations(lake, DAY) == b""
