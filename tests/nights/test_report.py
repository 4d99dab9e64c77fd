"""The report of the demo's night against the night's tables, counted anew in pandas."""

import html
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import conf

pytestmark = pytest.mark.slow
DEMO = Path(conf.__path__[0]) / "demo"
STAGES = {"consent": "no consent", "contact_policy": "capped", "rules": "ineligible", "value": "no value"}
PAIR = ["customer_id", "offer_id"]


@pytest.fixture(scope="module")
def page(demo):
    return (demo.published("2017-11-13") / "report.html").read_text()


@pytest.fixture(scope="module")
def decisions(demo):
    return pd.read_parquet(demo.published("2017-11-13") / "decisions.parquet").set_index("customer_id")


@pytest.fixture(scope="module")
def lake(demo):
    return lambda name: pd.read_parquet(demo.folder / "work/demo/lake" / name / "as_of=2017-11-13")


def reasons_by_option(demo):
    """The table `exclusions` as docs/tables.md explains it, one row per customer, option and reason."""
    folder = demo.folder / "work/demo/lake"
    layout = json.loads((folder / "exclusion_layout/as_of=2017-11-13/layout.json").read_text())
    rows, size = pd.read_parquet(folder / "exclusions/as_of=2017-11-13"), -(-len(layout["options"]) // 63)
    sets = np.stack(rows.blocked.to_list()).reshape(len(rows), len(layout["reasons"]), size)
    options = np.arange(len(layout["options"]))
    is_blocked = sets[:, :, options // 63] >> options % 63 & 1
    who, reason, option = np.nonzero(is_blocked)
    return pd.DataFrame(
        {
            "customer_id": rows.customer_id.to_numpy()[who],
            "offer_id": np.array(layout["options"])[option, 0],
            "channel": np.array(layout["options"])[option, 1],
            "stage": np.array(layout["reasons"])[reason, 0],
        }
    )


@pytest.fixture(scope="module")
def on_the_page(page):
    """Offer -> end -> customers, as the page says."""
    (table,) = re.findall(r"Where each offer was lost</h2>(.*?)</table>", page, re.DOTALL)
    ends = re.findall(r'<th class="n">(.*?)</th>', table)
    ids = pd.read_csv(DEMO / "offers.csv").set_index("name").id
    rows = re.findall(r"<tr><td>([^<]*)</td>(.*?)</tr>", table, re.DOTALL)
    return {
        ids[html.unescape(name)]: {
            end: int(cell.replace(",", "") or 0)
            for end, cell in zip(ends, re.findall(r'<td class="n">(.*?)</td>', cells), strict=True)
        }
        for name, cells in rows
    }


def test_every_offer_ends_on_the_page_as_pandas_counts_it(demo, lake, decisions, on_the_page):
    exclusions, candidates = reasons_by_option(demo), lake("candidates")
    rank = exclusions.stage.map(list(STAGES).index)
    fell_at = rank.groupby([exclusions[name] for name in (*PAIR, "channel")]).min().groupby(PAIR).max()
    best = (candidates.value - candidates.cost).groupby([candidates[name] for name in PAIR]).max()
    pairs = pd.DataFrame({"fell_at": fell_at, "best": best}).reset_index().join(decisions[["status"]], on="customer_id")
    sent = pairs.customer_id.map(decisions.offer_id)
    pairs["end"] = np.select(
        [
            pairs.best.isna(),
            sent == pairs.offer_id,
            pairs.status == "no_consent",
            pairs.best <= 0,
            sent.notna(),
        ],
        [
            pairs.fell_at.map(dict(enumerate(STAGES.values()))),
            pairs.status.str.replace("_", " "),
            "no consent",
            "no value",
            "elsewhere",
        ],
        "not selected",
    )
    counted = pd.crosstab(pairs.offer_id, pairs.end)
    assert {offer: {end: n for end, n in ends.items() if n} for offer, ends in on_the_page.items()} == {
        offer: {end: int(n) for end, n in row.items() if n} for offer, row in counted.iterrows()
    }


def test_every_offer_adds_up_to_the_customers_who_may_be_considered(lake, on_the_page):
    may_be_considered = int((lake("population").eligibility_status == "open").sum())
    assert len(on_the_page) >= 14
    assert {sum(ends.values()) for ends in on_the_page.values()} == {may_be_considered}


def test_the_steps_lead_from_the_population_to_the_offered(page, decisions):
    (table,) = re.findall(r"From all customers to those who get an offer</h3>(.*?)</table>", page, re.DOTALL)
    remaining = [int(cell.replace(",", "")) for cell in re.findall(r'<td class="n">(.*?)</td>', table)]
    lost = [int(cell.replace(",", "")) for cell in re.findall(r'<td class="lost">([0-9,]+)', table)]
    assert remaining[0] == len(decisions)
    assert remaining[-1] == (decisions.status == "offered").sum()
    assert [before - after for before, after in itertools.pairwise(remaining)] == lost
