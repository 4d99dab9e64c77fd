"""Opt-outs after publication reach the channels as a recall, audited and committed as a set is."""

import json
import subprocess
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.audit import Breach
from jobs.commit.commits import RECALL, committed
from jobs.core.errors import AuditFailed, ConsentError
from jobs.core.lake import NotInLake
from jobs.publishing.recall import recall
from jobs.publishing.set_files import parquet_bytes

AS_OF = date(2024, 7, 1)
SOURCES = """
customers: {path: HERE/customers, format: csv, columns: {customer_id: who}}
consents:
  path: HERE/consents
  format: csv
  columns: {customer_id: who, channel: through, is_allowed: yes_or_no, updated_at: at}
"""
BEFORE = (
    "who,through,yes_or_no,at\nann,email,true,2024-01-01\nbob,email,true,2024-01-01\n=cat,letter,true,2024-01-01\n"
    "eve,email,true,2024-01-01\n"
)
POLICY = "value: {cross_sell: propensity, retention: propensity}\n"


@pytest.fixture
def shop(night, tmp_path, publish):
    """A published date: ann, bob and eve get an email, =cat a letter; `answer` adds an answer to the list."""
    (tmp_path / "consents").write_text(BEFORE)
    context = night(
        AS_OF, "deployment.consent.max_age_days=null", sources=SOURCES.replace("HERE", str(tmp_path)), policy=POLICY
    )
    sent = [
        ("ann", "offered", "email"),
        ("bob", "offered", "email"),
        ("eve", "offered", "email"),
        ("=cat", "offered", "letter"),
        ("dan", "capped", None),
    ]
    rows = [{"customer_id": who, "status": status, "offer_id": "card", "channel": by} for who, status, by in sent]
    output = context.settings.deployment.output
    publish(output, AS_OF, {"decisions.parquet": parquet_bytes(pa.Table.from_pylist(rows))})

    def answer(line):
        with (tmp_path / "consents").open("a") as file:
            file.write(f"{line}\n")

    context.answer = answer
    context.write = (tmp_path / "consents").write_text
    return context


def named(recall_commit):
    """Channel -> customers, of the channels that recall anybody."""
    recalled = {
        path.stem: pq.read_table(path)["customer_id"].to_pylist() for path in recall_commit.folder.glob("*.parquet")
    }
    return {channel: customers for channel, customers in recalled.items() if customers}


def test_while_nobody_refuses_what_was_decided_nothing_is_recalled(shop):
    shop.answer("ann,letter,false,2024-07-02")
    shop.answer("dan,*,false,2024-07-02")
    assert recall(shop) is None
    assert not list(shop.settings.deployment.output.rglob("RECALL*"))


def test_whoever_refuses_what_was_decided_is_recalled_from_its_channel(shop):
    for who, channel in (("bob", "email"), ("=cat", "*"), ("ann", "letter"), ("dan", "*"), ("EVE\u200b", "E-Mail ")):
        shop.answer(f"{who},{channel},false,2024-07-02")
    assert named(recall(shop)) == {"email": ["bob", "eve"], "letter": ["=cat"]}


def test_a_recall_is_a_sealed_folder_that_names_its_set_and_has_the_ids_of_the_source(shop):
    shop.answer("=cat,*,false,2024-07-02")
    recall_commit = recall(shop)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=recall_commit.folder, check=True)
    manifest = json.loads((recall_commit.folder / "manifest.json").read_text())
    assert manifest["set"] == committed(shop.settings.deployment.output, AS_OF).folder.name
    assert manifest["rows"] == {"email": 0, "letter": 1}
    assert (recall_commit.folder / "letter.csv").read_bytes() == b"customer_id,offer_id,channel\r\n=cat,card,letter\r\n"
    assert (recall_commit.folder.parent / "RECALL.1").is_file()


