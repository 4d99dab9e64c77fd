"""What the contact policy leaves room for; the decision date is 1 August, the day after 31 July."""

from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from conf.contact_policy import ContactRule
from conf.offers import Channel, Offer
from jobs.candidates.contact_caps import blocked_by_caps, places_of_households, speaks_of
from jobs.candidates.options import Option

AS_OF = date(2024, 8, 1)
CONTACTS = (
    "customer_id string, household_id string, offer_id string, channel string, objective string, contacted_on date"
)
RESPONSES = (
    "customer_id string, household_id string, offer_id string, objective string, outcome string, responded_on date"
)
DRAWN_CONTACTS = """
    customer_id | household_id | offer_id | channel | objective  | contacted_on
    ann         | ann          | card     | email   | cross_sell | 2024-07-26   # the first of seven days
    bob         | bob          | card     | email   | cross_sell | 2024-07-25   # eight days with tonight
    cat         | cat          | fax_2019 | sms     |            | 2024-07-31   # of another system: objective unknown
    dan         | hill         | card     | email   | cross_sell | 2024-07-30
    eve         | hill         | loan     | sms     | loyalty    | 2024-07-31
    fay         | dan          | card     | email   | cross_sell | 2024-07-31   # her household is called as Dan is
"""
DRAWN_RESPONSES = """
    customer_id | household_id | offer_id | objective  | outcome  | responded_on
    ann         | ann          | card     | cross_sell | declined | 2024-07-12
    ann         | ann          | loan     | loyalty    | declined | 2024-07-21   # two within ten days
    bob         | bob          | card     | cross_sell | declined | 2024-07-13
    bob         | bob          | card     | cross_sell | declined | 2024-07-23   # eleven days, both counted
    cat         | cat          | card     | cross_sell | accepted | 2024-07-31
    dan         | hill         | card     | cross_sell | declined | 2024-07-23   # the tenth day is tonight
    eve         | hill         | loan     | loyalty    | declined | 2024-07-22   # it was yesterday
"""
TWICE = {"outcome": "declined", "times": 2, "days": 10}
SILENCE = {"no_response_to": 2, "days": 2}
ONCE = {"outcome": "declined", "days": 1}
RULES = [
    ContactRule.model_validate(rule)
    for rule in (
        {"name": "weekly", "max_contacts": 1, "days": 7},
        {"name": "today", "max_contacts": 1, "days": 1},
        {"name": "two days", "max_contacts": 1, "days": 2},
        {"name": "two a week", "max_contacts": 2, "days": 7},
        {"name": "sms", "max_contacts": 1, "days": 7, "channels": ["sms"]},
        {"name": "cards", "max_contacts": 1, "days": 7, "offers": ["card"]},
        {"name": "selling", "max_contacts": 1, "days": 7, "objectives": ["cross_sell"]},
        {"name": "same offer", "max_contacts": 1, "days": 7, "same": "offer"},
        {"name": "same aim", "max_contacts": 1, "days": 7, "same": "objective"},
        {"name": "same channel", "max_contacts": 1, "days": 7, "same": "channel"},
        {"name": "at home", "max_contacts": 1, "days": 2, "per": "household"},
        {"name": "after two", "after": TWICE, "pause_days": 12},
        {"name": "after one", "after": ONCE, "pause_days": 10},
        {"name": "after one at home", "after": ONCE, "pause_days": 11, "per": "household"},
        {"name": "after one of it", "after": ONCE, "pause_days": 10, "same": "offer"},
        {"name": "after one, no sms", "after": ONCE, "pause_days": 10, "channels": ["sms"]},
        {"name": "but cards", "max_contacts": 1, "days": 7, "except": ["card"]},
        {"name": "after silence", "after": SILENCE, "pause_days": 7},
        {"name": "after silence at home", "after": SILENCE, "pause_days": 9, "per": "household"},
        {"name": "after one silence", "after": {"no_response_to": 1, "days": 9}, "pause_days": 9, "except": ["loan"]},
    )
]


