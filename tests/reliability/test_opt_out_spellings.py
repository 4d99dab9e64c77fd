"""A no is a no however it is spelled, dated or cut: the night and the auditor, each against what was drawn."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

import conf
from conf.load import load
from conf.sources import Source
from expectations.audit import RawTable
from expectations.audit import answers as auditor
from expectations.audit import spellings as auditors_spellings
from expectations.audit.answers import allows, is_objector
from expectations.audit.cut_lines import refuse_cut_files
from jobs.candidates import consents as night
from jobs.candidates.spellings import ChannelNames, normal_form
from jobs.core.errors import SourceError
from jobs.core.table_io import TableIO
from jobs.sources.cut_files import check_last_lines
from jobs.sources.reader import SourceReader
from tests.reliability.drawn_answers import (
    BLANKS,
    CHANNELS,
    INVISIBLE,
    READ_AT,
    RULES,
    WIDE,
    refusers,
    stories,
    written,
)

COLUMNS = {"customer_id": "who", "channel": "through", "is_allowed": "ok", "updated_at": "at"}
SOURCES = "customers: {path: none, format: csv, columns: {customer_id: who}}\nconsents: {path: HERE, format: csv,\n"
SOURCES += "  columns: {customer_id: who, channel: through, is_allowed: ok, updated_at: at}}\n"
COUNT = 400
seeds = st.integers(0, 2**32)
once = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def refused_by_the_auditor(path, customers):
    channels = auditors_spellings.channels_of([{"id": key, "name": name} for key, name in CHANNELS.items()], ())
    table = RawTable(str(path), "csv", COLUMNS, {}, read_at=READ_AT)
    answers = auditor.newest_answers(table, customers, channels, ZoneInfo("UTC"))
    return {
        (customer, channel)
        for customer in customers
        for channel in CHANNELS
        if is_objector(answers.get(customer, {}))
        or not allows(answers.get(customer, {}), channel, unknown_is_allowed=True)
    }


@pytest.fixture(scope="module")
def refused_by_the_night(spark, tmp_path_factory):
    """Reads a list with the night's own reader and gives who may not be contacted through what."""
    folder = tmp_path_factory.mktemp("deployment")
    shutil.copytree(Path(conf.__file__).parent / "template", folder, dirs_exist_ok=True)
    path = folder / "consents.csv"
    (folder / "sources.yaml").write_text(SOURCES.replace("HERE", str(path)))
    deployment = load(folder, ("deployment.time_zone=UTC",))
    consent = deployment.deployment.consent.model_copy(update={"unknown_is": "allowed"})

    def read(text, customers):
        path.write_text(text)
        answers = SourceReader(spark, deployment, {}, TableIO()).read("consents", None)
        frame = spark.createDataFrame([(customer,) for customer in customers], "customer_id string").coalesce(1)
        newest = night.newest_consents(frame, answers, night.ListReading(ChannelNames.of(deployment), READ_AT))
        contacts = frame.select("customer_id", F.explode(F.array(*map(F.lit, CHANNELS))).alias("channel"))
        joined = contacts.join(newest, "customer_id", "left")
        is_refused = ~night.may_contact(consent, F.col("channel")) | night.is_objector()
        return {tuple(row) for row in joined.where(is_refused).select("customer_id", "channel").collect()}

    return read


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=seeds)
def test_the_night_contacts_nobody_against_a_no_however_it_is_spelled(refused_by_the_night, figures, seed):
    customers, answers = stories(seed, COUNT)
    assert refused_by_the_night(written(answers), customers) == refusers(customers, answers)
    figures.count("opt-out spellings", read_by_the_night=COUNT, contacted_against_a_no=0)


@once
@given(seed=seeds, count=st.integers(1, 20))
def test_the_auditor_reads_every_no_as_it_was_meant(tmp_path, figures, seed, count):
    customers, answers = stories(seed, count)
    (tmp_path / "list.csv").write_text(written(answers))
    assert refused_by_the_auditor(tmp_path / "list.csv", customers) == refusers(customers, answers)
    figures.count("opt-out spellings", read_by_the_auditor=count)


