"""Whoever verifies a set is told first what changed since it was made."""

import pytest

from conf.errors import SettingsError
from expectations.audit import Breach
from jobs.core.errors import AuditFailed
from jobs.run import verify
from jobs.run.verify import verify_set


@pytest.fixture
def verified(monkeypatch, tmp_path):
    """What `verify` says of a set in which the auditor finds breaches of these checks."""
    folder = tmp_path / "2024-07-01" / "set-0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "SHA256SUMS").touch()

    def run(*checks):
        monkeypatch.setattr(verify, "evidence_of", lambda settings, folder, as_of: None)
        monkeypatch.setattr(verify, "audit", lambda evidence: [Breach(check, "something", 1) for check in checks])
        with pytest.raises(AuditFailed) as caught:
            verify_set(None, folder)
        return str(caught.value).splitlines()

    return run


@pytest.mark.parametrize(
    ("checks", "what"),
    [
        (["features", "inputs", "reasons"], "its inputs are not those that it was made from"),
        (["checksums", "channel files", "whole set"], "its files are not those that were sealed"),
        (["commit"], "its commit is of another set, or was changed"),
        (["inputs", "commit"], "its commit is of another set, or was changed and its inputs are not those that it was"),
        (["ledger"], "earlier sets are not as they were committed"),
        (["money"], "files, inputs and commit are as they were; what it says is wrong"),
    ],
)
def test_the_first_line_says_what_changed_and_the_others_each_breach(verified, checks, what):
    first, *others = verified(*checks)
    assert first.startswith(f"set-0123456789abcdef breaks {len(checks)} of what it must keep: {what}")
    assert others == [f"  {check}: something (1)" for check in checks]


def test_a_path_where_nothing_is_or_where_no_set_lies_is_a_slip_of_whoever_typed_it(tmp_path):
    with pytest.raises(SettingsError, match="nowhere: there is no such folder"):
        verify_set(None, tmp_path / "nowhere")
    (tmp_path / "set-1").mkdir()
    with pytest.raises(SettingsError, match="does not lie in the folder of its date"):
        verify_set(None, tmp_path / "set-1")
