"""The page and the manifest, from tables drawn here; no Spark."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from jobs.core.statuses import OPTED_OUT
from jobs.publishing.manifest import manifest
from jobs.report_page.charts import limit_chart, status_chart
from jobs.report_page.facts import gather, steps, top_reasons
from jobs.report_page.funnel import ELSEWHERE, OfferFunnel
from jobs.run_context import RunContext
from jobs.scoring.drift import SCHEMA as DRIFT
from jobs.scoring.scored_with import SCORED_WITH
from jobs.stages.report import render

AS_OF = date(2024, 7, 1)
OFFERS = """\
id,name,objective,margin,incentive_cost,valid_from,valid_to,channels
card,<script>alert(1)</script>,cross_sell,9,0,2024-01-01,2024-12-31,email letter
loan,A loan & more,retention,9,0,2024-01-01,2024-12-31,email
gone,Not sent,retention,9,0,2024-01-01,2024-12-31,email
"""
SENT = ("customer_id", "status", "offer_id", "channel", "value", "cost", "net_value", "reasons")
DECISIONS = [
    ("ann", "offered", "card", "email", 9_000_000, 2_000_000, 7_000_000, ["best of 2 candidates under the limits"]),
    ("bob", "offered", "card", "letter", 4_000_000, 1_000_000, 3_000_000, ["best of 1 candidates under the limits"]),
    ("cat", "offered", "loan", "email", 12_500_001, 500_000, 12_000_001, ["best of 1 candidates under the limits"]),
    ("dan", "capped", None, None, None, None, None, ["contact_policy: weekly", "rules: adults"]),
    ("eve", "ineligible", None, None, None, None, None, ["rules: adults"]),
    ("fay", "no_consent", None, None, None, None, None, [OPTED_OUT]),
]
LIMITS = [
    {"name": "budget", "use": 3.5, "min": None, "max": 4.0, "shadow_price": 2.25, "binding": True},
    {"name": "calls", "use": 0.0, "min": None, "max": 0.0, "shadow_price": 0.0, "binding": False},
    {"name": "loans", "use": 1.0, "min": 2.0, "max": None, "shadow_price": -1.5, "binding": True},
    {"name": "return", "use": None, "min": 3.0, "max": None, "shadow_price": 0.0, "binding": False},
]
CERTIFICATE = {"status": "optimal", "engine": "exact", "value": 22_000_001, "bound": 22_000_001, "gap": 0.0}
CERTIFICATE |= {"without_experiments": 23_000_000}
MODEL = {
    "model": "attrition",
    "score": "attrition",
    "version": 3,
    "sha256": "0" * 64,
    "trained_as_of": "2024-07-01",
    "from_cache": False,
    "tested_at": "2024-06-01",
    "figures": [{"metric": "auc", "value": 0.86, "naive": None}],
}
FUNNELS = [
    OfferFunnel("card", Counter({"offered": 2, "capped": 1234}), [("contact policy: <b>weekly</b>", 1234)]),
    OfferFunnel("loan", Counter({"offered": 1, ELSEWHERE: 1235}), []),
]
COUNTS = {"table_name": "customers", "rows": 6, "quarantined": 0, "newest": None}


@pytest.fixture
def context(deploy):
    context = RunContext(deploy("deployment.description='Soap & <b>water</b>'", offers=OFFERS), AS_OF)
    limits = [
        {"shortfall": 1.0 if limit["name"] == "loans" else 0.0, "cause": "", "side": "max", **limit} for limit in LIMITS
    ]
    tables = {
        "decisions": pa.Table.from_pylist([dict(zip(SENT, row, strict=True)) for row in DECISIONS]),
        "certificates": pa.Table.from_pylist([CERTIFICATE]),
        "limit_prices": pa.Table.from_pylist(limits),
        "scored_with": pa.Table.from_pylist([MODEL], SCORED_WITH),
        "source_counts": pa.Table.from_pylist([COUNTS]),
    }
    for name, table in tables.items():
        context.lake.write_arrow(table, name, AS_OF)
    return context


def test_the_facts_add_up_in_the_currency(context):
    facts = gather(context)
    assert facts["customers"] == sum(facts["statuses"].values()) == 6
    assert facts["statuses"]["offered"] == 3
    assert facts["totals"] == {"value": Decimal("25.500001"), "cost": Decimal("3.5"), "net_value": Decimal("22.000001")}
    assert facts["plan"]["bound"] == Decimal("22.000001")
    first, second = facts["matrix"]
    assert (first["offer"].id, first["contacts"], first["net_value"]) == ("loan", 1, Decimal("12.000001"))
    assert (second["offer"].id, dict(second["by_channel"]), second["cost"]) == ("card", {"email": 1, "letter": 1}, 3)


def test_reasons_are_counted_over_those_without_an_offer_the_commonest_first():
    decisions = pa.Table.from_pylist([dict(zip(SENT, row, strict=True)) for row in DECISIONS])
    assert top_reasons(decisions) == [("rules: adults", 2), (OPTED_OUT, 1), ("contact_policy: weekly", 1)]


def test_steps_lead_from_all_customers_to_the_offered_and_each_says_what_it_lost():
    statuses = {"offered": 3, "not_selected": 0, "capped": 2, "no_consent": 1, "objector": 4}
    assert steps(statuses) == [
        {"status": None, "lost": 0, "left": 10},
        {"status": "objector", "lost": 4, "left": 6},
        {"status": "no_consent", "lost": 1, "left": 5},
        {"status": "capped", "lost": 2, "left": 3},
    ]
    assert steps({"offered": 0}) == [{"status": None, "lost": 0, "left": 0}]


def test_the_page_shows_where_each_offer_was_lost_and_only_ends_that_some_offer_had(context):
    page = render(context, FUNNELS)
    (table,) = re.findall(r"Where each offer was lost</h2>(.*?)</table>", page, re.DOTALL)
    assert re.findall(r'<th class="n">(.*?)</th>', table) == ["capped", "elsewhere", "offered"]
    assert "contact policy: &lt;b&gt;weekly&lt;/b&gt;" in table
    assert table.count("1,234") == 2
    assert "within the contact policy" in page


def test_no_name_can_put_code_into_the_page(context):
    page = render(context, FUNNELS)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Soap &amp; &lt;b&gt;water&lt;/b&gt;" in page
    assert "A loan &amp; more" in page
    assert "Not sent" not in page


def test_the_page_says_what_limits_and_models_do_and_loads_nothing(context):
    page = render(context, FUNNELS)
    assert "1 July 2024" in page
    assert "2.25 EUR per unit more of the maximum" in page
    assert "1.5 EUR saved per unit less of the minimum; 1 short" in page
    assert "nothing: it holds nothing back" in page
    assert "attrition" in page
    assert not any(word in page for word in ("src=", "@import", "url(http", "<link"))


def test_the_page_says_what_moved_and_which_champions_were_kept(context):
    page = render(context, FUNNELS)
    assert "What has moved" not in page
    assert "did not answer" not in page
    model = {"model": "attrition", "chance": 0.01, "rows": 1234, "verdict": "warn"}
    rows = [
        {**model, "column": "visits", "is_score": False, "against": "training", "psi": 0.5},
        {**model, "column": "attrition", "is_score": True, "against": "training", "psi": 0.3},
    ]
    context.lake.write_arrow(pa.Table.from_pylist(rows, DRIFT), "drift", AS_OF)
    context.lake.write_arrow(pa.Table.from_pylist([MODEL | {"from_cache": True}], SCORED_WITH), "scored_with", AS_OF)
    page = render(context, FUNNELS)
    assert "attrition is the champion that was kept from an earlier night" in page
    (table,) = re.findall(r"What has moved</h3>(.*?)</table>", page, re.DOTALL)
    for words in ("1,234", "0.30 moved", "1 of 1", 'visits <span class="w">0.50</span>'):
        assert words in table


def test_the_same_tables_make_the_same_page(context):
    page = render(context, FUNNELS)
    assert page == render(context, FUNNELS)  # also by a process that drew others before
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)


def test_charts_show_what_there_is_and_are_the_same_each_time():
    counts = {"offered": 1234, "no_value": 0, "not_selected": 5}
    svg = status_chart(counts)
    assert svg == status_chart(counts)
    assert "1,234" in svg
    assert "not selected" in svg
    assert "no value" not in svg
    limits = limit_chart(LIMITS)
    assert limits == limit_chart(LIMITS)
    assert "budget (max)" in limits
    assert "loans (min)" in limits
    assert "return" not in limits  # a ratio of nothing has no share
    assert status_chart({}).startswith("<svg")
    assert limit_chart([]).startswith("<svg")


def test_the_manifest_counts_sums_and_hashes_what_is_published(context, monkeypatch):
    for pinned in ("pinned_facts", "consents_facts"):
        monkeypatch.setattr(
            f"jobs.publishing.manifest.{pinned}", lambda _lake, _as_of: []
        )  # the template's files are nowhere
    decisions = context.lake.read_arrow("decisions", AS_OF)
    amounts = [Decimal("1.5"), None, Decimal("2.25"), Decimal(9)]
    money = pa.table(dict.fromkeys(("value", "cost", "net_value"), amounts))
    money = money.append_column("status", [["offered", "capped", "offered", "control"]])
    tables = {"decisions": decisions, "email": money}
    facts = manifest(context, tables, {"email.csv": b"abc", "report.html": b""}).plain()
    assert facts["statuses"]["offered"] == 3
    assert sum(facts["statuses"].values()) == 6
    assert facts["last_night"] is None
    assert facts["plan"] == {
        "status": "optimal",
        "engine": "exact",
        "gap": 0.0,
        "value": "22.000001",
        "bound": "22.000001",
        "without_experiments": "23",
        "opted_out": 1,
    }
    email, report = facts["files"]["email.csv"], facts["files"]["report.html"]
    assert (email["rows"], email["bytes"], email["sums"]["value"]) == (4, 3, "3.75")
    assert email["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc
    assert "rows" not in report
    assert facts == manifest(context, tables, {"report.html": b"", "email.csv": b"abc"}).plain()
