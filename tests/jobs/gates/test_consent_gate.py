"""Lists of consents that would lose a no: ids of nobody, a no that is gone, a cut line."""

from datetime import UTC, date, datetime

import pytest

from jobs.candidates.consents import ListReading, is_refused, newest_answers
from jobs.candidates.spellings import ABOUT, ChannelNames
from jobs.core.errors import ConsentError
from jobs.gates.consent_growth import ListCopy, lost_refusals, newest_copy_before
from jobs.stages.gate_sources import run

AS_OF = date(2024, 7, 1)
SOURCES = """\
customers: {path: HERE/customers, format: csv, columns: {customer_id: id}}
consents:
  path: HERE/consents
  format: csv
  columns: {customer_id: who, channel: through, is_allowed: ok, updated_at: at}
"""
HEAD = "who,through,ok,at\n"
NAMES = ChannelNames({"*": ("all",), "email": ("E-mail",), "letter": ()})


@pytest.fixture
def gate_of_topics(night, tmp_path):
    """As `gate`, of a list whose answers have topics."""
    sources = SOURCES.replace("channel: through,", "channel: through, topic: about,")
    return _gate(night, tmp_path, sources, HEAD.replace("through", "through,about"))


@pytest.fixture
def gate(night, tmp_path):
    """Gates this list on a date; all dates share a lake."""
    return _gate(night, tmp_path, SOURCES, HEAD)


def _gate(night, tmp_path, sources, head):
    (tmp_path / "customers").write_text("id\nann\nbob\ncat\n")
    shared = night(
        AS_OF,
        "policy.holdout=null",
        "deployment.consent.max_age_days=null",
        sources=sources.replace("HERE", str(tmp_path)),
    )

    def make(consents, as_of=AS_OF):
        (tmp_path / "consents").write_text(head + consents)
        context = type(shared)(shared.settings, as_of, shared.messages.append)
        vars(context).update(spark=shared.spark, messages=shared.messages)
        run(context)
        return context

    return make


def test_a_no_of_nobody_is_counted_and_listed_and_too_many_stop_the_night(gate):
    noes = "".join(f"{who},*,false,2024-06-0{day}\n" for who in ("ann", " BOB", "cat") for day in (1, 2, 3))
    context = gate(f"{noes}ann.0,*,false,2024-06-01\n")
    line = "  consents: customer_id of a no must be one of customers (1 row: consents row 10), 10.0% of all that refuse"
    assert line in context.messages
    with pytest.raises(ConsentError, match=r"\(2 rows: consents rows 10, 11\), 18.2% .*at most 10% may be of nobody"):
        gate(f"{noes}ann.0,*,false,2024-06-01\nbob.0,*,false,2024-06-01\n")


def test_a_no_that_is_gone_stops_every_later_night_until_a_newer_answer_comes(gate):
    gate("ann,email,true,2024-06-01\nbob,email,false,2024-06-01 10:00:00\n", date(2024, 6, 30))
    for as_of in (date(2024, 7, 1), date(2024, 7, 2)):  # the list that did not pass is no measure for the next
        with pytest.raises(ConsentError, match="1 refusal of the list read .* went without a newer answer"):
            gate("ann,email,true,2024-06-01\nbob,email,true,2024-06-01 09:00:00\n", as_of)
    gate("ann,email,true,2024-06-01\nbob,email,true,2024-06-01 11:00:00\n")


def test_a_list_cut_within_its_last_value_is_not_read(gate):
    with pytest.raises(ConsentError, match="line 3 of consents, its last one, has no line end and looks cut"):
        gate("ann,email,true,2024-06-10\nbob,email,false,2024-06-1")


def test_a_no_is_kept_by_a_no_as_wide_or_by_a_newer_yes_for_the_same(frame):
    assert _lost(
        frame,
        """
        customer_id | channel | is_allowed | at
        same        | email   | no         | 2024-06-01 10:00:00
        spelled     | E-Mail  | no         | 2023-01-01 10:00:00
        wider       | *       | no         | 2023-01-01 10:00:00
        newer       | email   | yes        | 2024-06-01 10:00:01
        """,
    ) == (4, 0)


def test_a_no_is_lost_without_one_or_to_a_yes_that_is_not_newer_or_of_other_channels(frame):
    assert _lost(
        frame,
        """
        customer_id | channel | is_allowed | at
        as_old      | email   | yes        | 2024-06-01 10:00:00
        not_yet     | email   | yes        | 2999-01-01 10:00:00
        any_channel | *       | yes        | 2024-06-02 10:00:00
        another     | letter  | no         | 2024-06-02 10:00:00
        of_letters  | letter  | yes        | 2024-06-02 10:00:00
        kept        | email   | no         | 2024-06-02 10:00:00
        """,
    ) == (6, 5)


