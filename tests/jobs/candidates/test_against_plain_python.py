"""Random people under a random policy of more options than a word has bits, against one option after the other."""

import random
from datetime import date

import pytest

from conf.expressions import Kind
from conf.expressions.evaluate import evaluate
from jobs.candidates.contact_policy_blocks import contact_policy_blocks_on
from jobs.candidates.formulas import read_formulas
from jobs.candidates.options import options_on

AS_OF = date(2024, 6, 30)
CHANNELS = ("email", "sms", "letter", "call")
OBJECTIVES = ("cross_sell", "retention", "loyalty")
FEATURES = {"age": Kind.NUMBER, "region": Kind.TEXT}
OFFER_HEAD = "id,name,objective,category,margin,incentive_cost,valid_from,valid_to,channels,effect_share,must_send"
VALUE = """\
value:
  {cross_sell: propensity * reach * margin, retention: attrition * effect_share * customer_value, loyalty: age - 30}
cost: {loyalty: age / 10 - 2}
value_of_offer: {o3: "if(age >= 40, coalesce(propensity, 0.1), attrition) * margin", o4: "greatest(age / 10, margin)"}
cost_of_offer: {o5: "round(age / 7, 2)", o3: "abs(age - 50) - 20"}
"""
CONDITIONS = (
    "age >= 18",
    "age < 65 or region = 'north'",
    "attrition between 0.2 and 0.9",
    "customer_value > 20",
    "propensity >= 0.2",
    "reach * age > 20",
    "margin > 6 and age is not null",
    "channel != 'call' or customer_value >= 60",
    "region in ('north', 'south')",
)
MODELS = """\
models:
  cross_sell: {score: cross_sell, estimator: classifier, label: {kind: buys_category, window_days: 30,
    not_bought_days: 90}, propensity_for: {objective: [cross_sell]}}
  attrition: {score: attrition, estimator: classifier, label: {kind: no_purchase, window_days: 30}}
  value: {score: customer_value, estimator: value, label: {kind: spend, window_days: 60}}
"""
SEGMENTS = {"young": "age < 40", "north and worth it": "region = 'north' and customer_value > 10"}
LIMITS = """\
limits:
  - {name: ages, sum: age, where: {segment: [young], channel: [sms]}, max: 9}
  - {name: odds, ratio: [attrition, contacts], where: {region: [north, west]}, max: 1}
  - {name: minutes, sum: minutes, share_of: {channel: [call]}, where: {region: [south]}, max: 50%}
"""
MINUTES = "offer,channel,minutes\no1,call,5\no2,call,\n"
PEOPLE = (
    "customer_id string, household_id string, consents map<string,boolean>, age double, region string, "
    "cross_sell map<string,double>, attrition double, customer_value bigint"
)


def drawn_policy(draw, must_sends):
    """Offers of every aim through every channel; rules and caps of every form, each with a scope of its own."""
    offers = [
        f"o{n},Offer {n},{draw.choice(OBJECTIVES)},c{n % 7},{draw.randint(1, 12)},1,2024-01-01,2024-12-31,"
        f"{' '.join(CHANNELS)},0.{draw.randint(1, 9)},{must_sends.get(n, '')}"
        for n in range(20)
    ]
    channels = [
        "id,name,unit_cost,reach",
        *(f"{channel},{channel.title()},0.{n},0.{n + 5}" for n, channel in enumerate(CHANNELS)),
    ]
    rules = [
        f'  - {{name: rule {n}, {draw.choice(("only_when", "never_when"))}: "{condition}", '
        f"{scope(draw)}{segments_of(draw)}}}"
        for n, condition in enumerate(CONDITIONS)
    ]
    caps = [
        f"  - {{name: cap {n}, max_contacts: 1, days: 7, {scope_of_cap(draw)}{segments_of(draw)}}}" for n in range(8)
    ]
    caps += ["  - {name: nobody, max_contacts: 0, days: 1, offers: [o5], channels: [sms]}"]
    named = [f"segments: {{{', '.join(f'{name}: {chr(34)}{text}{chr(34)}' for name, text in SEGMENTS.items())}}}"]
    policy = "\n".join([VALUE, *named, "rules:", *rules, "contact_policy:", *caps, LIMITS])
    pairs = ["combinations: [{name: one of both, never_together: [o1, o2], segments: [young]}]"]
    return {
        "offers": "\n".join([OFFER_HEAD, *offers]) + "\n",
        "channels": "\n".join(channels) + "\n",
        "offer_channels": MINUTES,
        "models": MODELS,
        "policy": "\n".join([policy, *pairs]) + "\n",
    }


def scope(draw):
    kinds = (f"objective: [{draw.choice(OBJECTIVES)}]", f"id: [o{draw.randrange(20)}, o3]", "category: [c1, c2]")
    return f"offers: {{{draw.choice(kinds)}}}, channels: [{draw.choice(CHANNELS)}, letter]"


def segments_of(draw):
    return draw.choice(("", "", ", segments: [young]", ", segments: [north and worth it, young]"))


def scope_of_cap(draw):
    return draw.choice(("same: offer", "same: channel", "same: objective", "channels: [sms, call]", "offers: [o1, o4]"))


