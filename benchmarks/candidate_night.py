"""A drawn night of 20 offers in 4 channels: `python -m benchmarks.candidate_night CUSTOMERS SEED FOLDER`."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import date
from pathlib import Path
from time import monotonic

import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import conf
from conf.load import load
from jobs.run_context import RunContext
from jobs.stages.build_candidates import run

AS_OF = date(2024, 6, 30)
OBJECTIVES = ("cross_sell",) * 12 + ("retention",) * 4 + ("loyalty",) * 4
CHANNELS = "id,name,unit_cost,reach\nemail,E-mail,0.1,1\nsms,Text,0.25,0.5\nletter,Letter,1,0.9\ncall,Call,5,0.8\n"
OFFER_HEAD = "id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,effect_share"
MODELS = """\
models:
  cross_sell:
    score: cross_sell
    estimator: classifier
    label: {kind: buys_category, window_days: 30, not_bought_days: 90}
    propensity_for: {objective: [cross_sell]}
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30}}
  value: {score: customer_value, estimator: value, label: {kind: spend, window_days: 60}}
"""
POLICY = """\
value:
  cross_sell: propensity * reach * margin
  retention: attrition * effect_share * reach * customer_value
  loyalty: (1 - attrition) * effect_share * reach * customer_value
cost: {cross_sell: unit_cost + propensity * reach * incentive_cost}
rules:
  - {name: no selling to the leaving, offers: {objective: [cross_sell]}, never_when: attrition >= 0.6}
  - {name: adults, only_when: age >= 18, offers: {id: [o1, o2, o3]}}
  - {name: likely, only_when: propensity >= 0.02, offers: {objective: [cross_sell]}}
  - {name: those undecided, only_when: attrition between 0.12 and 0.95, offers: {objective: [retention]}}
  - {name: the best, only_when: customer_value >= 30, offers: {objective: [loyalty]}}
  - {name: calls, only_when: customer_value >= 60, channels: [call]}
contact_policy:
  - {name: weekly, max_contacts: 2, days: 7}
  - {name: no nagging, max_contacts: 1, days: 90, same: offer}
  - {name: letters, max_contacts: 1, days: 15, channels: [letter]}
"""
SOURCES = """\
customers: {path: unread, columns: {customer_id: id}, attributes: {age: number}}
contacts:
  path: CONTACTS
  columns: {customer_id: customer_id, offer_id: offer_id, channel: channel, contacted_at: contacted_at}
"""


def deployment(folder: Path) -> Path:
    """Write the settings of the benchmark; returns their folder."""
    target = folder / "deployment"
    shutil.copytree(Path(conf.__file__).parent / "template", target)
    offers = [
        f"o{n},Offer {n},{objective},{f'c{n}' if objective == 'cross_sell' else ''},12,2,2024-01-01,2024-12-31,"
        "email sms letter call,0.05"
        for n, objective in enumerate(OBJECTIVES)
    ]
    texts = {
        "offers.csv": "\n".join([OFFER_HEAD, *offers, ""]),
        "channels.csv": CHANNELS,
        "models.yaml": MODELS,
        "policy.yaml": POLICY,
        "sources.yaml": SOURCES.replace("CONTACTS", str(folder / "contacts")),
    }
    for name, text in texts.items():
        (target / name).write_text(text)
    return target


def draw(context: RunContext, contacts: Path, customers: int, seed: int) -> None:
    """What the earlier stages would write: customers, features, scores; and two contacts each in the past 100 days."""
    spark, lake = context.spark, context.lake
    numbered = _numbered(spark, customers)
    answers = [
        F.lit("*"),
        F.rand(seed) > 0.03,
        F.lit("sms"),
        F.rand(seed + 1) > 0.5,
        F.lit("call"),
        F.rand(seed + 2) > 0.7,
    ]
    scores = F.map_from_arrays(
        F.array(*[F.lit(f"c{n}") for n in range(12)]), F.array(*[F.rand(seed + 10 + n) * 0.3 for n in range(12)])
    )
    who = F.col("customer_id")
    tables = {
        "population": numbered.select(
            who,
            who.alias("household_id"),
            F.lit("open").alias("eligibility_status"),
            F.create_map(*answers).alias("consents"),
        ),
        "features": numbered.select(who, (F.rand(seed + 3) * 80).alias("age")),
        "propensities": numbered.select(who, scores.alias("cross_sell"), F.rand(seed + 4).alias("attrition")),
        "values": numbered.select(who, (F.rand(seed + 5) * 1e8).cast("bigint").alias("customer_value")),
    }
    for name, frame in tables.items():
        lake.write(frame, name, AS_OF)
    offer = F.concat(F.lit("o"), (F.rand(seed + 6) * 20).cast("int"))
    channel = F.get(
        F.array(*[F.lit(name) for name in ("email", "sms", "letter", "call")]), (F.rand(seed + 7) * 4).cast("int")
    )
    at = F.timestamp_seconds(F.lit(1719705600) - (F.rand(seed + 8) * 100 * 86400).cast("bigint"))
    past = numbered.unionByName(numbered).select(
        who, offer.alias("offer_id"), channel.alias("channel"), at.alias("contacted_at")
    )
    past.write.parquet(str(contacts))


def _numbered(spark: SparkSession, customers: int) -> DataFrame:
    return spark.range(customers, numPartitions=8).select(F.concat(F.lit("customer-"), "id").alias("customer_id"))


def measure(customers: int, seed: int, folder: Path) -> dict[str, float | int]:
    """Draw the night, build its candidates twice, and measure the second time."""
    overrides = [f"deployment.{key}={folder / key}" for key in ("lake", "output")]
    master = ["deployment.spark.master=local[2]", "deployment.spark.settings={spark.driver.memory: 6g}"]
    context = RunContext(load(deployment(folder), [*overrides, *master]), AS_OF)
    draw(context, folder / "contacts", customers, seed)
    run(context)
    began = monotonic()
    run(context)
    seconds = monotonic() - began
    pairs = customers * len(OBJECTIVES) * 4
    candidates = pq.read_table(context.lake.folder("candidates", AS_OF), columns=["cost"]).num_rows
    return {
        "customers": customers,
        "options": len(OBJECTIVES) * 4,
        "seconds": seconds,
        "million pairs a second": pairs / seconds / 1e6,
        "candidates": candidates,
        "thousand candidates a second": candidates / seconds / 1e3,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