def test_a_recall_is_made_again_only_when_it_says_more(shop):
    shop.answer("bob,email,false,2024-07-02")
    first = recall(shop)
    assert recall(shop) is None
    shop.answer("ann,*,false,2024-07-03")
    second = recall(shop)
    assert (first.number, second.number) == (1, 2)
    assert named(second) == {"email": ["ann", "bob"]}
    assert json.loads((second.folder.parent / "RECALL.2").read_text())["previous"] == "RECALL.1"
    assert committed(shop.settings.deployment.output, AS_OF, RECALL) == second


def test_a_list_that_lost_a_no_recalls_nobody_and_a_later_yes_lets_somebody_go(shop):
    shop.write(BEFORE + "bob,email,false,2024-07-02\nann,email,false,2024-07-02\n")
    first = recall(shop)
    shop.write(BEFORE + "ann,email,false,2024-07-02\n")
    with pytest.raises(ConsentError, match=r"1 refusal of the list read .*consents in .*went without a newer answer"):
        recall(shop)
    assert committed(shop.settings.deployment.output, AS_OF, RECALL) == first
    shop.write(BEFORE + "ann,email,false,2024-07-02\nbob,email,true,2024-07-03\n")
    assert named(recall(shop)) == {"email": ["ann"]}


def test_a_shrunk_list_recalls_nobody(shop):
    counts = pa.Table.from_pylist([{"table_name": "consents", "rows": 40}])
    shop.lake.write_arrow(counts, "source_counts", AS_OF)
    shop.answer("bob,email,false,2024-07-02")
    with pytest.raises(ConsentError, match="5 rows, and 40 on 2024-07-01; at most 10% may go missing"):
        recall(shop)
    assert committed(shop.settings.deployment.output, AS_OF, RECALL) is None


def test_whom_the_recall_before_named_is_not_dropped_by_silence(shop):
    shop.answer("=cat,*,false,2024-07-02")
    recall(shop)
    consent = shop.settings.deployment.consent.model_copy(update={"unknown_is": "allowed"})
    deployment = shop.settings.deployment.model_copy(update={"consent": consent})
    vars(shop)["settings"] = replace(shop.settings, deployment=deployment)
    shop.lake.remove("consents_recalled_with", AS_OF)  # its list is lost, and today's knows nothing of =cat
    shop.write(BEFORE.replace("=cat,letter,true,2024-01-01\n", ""))
    with pytest.raises(
        ConsentError, match="1 contact of recall-.* would not be recalled any more, and no yes has come"
    ):
        recall(shop)


def test_a_corrected_set_is_recalled_from_anew(shop, publish):
    shop.answer("bob,email,false,2024-07-02")
    first = recall(shop)
    output = shop.settings.deployment.output
    decisions = (committed(output, AS_OF).folder / "decisions.parquet").read_bytes()
    publish(output, AS_OF, {"decisions.parquet": decisions, "corrected": b""})
    second = recall(shop)
    assert named(second) == named(first)
    assert second.number == 2


def test_what_the_auditor_does_not_confirm_is_not_published(shop, monkeypatch):
    monkeypatch.setattr(
        "jobs.publishing.recall.audit_recall", lambda *_words: [Breach("recall", "email.parquet is wrong", 3)]
    )
    shop.answer("bob,email,false,2024-07-02")
    with pytest.raises(AuditFailed, match=r"not published: recall: email\.parquet is wrong \(3\)"):
        recall(shop)
    assert committed(shop.settings.deployment.output, AS_OF, RECALL) is None


def test_without_a_published_set_or_without_a_list_there_is_nothing_to_recall(shop, night):
    with pytest.raises(NotInLake, match="nothing is published for 2024-07-02"):
        recall(type(shop)(shop.settings, date(2024, 7, 2)))
    without = shop.settings.sources.model_copy(update={"consents": None})
    vars(shop)["settings"] = type(shop.settings)(**{**vars(shop.settings), "sources": without})
    with pytest.raises(ConsentError, match="names no list"):
        recall(shop)
