"""Nights run in any drawn order, some of them superseded: no window of days ever holds more than its cap."""

import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import functions as F

import conf
from conf.load import load
from jobs.candidates.contact_caps import blocked_by_caps
from jobs.candidates.contact_history import contacts_around, contacts_before
from jobs.commit.commits import committed
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.publishing.set_files import parquet_bytes
from jobs.run_context import RunContext

MONDAY = date(2024, 7, 1)
DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
CUSTOMERS = [f"c{number}" for number in range(12)]
CAPS = "[{name: one, max_contacts: 1, days: 3}]"
POLICY = f"value: {{cross_sell: '1', retention: '1'}}\ncontact_policy: {CAPS}\n"
ANSWERS = (
    "customer_id string, household_id string, offer_id string, objective string, outcome string, responded_on date"
)
SOURCES = "customers: {path: none, format: csv, columns: {customer_id: id}}\n"


@pytest.fixture
def deployment(spark, tmp_path):
    """The night of a date, of a deployment in which nothing was sent yet."""
    shutil.copytree(Path(conf.__file__).parent / "template", tmp_path / "conf")
    (tmp_path / "conf/policy.yaml").write_text(POLICY)
    (tmp_path / "conf/sources.yaml").write_text(SOURCES)
    folders = [f"deployment.{name}={tmp_path / name}" for name in ("lake", "output")]
    settings = load(tmp_path / "conf", (*folders, "deployment.time_zone=UTC"))

    def night(day):
        context = RunContext(settings, day)
        vars(context).update(spark=spark)
        return context

    return night


def full(context, history):
    """Whom the caps of a date let no more contact reach."""
    unknown = {"household_id": F.col("customer_id"), "objective": F.lit(None).cast("string")}
    contacts = history(context, context.as_of).withColumns(unknown).coalesce(1)
    answers = context.spark.createDataFrame([], ANSWERS)
    rules = context.settings.policy.contact_rules_on(context.as_of)
    return {row["unit_id"] for row in blocked_by_caps(rules, contacts, answers, context.as_of).collect()}


def publish(context, customers):
    columns = {"status": "offered", "offer_id": "card", "channel": "email", "chosen_by": "plan", "probability": 1.0}
    rows = pa.Table.from_pylist([{"customer_id": customer, **columns} for customer in customers])
    output = context.settings.deployment.output
    with date_lock(output, context.as_of) as run_folder:
        folder = seal(run_folder, {"decisions.parquet": parquet_bytes(rows)})
        newest = committed(output, context.as_of)
        if newest is None or newest.folder != folder:
            commit(run_folder, folder, b"{}", newest)


def played(night, order, draw, history):
    """Every night contacts everybody it may, but for a few; the days on which each customer was contacted."""
    sent = {}
    for day in order:
        context = night(day)
        wanted = draw.sample(CUSTOMERS, 9)
        sent[day] = [customer for customer in wanted if customer not in full(context, history)]
        if sent[day]:
            publish(context, sent[day])
        else:
            sent.pop(day)
    return {customer: sorted(day for day in sent if customer in sent[day]) for customer in CUSTOMERS}


def most_in_three_days(days):
    return max((sum(first <= day < first + timedelta(days=3) for day in days) for first in days), default=0)


def drawn_order(draw, days):
    """The days in some order, of which one is superseded later."""
    order = draw.sample(days, len(days))
    return [*order, draw.choice(order)]


@pytest.mark.slow
@pytest.mark.parametrize(("orders", "days"), [(1, DAYS[:2]), pytest.param(20, DAYS, marks=pytest.mark.full)])
def test_no_order_of_nights_contacts_anybody_above_a_cap(deployment, figures, orders, days):
    output = deployment(MONDAY).settings.deployment.output
    for seed in range(orders):
        draw = random.Random(seed)
        shutil.rmtree(output, ignore_errors=True)
        most = [
            most_in_three_days(days)
            for days in played(deployment, drawn_order(draw, days), draw, contacts_around).values()
        ]
        assert max(most) == 1
    figures.record("orders of nights", orders=orders, nights=(len(days) + 1) * orders, above_a_cap=0)


def test_a_history_that_looks_back_only_would_be_seen(deployment):
    draw = random.Random(0)
    most = [most_in_three_days(days) for days in played(deployment, DAYS[1::-1], draw, contacts_before).values()]
    assert max(most) > 1
