"""Every person with every option: what blocks it, what it is worth, what it costs."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from conf.deployment import Consent
from conf.expressions import Kind
from jobs.candidates.category_features import feature_kinds, with_category_features
from jobs.candidates.formulas import read_formulas
from jobs.candidates.unknown_customers import IS_NEW_CUSTOMER

FEATURES = {"age": Kind.NUMBER, "x": Kind.NUMBER, "y": Kind.NUMBER}
PERSON = {
    "customer_id": "string",
    "consents": "map<string,boolean>",
    "household_id": "string",
    "age": "double",
    "x": "double",
    "y": "double",
    "cross_sell": "map<string,double>",
    "attrition": "double",
    "customer_value": "bigint",
}
ANN = {
    "consents": {"*": True},
    "household_id": "home",
    "age": 30.0,
    "x": 3.0,
    "y": 1.0,
    "cross_sell": {"wine": 0.5, "fish": 0.25},
    "attrition": 0.5,
    "customer_value": 80_000_000,
}
PEOPLE = {
    "ann": {},
    "no word": {"consents": None},
    "email only": {"consents": {"email": True}},
    "not by sms": {"consents": {"*": True, "sms": False}},
    "email all the same": {"consents": {"*": False, "email": True}},
    "no answer kept": {"consents": {"email": None}},
    "full": {"closed": [("weekly", "")]},
    "had wine": {"closed": [("nagging", "wine")]},
    "had a gift": {"closed": [("gift or wine", "wine")]},
    "had fish": {"closed": [("no gift so soon", "")]},
    "caps unknown": {},  # the fixture `judge` takes this one's away
    "age unknown": {"age": None},
    "attrition unknown": {"attrition": None},
    "leaves": {"attrition": 0.6},
    "no scores": {"cross_sell": None, "attrition": None, "customer_value": None},
    "half": {"x": 0.0000005, "y": 0.0000015},
    "half more": {"x": 0.0000025, "y": 0.0000035},
    "value below zero": {"x": -2.0},
    "cost below zero": {"y": -0.000001},
    "value unknown": {"x": None},
    "cost unknown": {"y": None},
    "value not a number": {"x": float("nan")},
    "value of thousands of millions": {"x": 9e9},
    "value beyond int64": {"x": 1e300, "y": 1e14},
}


@pytest.fixture(scope="module")
def judged_by(spark, judge):
    """(person, offer, channel) -> what blocks it, and its money where it became a row at all."""

    def make(settings, people, as_of):
        cells = [
            tuple({**ANN, **columns, "customer_id": name}[column] for column in PERSON)
            for name, columns in people.items()
        ]
        frame = spark.createDataFrame(cells, ", ".join(f"{name} {kind}" for name, kind in PERSON.items()))
        closed = [(name, *block) for name, columns in people.items() for block in columns.get("closed") or ()]
        return judge(frame, closed, settings, FEATURES, as_of)

    return make


@pytest.fixture(scope="module")
def judged(judged_by, settings):
    return judged_by(settings, PEOPLE, date(2024, 6, 30))


def blocks(judged, person, offer, channel="email"):
    return judged[person, offer, channel].blocks


def test_nothing_blocks_ann_but_what_is_for_nobody(judged):
    reasons = {key[1:]: blocks(judged, *key) for key in judged if key[0] == "ann"}
    assert reasons == {
        ("wine", "email"): set(),
        ("wine", "sms"): set(),
        ("fish", "email"): {"contact_policy: never fish by email"},  # max_contacts: 0
        ("fish", "sms"): set(),
        ("back", "sms"): set(),
        ("gift", "email"): set(),
    }


@pytest.mark.parametrize(
    ("person", "email", "sms"),
    [
        ("no word", False, False),
        ("email only", True, False),
        ("not by sms", True, False),
        ("email all the same", True, False),
        ("no answer kept", False, False),
    ],
)
def test_a_channel_needs_its_own_yes_or_one_for_all(judged, person, email, sms):
    assert (blocks(judged, person, "wine", "email") == set()) is email
    assert blocks(judged, person, "wine", "sms") == (set() if sms else {"consent: no consent for sms"})


def test_a_closed_rule_blocks_what_it_speaks_of(judged):
    assert blocks(judged, "full", "gift") == {"contact_policy: weekly"}
    assert (
        blocks(judged, "had wine", "wine") == blocks(judged, "had wine", "wine", "sms") == {"contact_policy: nagging"}
    )
    assert blocks(judged, "had wine", "gift") == set()


def test_a_combination_blocks_the_offers_that_it_closed(judged):
    assert blocks(judged, "had a gift", "wine") == {"contact_policy: gift or wine"}
    assert blocks(judged, "had a gift", "gift") == blocks(judged, "had a gift", "back", "sms") == set()
    assert blocks(judged, "had fish", "gift") == {"contact_policy: no gift so soon"}
    assert blocks(judged, "had fish", "wine") == set()


def test_a_rule_on_a_date_that_is_its_exception_is_not_there(judged_by, settings):
    rows = judged_by(settings, {"full": {"closed": [("weekly", "")]}}, date(2024, 7, 2))
    assert not any(result.blocks for key, result in rows.items() if key[1:] != ("fish", "email"))


def test_where_nobody_knows_what_is_closed_everything_is(judged):
    weekly, nagging = "contact_policy: weekly", "contact_policy: nagging"
    assert blocks(judged, "caps unknown", "gift") == {
        weekly, nagging, "contact_policy: gift or wine", "contact_policy: no gift so soon"
    }  # fmt: skip


def test_a_rule_that_cannot_be_answered_blocks_within_its_scope_alone(judged):
    assert blocks(judged, "age unknown", "wine") == {"rules: adults"}
    assert blocks(judged, "age unknown", "gift") == set()
    assert blocks(judged, "attrition unknown", "wine") == {"rules: not the leaving"}
    assert blocks(judged, "attrition unknown", "wine", "sms") == set()  # that rule is about email


def test_never_when_blocks_from_its_bound_on(judged):
    assert blocks(judged, "leaves", "wine") == {"rules: not the leaving"}
    assert blocks(judged, "leaves", "wine", "sms") == set()


def test_a_dated_rule_is_in_force_on_its_days(judged_by, settings):
    ann = {"ann": {}}
    results = judged_by(settings, ann, date(2024, 7, 1))
    assert blocks(results, "ann", "fish") == {"contact_policy: never fish by email", "rules: no fish today"}
    assert [rule.name for rule, _ in read_formulas(settings, FEATURES, date(2024, 7, 2)).rules] == [
        "adults",
        "not the leaving",
    ]


def test_propensity_is_the_score_that_models_yaml_names_of_the_category_of_the_option(judged):
    propensities = {
        key[1]: result.row["propensity"] for key, result in judged.items() if key[0] == "ann" and result.row
    }
    assert propensities == {"wine": 0.5, "fish": 0.25, "back": 0.5, "gift": None}


def test_money_scores_enter_formulas_in_units_of_the_currency(judged):
    back, wine = judged["ann", "back", "sms"].row, judged["ann", "wine", "email"].row
    assert back["value"] == 2_000_000  # 0.5 * 0.05 * 80
    assert back["cost"] == 5_250_000  # unit_cost + incentive_cost, as policy.yaml does not say otherwise
    assert (wine["value"], wine["cost"]) == (6_000_000, 2_500_000)


@pytest.mark.parametrize(
    ("person", "value", "cost", "reason"),
    [
        ("half", 0, 2, None),  # half a millionth, one and a half: to the even one
        ("half more", 2, 4, None),
        ("value below zero", -2_000_000, 1_000_000, None),  # a minimum may need it
        ("cost below zero", 3_000_000, -1, "its cost is below zero"),
        ("value unknown", None, 1_000_000, "its value or cost is not known"),
        ("cost unknown", 3_000_000, None, "its value or cost is not known"),
        ("value not a number", None, 1_000_000, "its value or cost is not known"),
        ("value of thousands of millions", 9_000_000_000_000_000, 1_000_000, None),
        ("value beyond int64", None, None, "its value or cost is not known"),
    ],
)
def test_money_is_whole_millionths_and_what_cannot_be_told_blocks(judged, person, value, cost, reason):
    gift = judged[person, "gift", "email"].row
    assert (gift["value"], gift["cost"]) == (value, cost)
    assert blocks(judged, person, "gift") == ({f"value: {reason}"} if reason else set())


def test_an_offers_own_formula_goes_before_that_of_its_objective_also_where_it_is_not_known(judged_by, with_policy):
    own = "value_of_offer: {wine: margin / x, gift: 'least(x, 2)'}\ncost_of_offer: {fish: 'round(y / 3, 2)'}\n"
    results = judged_by(with_policy(own), {"ann": {}, "nothing": {"x": 0.0}}, date(2024, 6, 30))
    money = {key: (row["value"], row["cost"]) for key, (_, row) in results.items() if row is not None}
    assert money["ann", "wine", "email"] == (4_000_000, 2_500_000)  # 12 / 3
    assert money["ann", "fish", "sms"] == (3_000_000, 330_000)  # 0.25 * 12; 1 / 3
    assert money["ann", "gift", "email"] == (2_000_000, 1_000_000)
    assert money["nothing", "wine", "email"] == (None, 2_500_000)
    assert blocks(results, "nothing", "wine") == {"value: its value or cost is not known"}


def test_without_scores_no_offer_that_needs_them_has_a_value(judged):
    assert "value: its value or cost is not known" in blocks(judged, "no scores", "wine", "sms")
    assert "value: its value or cost is not known" in blocks(judged, "no scores", "back", "sms")


def test_unknown_consent_may_be_allowed_by_the_deployment(judged_by, settings):
    people = {name: PEOPLE[name] for name in ("no word", "not by sms", "email all the same")}
    allowing = settings.__class__(**{**vars(settings), "deployment": settings.deployment.model_copy(
        update={"consent": Consent(unknown_is="allowed")})})  # fmt: skip
    results = judged_by(allowing, people, date(2024, 6, 30))
    assert [blocks(results, name, "wine", "sms") == set() for name in people] == [True, False, False]


def test_a_night_without_valid_offers_judges_nothing_and_does_not_fail(judged_by, settings):
    assert judged_by(settings, {"ann": {}}, date(2025, 6, 30)) == {}


def test_a_rule_that_reads_an_options_figures_is_asked_only_of_what_is_open_still(judged_by, with_policy):
    likely = "rules: [{name: likely, only_when: propensity >= 0.3, offers: {objective: [cross_sell]}}]"
    settings = with_policy(likely)
    people = {"ann": {}, "email only": PEOPLE["email only"], "no scores": PEOPLE["no scores"]}
    results = judged_by(settings, people, date(2024, 6, 30))
    assert blocks(results, "ann", "wine", "sms") == set()
    assert blocks(results, "ann", "fish", "sms") == blocks(results, "email only", "fish") == {"rules: likely"}
    assert blocks(results, "email only", "fish", "sms") == {"consent: no consent for sms"}
    assert results["email only", "fish", "sms"].row is None  # it never became a row
    assert blocks(results, "no scores", "fish") == {"rules: likely", "value: its value or cost is not known"}


def test_of_a_new_customer_nothing_being_known_is_the_reason_and_no_rule_that_cannot_be_answered(
    spark, judge, with_policy
):
    likely = "rules: [{name: adults, only_when: age >= 18}, {name: rich, only_when: y >= 2}, %s]"
    settings = with_policy(likely % "{name: likely, only_when: propensity >= 0.3, offers: {id: [wine]}}")
    people = {"ann": {}, "new": {}, "old": {}}
    people["new"] = people["old"] = {"age": None, "y": 1.0, "x": None, "cross_sell": None}
    cells = [
        tuple({**ANN, "y": 3.0, **facts, "customer_id": name}[column] for column in PERSON)
        for name, facts in people.items()
    ]
    frame = spark.createDataFrame(cells, ", ".join(f"{name} {kind}" for name, kind in PERSON.items()))
    marked = frame.withColumn(IS_NEW_CUSTOMER, F.col("customer_id") == "new")
    results = judge(marked, [], settings, FEATURES, date(2024, 6, 30))
    assert blocks(results, "old", "wine") == {"rules: adults", "rules: rich"}
    assert blocks(results, "new", "wine") == {"rules: nothing is known of this customer yet", "rules: rich"}
    without = with_policy("rules: [{name: likely, only_when: propensity >= 0.3, offers: {id: [wine]}}]")
    results = judge(marked, [], without, FEATURES, date(2024, 6, 30))
    unknown = {"rules: nothing is known of this customer yet", "value: nothing is known of this customer yet"}
    assert blocks(results, "new", "wine") == unknown
    assert blocks(results, "old", "wine") == {"rules: likely", "value: its value or cost is not known"}
    assert blocks(results, "new", "gift") == {"value: nothing is known of this customer yet"}
    assert blocks(results, "ann", "wine") == set()


def test_a_category_feature_is_that_of_the_category_of_the_option(spark, judge, with_policy):
    rule = "{name: overdue, only_when: category_overdue_ratio_365d > 1, offers: {objective: [cross_sell]}}"
    policy = f"rules: [{rule}]\nvalue_of_offer: {{fish: category_spend_90d * margin}}\n"
    settings = with_policy(policy)
    packed = (
        "categories array<struct<category: string, category_overdue_ratio_365d: double, category_spend_90d: double>>"
    )
    kinds = ", ".join(f"{name} {kind}" for name, kind in PERSON.items())
    bought = {"ann": [("wine", 1.5, 3.0), ("fish", 2.0, 4.0)], "bob": [("wine", 0.5, 3.0)], "cat": None}
    cells = [(*({**ANN, "customer_id": name}[column] for column in PERSON), rows) for name, rows in bought.items()]
    people = with_category_features(
        spark.createDataFrame(cells, f"{kinds}, {packed}"), ("category_overdue_ratio_365d", "category_spend_90d")
    )
    kinds_read = FEATURES | feature_kinds(people.schema) | dict.fromkeys(people.columns[-2:], Kind.NUMBER)
    kinds_read = {name: kind for name, kind in kinds_read.items() if name in FEATURES or name.startswith("category_")}
    results = judge(people, [], settings, kinds_read, date(2024, 6, 30))
    assert blocks(results, "ann", "wine", "sms") == blocks(results, "ann", "fish", "sms") == set()
    assert blocks(results, "bob", "wine", "sms") == blocks(results, "cat", "wine", "sms") == {"rules: overdue"}
    assert blocks(results, "bob", "gift") == set()  # the rule is about offers with a category
    assert results["ann", "fish", "sms"].row["value"] == 48_000_000  # 4 spent on fish, times 12
    assert results["cat", "fish", "sms"].row["value"] == 0  # nothing was spent on it
