"""Amounts, offers and limits that are not what they should be."""

from decimal import Decimal

from tests.reliability.spoiling.declaration import caught_by, sent

MILLIONTH = Decimal("0.000001")


@caught_by("net_value_is_value_less_cost")
def a_net_value_is_a_millionth_off(night, draw):
    sent(night, draw)["net_value"] += draw.choice([-1, 1]) * MILLIONTH


@caught_by("value_and_cost_follow_from_the_formulas")
def an_amount_is_not_what_its_formula_says(night, draw):
    row, name = sent(night, draw), draw.choice(["worth", "price"])
    amount = float(row["value" if name == "worth" else "cost"])
    night.attributes[row["customer_id"]] = {name: amount + draw.choice([-1, 1]) * draw.choice([1e-6, 0.01, 3.0])}


@caught_by("offers_are_valid_on_the_date")
def an_offer_is_out_of_its_dates(night, draw):
    row = sent(night, draw)
    offer = next(offer for offer in night.offers if offer["id"] == row["offer_id"])
    offer.update(draw.choice([{"valid_to": "2024-06-30"}, {"valid_from": "2024-07-02", "valid_to": "2024-12-31"}]))


@caught_by("every_limit_holds")
def a_limit_is_passed(night, draw):
    limit = draw.choice([limit for limit in night.policy["limits"] if limit.get("max")])
    limit["max"] = str(Decimal(limit["max"]) - (MILLIONTH if "sum" in limit else 1))


@caught_by("every_rule_lets_pass_what_is_sent")
def a_rule_does_not_let_pass(night, draw):
    condition = draw.choice(["attrition > 0.7", "channel = 'letter'", "spend_90d < -1000000", "leaning is not null"])
    night.policy["rules"].append({"name": "new", "only_when": condition})


@caught_by("every_offer_was_a_candidate")
def an_offer_was_no_candidate(night, draw):
    def change(rows):
        position = draw.randrange(sum(row["status"] == "offered" for row in night.decisions))
        if draw.random() < 0.5:
            rows.pop(position)
        else:
            rows[position]["cost"] += MILLIONTH

    night.change_candidates = change


@caught_by("the_bound_follows_from_its_prices")
def a_better_candidate_was_overlooked(night, draw):
    row = sent(night, draw)
    better = dict(row, channel="letter", value=row["value"] + Decimal(draw.randrange(1, 10**6)).scaleb(-5))
    night.further_candidates.append(better)
