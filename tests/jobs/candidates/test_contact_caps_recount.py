"""The contact policy beside an independent recount of drawn histories, customer by customer."""

from datetime import timedelta
from itertools import product
from random import Random

from conf.contact_policy import ContactRule
from conf.offers import Channel, Offer
from jobs.candidates.contact_caps import blocked_by_caps, places_of_households, speaks_of
from jobs.candidates.options import Option
from tests.jobs.candidates.test_contact_caps import AS_OF, CONTACTS, RESPONSES

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