@pytest.fixture(scope="module")
def closed(frame):
    """Rule -> who is blocked, with what must be the same."""
    contacts = frame(DRAWN_CONTACTS, contacted_on="date")
    responses = frame(DRAWN_RESPONSES, responded_on="date")
    blocked = {rule.name: set() for rule in RULES}
    for row in blocked_by_caps(RULES, contacts, responses, AS_OF).collect():
        blocked[row["rule"]].add(f"{row['unit_id']} {row['same']}".strip())
    return blocked


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("weekly", {"ann", "cat", "dan", "eve", "fay"}),  # six days before tonight count, seven do not
        ("today", set()),  # nothing past lies within one day
        ("two days", {"cat", "eve", "fay"}),  # 31 July is the day before 1 August
        ("two a week", set()),
        ("sms", {"cat", "eve"}),
        ("cards", {"ann", "dan", "fay"}),
        ("selling", {"ann", "dan", "fay"}),  # an unknown objective is no cross-selling
        ("same offer", {"ann card", "cat fax_2019", "dan card", "eve loan", "fay card"}),
        ("same aim", {"ann cross_sell", "dan cross_sell", "eve loyalty", "fay cross_sell"}),
        ("same channel", {"ann email", "cat sms", "dan email", "eve sms", "fay email"}),
        ("at home", {"cat", "hill", "dan"}),  # Dan too, for Eve's sake; the home called dan is Fay's
        ("after two", {"ann"}),  # the second answer starts the pause: 21 July to 1 August
        ("after one", {"bob", "dan"}),  # 23 July to 1 August are ten days; from 22 July the pause has run out
        ("after one at home", {"bob", "hill"}),
        ("after one of it", {"bob card", "dan card"}),
        ("after one, no sms", {"bob", "dan"}),  # answers name no channel, so they count for each
        ("but cards", {"cat", "eve"}),
        ("after silence", set()),  # nobody was contacted twice
        ("after silence at home", {"hill"}),  # their answers came before
        ("after one silence", {"ann", "bob", "dan", "fay"}),  # Cat answered on the day
    ],
)
def test_a_rule_blocks_exactly_those_at_their_cap(closed, rule, expected):
    assert closed[rule] == expected


@pytest.mark.parametrize(
    ("wished", "is_blocked"),
    [
        (0.0, True),
        (1.0, True),
        (2.0, False),
        (None, False),
        (-1.0, False),
        (0.5, False),
        (float("nan"), False),
        (1e300, False),
    ],
)
def test_an_attribute_says_the_maximum_where_it_is_a_whole_number(spark, frame, wished, is_blocked):
    stated = {"attribute": "wished", "otherwise": 2}
    rule = ContactRule.model_validate({"name": "as wished", "max_contacts": stated, "days": 7, "same": "channel"})
    customers = spark.createDataFrame([("ann", wished), ("zoe", 0.0)], "customer_id string, wished double")
    contacts, answers = frame(DRAWN_CONTACTS, contacted_on="date"), frame(DRAWN_RESPONSES, responded_on="date")
    rows = blocked_by_caps([rule], contacts, answers, AS_OF, customers).collect()
    blocked = {(row["unit_id"], row["same"]) for row in rows}
    assert ("zoe", "") in blocked  # nobody ever wrote to her, and nobody shall
    assert any(unit == "ann" for unit, _ in blocked) is is_blocked


def test_what_is_blocked_for_a_household_does_not_name_a_customer_of_the_same_id(frame):
    contacts = frame(DRAWN_CONTACTS, contacted_on="date").where("household_id = 'dan'")
    rule = ContactRule(name="at home", max_contacts=1, days=7, per="household")
    (row,) = blocked_by_caps([rule], contacts, frame(DRAWN_RESPONSES, responded_on="date"), AS_OF).collect()
    assert (row["unit"], row["unit_id"]) == ("household_id", "dan")


def cap_at_home(name, **stated):
    return ContactRule.model_validate({"name": name, "per": "household", **stated})


AT_HOME = [
    cap_at_home("five", max_contacts=5, days=7),
    cap_at_home("three of an offer", max_contacts=3, days=14, same="offer"),
    cap_at_home("two texts", max_contacts=2, days=30, channels=["sms"], **{"except": ["fax_2019"]}),
    cap_at_home("no cards", max_contacts=0, days=1, offers=["card"]),
]


def left_at_home(contacts, household):
    """Plain Python: the least that a cap leaves of anything it counts, where it leaves anything."""
    left = []
    for cap in AT_HOME[:3]:
        counted = [row for row in contacts if row[1] == household and (cap.channels is None or row[3] in cap.channels)]
        counted = [row for row in counted if row[2] not in (cap.excepted or ())]
        for offer in {row[2] for row in counted} if cap.same else {None}:
            days = [row[5] for row in counted if offer in (None, row[2])]
            starts = [AS_OF - timedelta(days=back) for back in range(cap.days)]
            full = max(sum(start <= day < start + timedelta(days=cap.days) for day in days) for start in starts)
            left += [cap.max_contacts - full] if full else []
    return min((places for places in left if places > 0), default=None)