def _lost(frame, later):
    """Of customers who all had refused emails: how many there are, and how many of the noes the later answers lost."""
    rows = [line.split("|") for line in later.strip().splitlines()[1:]]
    names = [row[0].strip() for row in rows]
    customers = frame("customer_id | x\n" + "\n".join(f"{name} | 1" for name in names))
    before = "\n".join(f"{name} | email | no | 2024-06-01 10:00:00" for name in names)
    answers = "\n".join("|".join(row) for row in rows)
    refusals = _answers(frame, customers, before).where(is_refused())
    return len(names), lost_refusals(refusals, _answers(frame, customers, answers))


def test_a_no_under_a_wrong_channel_may_be_corrected_and_who_is_no_customer_may_be_forgotten(frame):
    customers = frame("customer_id | x\nann | 1\nbob | 1")
    before = "bob | e-mial | no | 2024-06-01 10:00:00\n        zoe | email | no | 2024-06-01 10:00:00"
    old = _answers(frame, customers, before).where(is_refused())
    assert lost_refusals(old, _answers(frame, customers, NO)) == 0
    assert lost_refusals(old, _answers(frame, customers, "ann | email | no | 2024-06-01 10:00:00")) == 1


TOPICS = ChannelNames({"*": ("all", ""), "news": (), "offers": ()})


def test_a_no_about_a_topic_is_kept_by_a_no_about_more_or_by_a_newer_yes_about_the_same(frame):
    later = """
        same        | email | news   | no  | 2024-01-01 10:00:00
        all_topics  | email | *      | no  | 2024-01-01 10:00:00
        all_ways    | *     | news   | no  | 2024-01-01 10:00:00
        everything  | *     |        | no  | 2024-01-01 10:00:00
        newer       | email | news   | yes | 2024-06-01 10:00:01
        narrower    | letter | news  | no  | 2024-06-02 10:00:00   # from here on it is lost
        another     | email | offers | no  | 2024-06-02 10:00:00
        wider_yes   | email | *      | yes | 2024-06-02 10:00:00
        gone        | letter | offers | yes | 2024-06-02 10:00:00
    """
    rows = [[cell.strip() for cell in line.split("#")[0].split("|")] for line in later.strip().splitlines()]
    customers = frame("customer_id | x\n" + "\n".join(f"{row[0]} | 1" for row in rows))
    before = [[row[0], "email", "news", "no", "2024-06-01 10:00:00"] for row in rows]
    old, new = (
        _answers(frame, customers, "\n".join(" | ".join(row) for row in said), TOPICS) for said in (before, rows)
    )
    assert lost_refusals(old.where(is_refused()), new) == 4


def test_a_topic_that_no_offer_has_is_told_and_its_no_is_a_no_about_all(gate_of_topics):
    context = gate_of_topics("ann,email,news,false,2024-06-01\nbob,email,retention,false,2024-06-01\n")
    stray = "  consents: topic must be that of an offer (1 row: consents row 1); correct the name, or list topics that "
    assert any(line.startswith(stray) for line in context.messages)
    answers = {
        row["customer_id"]: dict(row["consents"] or ())
        for row in context.lake.read_arrow("population", AS_OF).to_pylist()
    }
    assert answers["ann"] == {"email": False}
    assert answers["bob"] == {f"email{ABOUT}retention": False}


NO = "bob | email | no | 2024-06-01 10:00:00"


def _answers(frame, customers, rows, topics=None):
    more = " | topic" if topics else ""
    drawn = frame(f"customer_id | channel{more} | is_allowed | at\n{rows}", is_allowed="boolean")
    names = ["customer_id", "channel", *(["topic"] if topics else []), "is_allowed"]
    stamped = drawn.selectExpr(*names, "timestamp(at) as updated_at")
    return newest_answers(customers, stamped, ListReading(NAMES, datetime(2024, 7, 1, tzinfo=UTC), topics))


def test_the_copy_read_last_before_is_the_measure_whatever_its_date(night, tmp_path):
    lake = night(AS_OF).lake
    (tmp_path / "list").write_text("x")
    for table, day, moment in (
        ("consents_planned_with", 12, "2024-07-12T02:00:00+00:00"),
        ("consents_sent_with", 12, "2024-07-12T03:00:00+00:00"),
        ("consents_recalled_with", 10, "2024-07-13T09:00:00+00:00"),
    ):
        lake.copy_files([tmp_path / "list"], tmp_path, table, date(2024, 7, day), {"_read_at": moment})

    def measure(day, moment):
        copy = newest_copy_before(lake, ListCopy("consents_planned_with", date(2024, 7, day), moment))
        return copy and (copy.table, copy.as_of.day)

    assert measure(10, datetime(2024, 7, 14, tzinfo=UTC)) == ("consents_recalled_with", 10)
    assert measure(10, datetime(2024, 7, 13, tzinfo=UTC)) == ("consents_sent_with", 12)
    assert measure(13, datetime(2024, 7, 12, 2, 30, tzinfo=UTC)) == ("consents_planned_with", 12)
    assert measure(12, datetime(2024, 7, 12, 2, tzinfo=UTC)) is None