@pytest.mark.parametrize("rule", RULES)
def test_the_drawn_lists_tell_of_every_rule_that_is_missing(rule):
    """Whoever reads without the rule, night or auditor, contacts somebody whom the oracle does not."""
    customers, answers = stories(0, COUNT)
    assert refusers(customers, answers) - refusers(customers, answers, without=rule)


def first_of(spelled, text):
    """One of those that a no can mean, where all of them are meant."""
    return {spelled.by_form.get(auditors_spellings.form_of(text))} - {None}


@pytest.mark.parametrize(
    "fault",
    [
        (auditors_spellings, "form_of", lambda text: text),
        (auditors_spellings, "form_of", str.casefold),
        (auditors_spellings, "form_of", lambda text: "".join(sign for sign in text if normal_form(sign))),
        (auditors_spellings.Spelled, "the_one", auditors_spellings.Spelled.all_of),
        (auditors_spellings.Spelled, "all_of", first_of),
        (auditor, "EVERYWHERE", "nothing"),
        (auditor, "end_of_day", lambda moment, _zone: moment),
        (auditor, "OLDEST", READ_AT),
    ],
    ids=[
        "as it stands", "blanks count", "case counts", "a vague yes counts", "a vague no counts not",
        "an unknown channel is none", "a day does not end", "the future counts",
    ],
)  # fmt: skip
def test_a_fault_planted_in_the_auditor_is_found(tmp_path, monkeypatch, figures, fault):
    customers, answers = stories(1, COUNT)
    (tmp_path / "list.csv").write_text(written(answers))
    monkeypatch.setattr(*fault)
    assert refused_by_the_auditor(tmp_path / "list.csv", customers) != refusers(customers, answers)
    figures.count("opt-out spellings", planted_faults_found=1)


@pytest.mark.parametrize("name", ["end_of_day", "_yes_at", "with_readings"])
def test_a_fault_planted_in_the_night_is_found(refused_by_the_night, monkeypatch, figures, name):
    whole = night.with_readings
    faults = {
        "end_of_day": F.col,
        "_yes_at": lambda _moment: F.col("updated_at"),
        "with_readings": lambda answers, *of: whole(answers, *of).withColumn(night.ID_FORM, F.col("customer_id")),
    }
    customers, answers = stories(1, COUNT)
    monkeypatch.setattr(night, name, faults[name])
    assert refused_by_the_night(written(answers), customers) != refusers(customers, answers)
    figures.count("opt-out spellings", planted_faults_found=1)


@given(st.text(st.sampled_from([*"aZé*-1ßİﬁ", *BLANKS, *INVISIBLE, *map(chr, WIDE.values()), "\u0301", "\u3164"])))
def test_night_and_auditor_agree_on_the_form_of_a_text(text):
    form = normal_form(text)
    assert auditors_spellings.form_of(text) == form
    assert normal_form(form) == form


@once
@given(
    order=st.permutations(("who", "through", "ok", "at")),
    cut=st.integers(1, 10),
    whole=st.integers(2, 30),
)
def test_a_file_cut_within_its_last_value_is_not_read(tmp_path, figures, order, cut, whole):
    """All but the last value of a list whose values have one form; cut before it, the contract counts the fields."""
    lines = [
        {"who": f"c{n + 100}", "through": "email", "ok": "true", "at": f"2024-06-{n % 20 + 10}"} for n in range(whole)
    ]
    last = lines[-1][order[-1]]
    assume(cut <= len(last))
    text = "\n".join([",".join(order), *(",".join(line[name] for name in order) for line in lines)])
    path = tmp_path / "list.csv"
    source = Source(path=str(path), format="csv", columns=COLUMNS)
    for ending, is_cut in ((text, False), (text + "\n", False), (text[:-cut], True)):
        path.write_text(ending)
        assert _is_refused(lambda: check_last_lines("consents", source, [path]), SourceError) == is_cut
        assert _is_refused(lambda: refuse_cut_files(RawTable(str(path), "csv", COLUMNS, {})), ValueError) == is_cut
    figures.count("opt-out spellings", files_cut=1, cut_files_read=0)


def _is_refused(read, error):
    try:
        read()
    except error:
        return True
    return False