def test_a_household_has_left_what_its_caps_leave(spark):
    contacts = list(random_history(Random(3), 500, last=12))
    rows = [(*row[:4], OFFERS.get(row[2]), row[5]) for row in contacts]
    left = places_of_households(AT_HOME, spark.createDataFrame(rows, CONTACTS).coalesce(1), AS_OF)
    places = {row["household_id"]: row["places"] for row in left.collect()}
    assert {1, 2} <= set(places.values()) <= {1, 2, 3, 4}
    for household in {row[1] for row in contacts}:
        assert places.get(household) == left_at_home(contacts, household)


@pytest.mark.parametrize(
    ("offsets", "is_blocked"),
    [
        ([-6], False),
        ([-6, -1], True),
        ([1, 6], True),
        ([-6, 1], False),  # seven days apart: no window of seven holds both
        ([-3, 3], True),  # from 29 July to 4 August
        ([-4, 3], False),
        ([-3, -3], True),
        ([7, 8], False),
        ([-6, -4, 2], True),
        ([-5, 2, 3], True),  # the window that begins tonight
    ],
)
def test_contacts_of_later_dates_count_in_the_windows_that_reach_them(spark, offsets, is_blocked):
    rule = ContactRule(name="two a week", max_contacts=2, days=7)
    contacts = [("ann", "ann", "card", "email", None, AS_OF + timedelta(days=offset)) for offset in offsets]
    answers = spark.createDataFrame([], RESPONSES)
    blocked = blocked_by_caps([rule], spark.createDataFrame(contacts, CONTACTS).coalesce(1), answers, AS_OF)
    assert bool(blocked.collect()) == is_blocked


def test_without_rules_nothing_is_blocked(frame):
    contacts = frame(DRAWN_CONTACTS, contacted_on="date")
    assert blocked_by_caps([], contacts, frame(DRAWN_RESPONSES, responded_on="date"), AS_OF).collect() == []


OFFERS = {"card": "cross_sell", "loan": "loyalty", "call": "retention"}
CHANNELS = ("email", "sms")
OPTIONS = [
    Option(
        Offer(
            id=offer,
            name=offer,
            objective=aim,
            margin=0,
            incentive_cost=0,
            valid_from=AS_OF,
            valid_to=AS_OF,
            channels=CHANNELS,
        ),
        Channel(id=channel, name=channel, unit_cost=0),
    )
    for (offer, aim), channel in product(OFFERS.items(), CHANNELS)
]


def random_rule(random, number):
    name, is_pause = f"r{number}", number % 3 == 0
    scope = {"name": name, "per": random.choice(["customer", "household"])}
    if scope["per"] == "household" and not is_pause:
        return ContactRule.model_validate({**scope, "max_contacts": 1, "days": random.randint(1, 14)})
    scope |= {"except": random.sample([*OFFERS, "fax_2019"], 2)} if random.random() < 0.3 else {}
    scope |= {"channels": random.sample(CHANNELS, 1)} if random.random() < 0.3 else {}
    scope |= {"offers": random.sample(sorted(OFFERS), 2)} if random.random() < 0.3 else {}
    scope |= {"objectives": random.sample(sorted(OFFERS.values()), 2)} if random.random() < 0.3 else {}
    if is_pause:
        outcome = {"outcome": "declined", "times": random.randint(1, 3)}
        silence = {"no_response_to": random.randint(1, 3)}
        after = random.choice([outcome, silence]) | {"days": random.randint(1, 12)}
        pause = {
            "after": after,
            "pause_days": random.randint(1, 20),
            "same": random.choice([None, "offer", "objective"]),
        }
        return ContactRule.model_validate(scope | pause)
    most = random.choice([random.randint(1, 3), {"attribute": "wished", "otherwise": random.randint(0, 2)}])
    if scope["per"] == "household":
        most = 1
    cap = {"max_contacts": most, "days": random.randint(1, 14)}
    return ContactRule.model_validate(scope | cap | {"same": random.choice([None, "offer", "objective", "channel"])})


def random_history(random, size, last=-1):
    """(customer, household, offer, channel, outcome, day): offers of other systems have no objective.

    `last` is the last day, counted from as_of; nothing happened on as_of itself.
    """
    for _ in range(size):
        number = random.randrange(150)
        offer = random.choice([*OFFERS, "fax_2019"])
        day = AS_OF + timedelta(days=random.choice([day for day in range(-25, last + 1) if day]))
        yield (
            f"c{number}",
            f"h{number // 2}",
            offer,
            random.choice(CHANNELS),
            random.choice(["declined", "bought"]),
            day,
        )


