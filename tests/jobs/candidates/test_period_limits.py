"""What is left tonight of a week, a month or a quarter, beside a count night by night in plain Python."""

import random
import shutil
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pyarrow as pa
import pytest

import conf
from conf.errors import SettingsError
from conf.limit import Limit
from conf.load import load
from jobs.candidates.period_limits import limits_tonight, period_uses
from jobs.commit.commits import committed
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.publishing.set_files import parquet_bytes
from jobs.run.ledger_care import repair_output
from jobs.run_context import RunContext

DAY = timedelta(days=1)
OFFERS = """\
id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,pages
card,Card,retention,,0,0,2024-01-01,2025-12-31,email letter,2.5
gift,Gift,cross_sell,,0,0,2024-01-01,2025-12-31,email letter,1
"""
CHANNELS = "id,name,unit_cost\nemail,E-mail,0\nletter,Letter,1\n"
PAGES = {"card": Fraction(5, 2), "gift": Fraction(1)}
SENT = pa.schema(
    [(name, pa.string()) for name in ("customer_id", "status", "offer_id", "channel")]
    + [(name, pa.decimal128(18, 6)) for name in ("value", "cost")]
)


@pytest.fixture
def deployment(tmp_path):
    """The night of a date under some limits."""
    shutil.copytree(Path(conf.__file__).parent / "template", tmp_path / "conf")
    (tmp_path / "conf/offers.csv").write_text(OFFERS)
    (tmp_path / "conf/channels.csv").write_text(CHANNELS)

    def night(day, limits=""):
        text = f"value: {{cross_sell: '1', retention: '1'}}\nlimits: [{limits}]\n"
        (tmp_path / "conf/policy.yaml").write_text(text)
        folders = [f"deployment.{name}={tmp_path / name}" for name in ("lake", "output")]
        return RunContext(load(tmp_path / "conf", folders), day)

    return night


def publish(context, rows):
    """A committed set that sends these: (offer, channel, cost)."""
    rows = [
        {"customer_id": str(n), "status": "offered", "offer_id": offer, "channel": channel, "value": 9, "cost": cost}
        for n, (offer, channel, cost) in enumerate(rows)
    ]
    rows.append({"customer_id": "kept back", "status": "control", "offer_id": "card", "channel": "email", "cost": 99})
    output = context.settings.deployment.output
    with date_lock(output, context.as_of) as run_folder:
        folder = seal(run_folder, {"decisions.parquet": parquet_bytes(pa.Table.from_pylist(rows, SENT))})
        commit(run_folder, folder, b"{}", committed(output, context.as_of))


def days_of(per, day):
    if per == "week":
        monday = day - DAY * day.weekday()
        return [monday + DAY * step for step in range(7)]
    months = [day.month] if per == "month" else [m for m in range(1, 13) if (m - 1) // 3 == (day.month - 1) // 3]
    return [date(day.year, month, n + 1) for month in months for n in range(monthrange(day.year, month)[1])]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_left_is_what_a_count_night_by_night_leaves(deployment, seed):
    draw = random.Random(seed)
    tonight = date(2024, draw.choice([2, 3, 12]), draw.randint(1, 29))
    sets = {}
    for day in {tonight + DAY * draw.randint(-95, 95) for _ in range(12)} - {tonight}:
        for _ in range(draw.choice([1, 1, 2])):  # the second replaces the first
            sets[day] = [
                (draw.choice(["card", "gift"]), draw.choice(["email", "letter"]), Decimal(draw.randint(0, 900)) / 100)
                for _ in range(draw.randint(0, 5))
            ]
            publish(deployment(day), sets[day])
    for per, pace in ((per, pace) for per in ("week", "month", "quarter") for pace in ("even", "free")):
        what = draw.choice(["count: contacts", "sum: cost", "sum: pages"])
        where = draw.choice(["{}", "{channel: [letter]}", "{objective: [retention]}"])
        limit = f"{{name: x, {what}, where: {where}, per: {per}, pace: {pace}, min: 5, max: 40}}"
        made = {limit.name: limit for limit in limits_tonight(deployment(tonight, limit))}["x"]
        period = days_of(per, tonight)
        used = sum(
            Fraction(1) if "count" in what else Fraction(cost) if "cost" in what else PAGES[offer]
            for day in period
            for offer, channel, cost in sets.get(day, ())
            if ("channel" not in where or channel == "letter") and ("retention" not in where or offer == "card")
        )
        nights = sum(day >= tonight and day not in sets for day in period)
        share, grain = (nights if pace == "even" else 1), (1 if "count" in what else 10**6)
        assert made.max == Decimal(floor(max(40 - used, 0) / share * grain)) / grain
        least = ceil((5 - used) / share * grain)
        is_asked = least > 0 and (pace == "even" or nights == 1)
        assert made.min == (Decimal(least) / grain if is_asked else None)
        assert not made.is_of_period


def test_a_window_of_days_is_the_fullest_that_contains_the_night(deployment):
    tonight = date(2024, 6, 30)
    for days, contacts in ((-3, 4), (-2, 1), (2, 2), (4, 9)):
        publish(deployment(tonight + DAY * days), [("card", "email", 1)] * contacts)
    context = deployment(tonight, "{name: x, count: contacts, days: 4, max: 7}")
    (period,) = period_uses(context)
    assert (period.used, period.first, period.tonight.max) == (5 * 10**6, tonight - DAY * 3, 2)


def test_of_a_lost_date_nobody_knows_what_it_used(deployment):
    context = deployment(date(2024, 6, 30), "{name: x, count: contacts, per: month, max: 7}")
    output = context.settings.deployment.output
    publish(deployment(date(2024, 6, 3)), [("card", "email", 1)])
    shutil.rmtree(output / "2024-06-03")
    repair_output(context.settings, date(2024, 6, 3), "burnt")
    (limit,) = limits_tonight(context)
    assert limit.max == 0


def test_what_was_sent_must_still_be_known(deployment, tmp_path):
    publish(deployment(date(2024, 6, 3)), [("card", "email", 1)])
    context = deployment(date(2024, 6, 30), "{name: x, count: contacts, per: month, max: 7}")
    (tmp_path / "conf/offers.csv").write_text(OFFERS.replace("card,Card", "loan,Loan"))
    context = deployment(date(2024, 6, 30), "{name: x, count: contacts, per: month, max: 7}")
    with pytest.raises(SettingsError, match=r"offers\.csv: card was sent on 2024-06-03 and has no row any more"):
        limits_tonight(context)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"per": "month", "days": 7}, "either per or days"),
        ({"per": "year"}, "'week', 'month' or 'quarter'"),
        ({"days": 7, "min": 1}, "a minimum is of a calendar period"),
        ({"days": 7, "pace": "even"}, "pace goes with per"),
        ({"pace": "free"}, "pace goes with per"),
        ({"per": "week", "where": {"channel": ["email"]}, "share_of": "all", "max": 0.5}, "is of one night"),
    ],
)
def test_a_limit_of_a_period_that_cannot_be_kept_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Limit(**({"name": "x", "count": "contacts", "max": 3} | fields))
