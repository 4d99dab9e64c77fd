import os

import pytest

from jobs.core.files import listed


def test_names_that_fit_in_their_order_hidden_ones_only_if_asked_for(tmp_path):
    for name in ("b.csv", "a.csv", "a.txt", ".run-1"):
        (tmp_path / name).touch()
    assert listed(tmp_path, "*.csv") == [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert listed(tmp_path, ".run-*") == [tmp_path / ".run-1"]


def test_where_there_is_no_folder_there_is_nothing(tmp_path):
    (tmp_path / "file").touch()
    assert listed(tmp_path / "none", "*") == listed(tmp_path / "file", "*") == []


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    def broken(_path):
        raise PermissionError

    monkeypatch.setattr(os, "listdir", broken)
    with pytest.raises(PermissionError):
        listed(tmp_path, "*")
