"""Commits that are of other bytes than lie there."""

import json
from hashlib import sha256


def the_audit_was_changed(night):
    """COMMIT.1 is of another audit.json"""
    _commit(night, after=lambda folder: (folder / "audit.json").write_bytes(b'{"breaches": []}'))


def the_commit_names_other_checksums(night):
    """COMMIT.1 is of another SHA256SUMS"""
    _commit(night, sha256="0" * 64)


def one_of_two_commits_of_the_set_is_wrong(night):
    """COMMIT.2 is of another audit.json"""
    _commit(night)
    first = night.change_sealed

    def both(folder):
        first(folder)
        content = json.loads((folder.parent / "COMMIT.1").read_text())
        (folder.parent / "COMMIT.2").write_text(json.dumps(content | {"audit_sha256": "0" * 64}))

    night.change_sealed = both


def the_commit_says_nothing_of_the_audit(night):
    """cannot be checked: KeyError"""
    _commit(night, audit_sha256=None)


def _commit(night, after=lambda _folder: None, **wrong):
    def commit(folder):
        digests = {
            "sha256": sha256((folder / "SHA256SUMS").read_bytes()).hexdigest(),
            "audit_sha256": sha256((folder / "audit.json").read_bytes()).hexdigest(),
        }
        content = {"set": folder.name, **digests, **wrong}
        kept = {name: value for name, value in content.items() if value}
        (folder.parent / "COMMIT.1").write_text(json.dumps(kept))
        after(folder)

    night.change_sealed = commit
