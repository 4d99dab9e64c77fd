"""What registers itself is all there, or nothing goes on: a folder that cannot be read is never an empty one."""

import errno
import os

import pytest

import benchmarks.__main__
from expectations.audit.auditor import all_checks
from expectations.tables import all_tables
from models.estimators.declaration import all_estimators
from models.features.declaration import all_features
from models.labels.declaration import all_label_kinds

REGISTRIES = {
    "checks of the auditor": all_checks,
    "tables": all_tables.__wrapped__,
    "estimators": all_estimators,
    "features": all_features,
    "kinds of label": all_label_kinds,
    "benchmarks": benchmarks.__main__.registry,
}


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)
def test_a_folder_that_cannot_be_read_ends_it(registry, monkeypatch):
    assert registry()

    def listed(_path):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "listdir", listed)
    with pytest.raises(OSError, match="cannot be listed"):
        registry()
