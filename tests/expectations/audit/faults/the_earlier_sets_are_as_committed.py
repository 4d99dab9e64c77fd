"""Sets, commits and ledgers that are not what was committed; a cap reaches them, and none of them fills it."""

import json
import shutil

import pyarrow.parquet as pq


def _sent(night, new_decision, day="2024-06-30"):
    night.policy["contact_policy"] = [{"name": "cap", "max_contacts": 9, "days": 7}]
    return night.sent_on(day, new_decision("bob", "offered", "gift", "email", "5", "1"))


def a_set_without_its_rows(night, new_decision):
    """the set of 2024-06-30 is not as it was committed"""
    path = _sent(night, new_decision) / "decisions.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)


def a_set_and_its_checksums_are_another(night, new_decision):
    """the set of 2024-06-30 is not as it was committed"""
    (_sent(night, new_decision) / "SHA256SUMS").write_text("")


def a_commit_names_another_set(night, new_decision):
    """2024-06-30/COMMIT.1 is not as it was committed"""
    folder = _sent(night, new_decision)
    other = shutil.copytree(folder, folder.with_name("set-9"))
    mark = folder.parent / "COMMIT.1"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"set": other.name}))


def a_date_is_gone(night, new_decision):
    """1 commits that the ledger names are gone"""
    _sent(night, new_decision, "2024-06-29")
    shutil.rmtree(_sent(night, new_decision).parent)


def commits_that_nobody_entered(night, new_decision):
    """2 commits that the ledger does not name"""
    for day in ("2024-06-29", "2024-06-30"):
        _sent(night, new_decision, day)
    (night.root / "LEDGER").unlink()


def a_line_of_the_ledger_is_another(night, new_decision):
    """a line of the ledger does not follow from the line before"""
    for day in ("2024-06-29", "2024-06-30"):
        _sent(night, new_decision, day)
    path = night.root / "LEDGER"
    path.write_text(path.read_text().replace('"commit"', '"commit" ', 1))


def the_ledger_is_shorter_than_its_copy(night, new_decision):
    """the ledger does not go on from its copy in the lake"""
    _sent(night, new_decision, "2024-06-29")
    before = (night.root / "LEDGER").read_bytes()
    folder = _sent(night, new_decision)
    (night.root / "LEDGER").rename(night.root / "LEDGER.copy")
    (night.root / "LEDGER").write_bytes(before)
    shutil.rmtree(folder.parent)