WISHED = (0.0, 1.0, 2.0, 5.0, None, -2.0, 1.5)


def wished_by(customer):
    return WISHED[int(customer[1:]) % len(WISHED)]


def most_of(rule, unit_id):
    if isinstance(rule.max_contacts, int):
        return rule.max_contacts
    wished = wished_by(unit_id)
    return wished if wished in (0, 1, 2, 5) else rule.max_contacts.otherwise


def is_at_cap(rule, option, unit_id, contacts, answers):
    """Plain Python: a contact on as_of would exceed the cap of some window, or a pause has not run out."""
    if not speaks_of(rule, option) or option.offer.id in (rule.excepted or ()):
        return False
    unit = 0 if rule.per == "customer" else 1
    mine = {"offer": option.offer.id, "objective": option.offer.objective, "channel": option.channel.id}

    def counts(row, is_answer=False):
        stated = {"offer": row[2], "objective": OFFERS.get(row[2]), "channel": row[3]}
        named = ((rule.channels, "channel"), (rule.offers, "offer"), (rule.objectives, "objective"))
        in_scope = all(
            allowed is None or stated[key] in allowed or (is_answer and key == "channel") for allowed, key in named
        )
        in_scope = in_scope and row[2] not in (rule.excepted or ())
        return row[unit] == unit_id and in_scope and (rule.same is None or stated[rule.same] == mine[rule.same])

    if rule.after is None:
        days = [row[5] for row in contacts if counts(row)] + [AS_OF]
        starts = [AS_OF - timedelta(days=back) for back in range(rule.days)]
        fullest = max(sum(start <= day < start + timedelta(days=rule.days) for day in days) for start in starts)
        return fullest > most_of(rule, unit_id)
    answered = [row for row in answers if counts(row, is_answer=True)]
    if needed := rule.after.no_response_to:
        sent = sorted(row[5] for row in contacts if counts(row) and row[5] < AS_OF)[-needed:]
        is_run = len(sent) == needed and sent[-1] < sent[0] + timedelta(days=rule.after.days)
        is_silent = is_run and not any(row[5] >= sent[0] for row in answered)
        return is_silent and sent[-1] + timedelta(days=rule.pause_days) > AS_OF
    days = [row[5] for row in answered if row[4] == rule.after.outcome]
    ends = [
        day for day in days if sum(0 <= (day - earlier).days < rule.after.days for earlier in days) >= rule.after.times
    ]
    return any(day + timedelta(days=rule.pause_days) > AS_OF for day in ends)


def test_an_independent_recount_of_random_histories_agrees(spark):
    random = Random(7)
    rules = [random_rule(random, number) for number in range(20)]
    contacts, answers = list(random_history(random, 500, last=15)), list(random_history(random, 350))
    contact_rows = [(row[0], row[1], row[2], row[3], OFFERS.get(row[2]), row[5]) for row in contacts]
    response_rows = [(row[0], row[1], row[2], OFFERS.get(row[2]), row[4], row[5]) for row in answers]
    closed = {
        (row["unit"], row["unit_id"], row["rule"], row["same"])
        for row in blocked_by_caps(
            rules,
            spark.createDataFrame(contact_rows, CONTACTS).coalesce(1),
            spark.createDataFrame(response_rows, RESPONSES),
            AS_OF,
            spark.createDataFrame(
                [(f"c{n}", wished_by(f"c{n}")) for n in range(150)], "customer_id string, wished double"
            ),
        ).collect()
    }
    verdicts = []
    for number, rule, option in product(range(150), rules, OPTIONS):
        customer, household = f"c{number}", f"h{number // 2}"
        same = {None: "", "offer": option.offer.id, "objective": option.offer.objective, "channel": option.channel.id}
        unit_id = customer if rule.per == "customer" else household
        keys = {(f"{rule.per}_id", unit_id, rule.name, key) for key in (same[rule.same], "")}
        is_blocked = speaks_of(rule, option) and not closed.isdisjoint(keys)
        verdicts.append(is_blocked)
        of_household = [[row for row in past if row[1] == household] for past in (contacts, answers)]
        assert is_blocked == is_at_cap(rule, option, unit_id, *of_household), (rule, unit_id, option)
    assert 0.02 < sum(verdicts) / len(verdicts) < 0.6  # the histories bind, and not everywhere
