"""All registered features at once, then the few that deserve a drawing."""

import itertools
import math
import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from pyspark.sql import functions as F

from expectations.audit import person as audited
from expectations.audit.feature_definitions import definition_of, is_same
from models.feature_table import available, feature_table
from models.features.declaration import all_features
from models.sources import Sources

AS_OF = date(2024, 7, 1)
EARLIER = AS_OF - timedelta(days=45)
CUSTOMERS = ["ann", "bob", "cy", "dan"]  # dan never does anything
CATEGORIES = ["bread", "fish", "wine", None]

LINES = "customer_id string, transaction_id string, product_id string, category string, happened_at timestamp, " + (
    "happened_on date, quantity bigint, amount bigint, margin bigint"
)
CONTACTS = "customer_id string, offer_id string, channel string, contacted_on date"
RESPONSES = "customer_id string, offer_id string, responded_on date, outcome string, amount bigint"


def history(seed=7, size=90):
    """Lines, contacts and responses in the 500 days before AS_OF and the 40 from it on."""
    draw = random.Random(seed)

    def on():
        return AS_OF + timedelta(days=draw.choice([*range(-500, 40, 7), -365, -366, -90, -91, -30, -31, -1, 0]))

    def transaction():
        day, amount = on(), draw.choice([1_250_000, 3_000_001, -500_000, 0])
        at = datetime.combine(day, time(draw.randrange(24)), UTC)
        basket, category = f"basket {draw.randrange(3)} {day}", draw.choice(CATEGORIES)
        return (
            draw.choice(CUSTOMERS[:3]),
            basket,
            "thing",
            category,
            at,
            day,
            1_000_000,
            amount,
            draw.choice([None, 7]),
        )

    lines = [transaction() for _ in range(size)]
    contacts = [(draw.choice(CUSTOMERS[:3]), f"offer {n}", "sms", on()) for n in range(size // 3)]
    responses = [
        (draw.choice(CUSTOMERS[:3]), f"offer {n}", on(), None, draw.choice([None, 5])) for n in range(size // 3)
    ]
    return lines, contacts, responses


def sources(spark, lines, contacts, responses, partitions=1):
    people = spark.createDataFrame([(one, one) for one in CUSTOMERS], "customer_id string, household_id string")
    return Sources(
        people,
        {},
        spark.createDataFrame(lines, LINES).repartition(partitions),
        spark.createDataFrame(contacts, CONTACTS).repartition(partitions),
        spark.createDataFrame(responses, RESPONSES).repartition(partitions),
    )


def table(made, *as_ofs):
    return {
        (row["as_of"], row["customer_id"]): row.asDict(recursive=True) for row in feature_table(made, as_ofs).collect()
    }


@pytest.fixture(scope="module")
def built(spark):
    return table(sources(spark, *history()), AS_OF, EARLIER)


def test_a_row_dated_on_or_after_the_decision_date_changes_nothing(spark, built):
    lines, contacts, responses = history()
    known = [one for one in lines if one[5] < AS_OF], [one for one in contacts if one[3] < AS_OF]
    assert len(known[0]) < len(lines)
    alone = table(sources(spark, *known, [one for one in responses if one[2] < AS_OF]), AS_OF)
    assert alone == {key: row for key, row in built.items() if key[0] == AS_OF}


def test_the_order_of_rows_their_partitions_and_other_dates_change_nothing(spark, built):
    shuffled = [random.Random(3).sample(part, len(part)) for part in history()]
    again = table(sources(spark, *shuffled, partitions=5), EARLIER)
    assert again == {key: row for key, row in built.items() if key[0] == EARLIER}


@pytest.mark.parametrize("feature", all_features(), ids=lambda one: one.name)
def test_every_feature_agrees_with_plain_python(feature, built):
    what = feature.name if feature.window_days is None else feature.name.removesuffix(f"_{feature.window_days}d")
    for (as_of, customer), row in built.items():
        person = Person(customer, as_of, feature.window_days, history())
        if not feature.is_per_category:
            assert same(row[feature.name], PLAIN[what](person)), (feature.name, as_of, customer)
            continue
        packed = {one["category"]: one[feature.name] for one in row["categories"] or []}
        assert sorted(packed) == sorted({one[3] for one in person.all_lines} - {None})
        for category, value in packed.items():
            assert same(value, PLAIN[what](person, category)), (feature.name, as_of, customer, category)


@pytest.mark.parametrize("feature", all_features(), ids=lambda one: one.name)
def test_every_feature_agrees_with_what_the_auditor_knows_of_it(feature, built):
    """A new feature needs a function of its meaning in expectations/audit/features/, see docs/auditor.md."""
    definition = definition_of(feature.name)
    assert definition is not None, f"write `{feature.name}` without its window in expectations/audit/features/"
    for (as_of, customer), row in built.items():
        person = for_the_auditor(customer, as_of, history())
        if not feature.is_per_category:
            assert is_same(row[feature.name], definition.of(person)), (as_of, customer)
            continue
        packed = {one["category"]: one[feature.name] for one in row["categories"] or []}
        assert packed.keys() == person.categories()
        assert all(is_same(value, definition.of(person, one)) for one, value in packed.items()), (as_of, customer)


def for_the_auditor(customer, as_of, parts):
    """The customer's rows before the date as the auditor would have read them."""
    lines, contacts, responses = (
        [one for one in rows if one[0] == customer and one[day] < as_of]
        for rows, day in zip(parts, (5, 3, 2), strict=True)
    )
    return audited.Person(
        as_of,
        [audited.Line(one[5], one[1], one[3], one[7], one[6], one[8]) for one in lines],
        [one[3] for one in contacts],
        [audited.Answer(one[2], one[4]) for one in responses],
    )


def same(one, other):
    return one is None if other is None else math.isclose(one, other, rel_tol=1e-12)


class Person:
    """One customer's rows before a date, and those of them inside a window."""

    def __init__(self, customer, as_of, window, parts):
        self.as_of, self.window, self.parts = as_of, window, parts
        self.customer = customer
        self.all_lines = self._mine(parts[0], 5, None)
        self.lines = self._mine(parts[0], 5, window)
        self.contacts = [one[3] for one in self._mine(parts[1], 3, window)]
        self.responses = self._mine(parts[2], 2, window)

    def _mine(self, rows, day, window):
        known = [one for one in rows if one[0] == self.customer and one[day] < self.as_of]
        return [one for one in known if window is None or one[day] >= self.as_of - timedelta(days=window)]

    def longer(self):
        return Person(self.customer, self.as_of, 2 * self.window, self.parts)

    def baskets(self):
        return len({(one[1], one[5]) for one in self.lines})

    def spend(self, category=None):
        return sum(one[7] for one in self.lines if category in (None, one[3])) / 1e6

    def categorised(self):
        return sum(one[7] for one in self.lines if one[3] is not None) / 1e6

    def days(self, category=None):
        return {one[5] for one in self.lines if category in (None, one[3])}

    def ago(self, days):
        return (self.as_of - max(days)).days if days else None

    def gaps(self):
        days = sorted({one[5] for one in self.all_lines})
        pairs = itertools.pairwise(days)
        return [(later - one).days for one, later in pairs if later >= self.as_of - timedelta(days=self.window)]


def over(above, below):
    return above / below if below else None


def mean(values):
    return over(sum(values), len(values))


def lateness(one):
    return over(one.ago(one.days()), mean(one.gaps())) if one.gaps() else None


PLAIN = {
    "active_days": lambda one: len(one.days()),
    "baskets": lambda one: one.baskets(),
    "baskets_trend": lambda one: over(one.baskets(), one.longer().baskets()),
    "categories": lambda one: len({line[3] for line in one.lines} - {None}),
    "category_active_days": lambda one, category: len(one.days(category)),
    "category_days_since_last_purchase": lambda one, category: one.ago(one.days(category)),
    "category_spend": lambda one, category: one.spend(category),
    "category_spend_share": lambda one, category: over(one.spend(category), one.categorised()) or 0,
    "contacts": lambda one: len(one.contacts),
    "days_since_first_purchase": lambda one: (one.as_of - min(one.days())).days if one.lines else None,
    "days_since_last_contact": lambda one: one.ago(one.contacts),
    "days_since_last_purchase": lambda one: one.ago(one.days()),
    "days_since_last_response": lambda one: one.ago([row[2] for row in one.responses]),
    "lateness": lateness,
    "lines_per_basket": lambda one: over(len(one.lines), one.baskets()),
    "longest_gap_days": lambda one: max(one.gaps(), default=None),
    "margin": lambda one: sum(known) / 1e6 if (known := [row[8] for row in one.lines if row[8] is not None]) else None,
    "mean_gap_days": lambda one: mean(one.gaps()),
    "response_amount": lambda one: sum(row[4] or 0 for row in one.responses) / 1e6,
    "responses": lambda one: len(one.responses),
    "returned": lambda one: -sum(row[7] for row in one.lines if row[7] < 0) / 1e6,
    "spend": lambda one: one.spend(),
    "spend_per_basket": lambda one: over(one.spend(), one.baskets()),
    "spend_trend": lambda one: over(one.spend(), one.longer().spend()),
}


def test_features_without_a_source_are_not_built(drawn):
    only_contacts = drawn(contacts="customer | offer | on\nann | wine | 2024-06-30")
    assert {one.family for one in available(only_contacts)} == {"contacts"}
    assert "categories" not in feature_table(only_contacts, [AS_OF]).columns


def test_one_product_without_categories_still_makes_features_of_the_customer(drawn):
    made = drawn("customer | on | amount\nann | 2024-06-30 | 2.5")
    row = feature_table(made, [AS_OF]).where(F.col("customer_id") == "ann").collect()[0]
    assert (row["spend_30d"], row["categories_30d"], row["categories"]) == (2.5, 0, None)


def test_an_attribute_that_is_called_like_a_feature_is_refused(drawn):
    made = drawn(customers=[("ann", 3.0)], attributes={"spend_30d": "number"})
    with pytest.raises(ValueError, match="the attribute 'spend_30d' has the name of a feature"):
        feature_table(made, [AS_OF])