def drawn_people(draw, policy_blocks, size=60):
    """People of whom anything may be missing, and what the contact policy blocks for them."""

    def maybe(value):
        return None if draw.random() < 0.1 else value

    people = [
        (
            f"p{n}",
            f"p{n}",
            maybe(
                {channel: maybe(draw.random() < 0.7) for channel in draw.sample(["*", *CHANNELS], draw.randrange(4))}
            ),
            maybe(float(draw.randint(10, 80))),
            maybe(draw.choice(("north", "south", "west"))),
            maybe({f"c{k}": maybe(draw.random() * 0.5) for k in range(5)}),
            maybe(draw.random()),
            maybe(draw.randrange(80_000_000)),
        )
        for n in range(size)
    ]
    possible = [(block.rule, same) for block in policy_blocks for same in block.options]
    return people, [(person[0], *block) for person in people for block in draw.sample(possible, draw.randrange(4))]


def unknown_amounts(row, segments):
    """What the three limits count of an option and nobody knows."""
    if row["age"] is None and "young" in segments and row["channel"] == "sms":
        yield "ages", "age"
    if row["attrition"] is None and row["region"] in ("north", "west"):
        yield "odds", "attrition"
    if row["channel"] == "call" and row.get("minutes") is None:
        yield "minutes", "minutes"


def reasons(person, blocked_rules, judged, policy_blocks, formulas):
    """What blocks an option, and its money: stage by stage, in plain Python."""
    position, option = judged
    blocks, (consents, channel) = set(), (person["consents"] or {}, option.channel.id)
    answers = (answer for answer in (consents.get(channel), consents.get("*"), False) if answer is not None)
    if not next(answers):
        blocks.add(f"consent: no consent for {channel}")
    in_units = person | {"customer_value": person["customer_value"] and person["customer_value"] / 1e6}
    segments = {name for name, expression in formulas.segments.items() if evaluate(expression, in_units)}
    for block in (block for block in policy_blocks if block.segments is None or segments & {*block.segments}):
        is_blocked = any(rule == block.rule and position in block.options.get(same, ()) for rule, same in blocked_rules)
        if is_blocked or (block.is_for_nobody and position in block.scope):
            blocks.add(f"contact_policy: {block.rule}")
    row = in_units | option.columns
    row["propensity"] = (row["cross_sell"] or {}).get(row["category"]) if row["objective"] == "cross_sell" else None
    stopped = {
        rule.name: evaluate(expression, row) is not (rule.never_when is None)
        for rule, expression in formulas.rules
        if option.is_in_scope_of(rule) and (rule.segments is None or segments & {*rule.segments})
    }
    reads_option = {f"rule {n}" for n in (4, 5, 6, 7)}
    blocks |= {f"rules: {name}" for name, is_stopped in stopped.items() if is_stopped and name not in reads_option}
    if blocks:
        return blocks, None
    blocks |= {f"rules: {name}" for name, is_stopped in stopped.items() if is_stopped}
    pairs = ((formulas.value_of_offer, formulas.value), (formulas.cost_of_offer, formulas.cost))
    money = [evaluate(own.get(option.offer.id, of.get(row["objective"])), row) for own, of in pairs]
    value, cost = (amount if amount is None else round(amount * 1e6) for amount in money)
    if value is None or cost is None:
        blocks.add("value: its value or cost is not known")
    if cost is not None and cost < 0:
        blocks.add("value: its cost is below zero")
    blocks |= {f"value: {name}, which {limit!r} counts, is not known" for limit, name in unknown_amounts(row, segments)}
    return blocks, (value, cost)


def with_must_sends_first(judged):
    """What is judged of a person's options, by (position, option), after what must be sent has gone first."""
    due = sorted({option.offer.id for _, option in judged if option.offer.must_send}, key=lambda name: int(name[1:]))
    due = [name for name in due if any(option.offer.id == name and not judged[_, option][0] for _, option in judged)]
    for (_, option), (blocks, _money) in judged.items():
        offer = option.offer.id
        if due and not blocks and offer != due[0]:
            waits = f"{offer} is due as well and waits"
            blocks.add(f"must_send: {waits if offer in due else f'{due[0]} goes first'}")
    return due


@pytest.mark.parametrize(("seed", "must_sends"), [(5, {}), (6, {7: "x", 3: "TRUE", 12: "yes"})])
def test_every_option_of_everybody_is_judged_as_one_by_one(spark, deploy, judge, seed, must_sends):
    draw = random.Random(seed)
    settings = deploy(**drawn_policy(draw, must_sends))
    options, formulas = options_on(settings, AS_OF), read_formulas(settings, FEATURES, AS_OF)
    assert len(options) == 80
    policy_blocks = contact_policy_blocks_on(settings, options, AS_OF)
    people, blocked_rules = drawn_people(draw, policy_blocks)
    judged = judge(spark.createDataFrame(people, PEOPLE), blocked_rules, settings, FEATURES, AS_OF)
    names = [values.split()[0] for values in PEOPLE.split(", ")]
    ends = {"candidate": 0, "priced": 0, "blocked": 0, "must": 0, "waits": 0}
    for person in (dict(zip(names, values, strict=True)) for values in people):
        of_person = [values[1:] for values in blocked_rules if values[0] == person["customer_id"]]
        alone = {pair: reasons(person, of_person, pair, policy_blocks, formulas) for pair in enumerate(options)}
        due = with_must_sends_first(alone)
        ends |= {"must": ends["must"] + bool(due), "waits": ends["waits"] + (len(due) > 1)}
        for (_, option), (blocks, money) in alone.items():
            result = judged[person["customer_id"], option.offer.id, option.channel.id]
            assert result.blocks == blocks
            assert (result.row and (result.row["value"], result.row["cost"])) == money
            ends["candidate" if not blocks else "priced" if money else "blocked"] += 1
    least = min(ends[name] for name in ("candidate", "priced", "blocked"))  # nothing is hidden by all being one way
    assert (least > 40 and min(ends["must"], ends["waits"]) > 3) if must_sends else least > 100
