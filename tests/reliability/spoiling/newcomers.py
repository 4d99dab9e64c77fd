"""Groups that stand for somebody whom a model knows, or are promised something else than follows."""

from tests.reliability.spoiling.declaration import caught_by, sent

HEAD = "customers,offer_id,offer_name,channel,value,cost,charge,worth"


def _with_groups(night, further_customers=0):
    """Everybody bought lately, so groups stand for nobody; of new customers the formulas know nothing."""
    usable = [row for row in night.decisions if row["status"] not in ("objector", "quarantined")]
    night.fallbacks = {"attrition": {}}
    night.newcomers = f"{HEAD}\r\n{len(usable) + further_customers},,,,,,,\r\n"


@caught_by("scores_of_groups_follow_from_the_others")
def a_group_stands_for_somebody_whom_the_model_knows(night, draw):
    _with_groups(night)
    night.group_scores = {sent(night, draw)["customer_id"]: {"is_new": draw.choice([True, False]), "attrition": 0.25}}


@caught_by("newcomers_csv_says_what_groups_are_offered")
def newcomers_are_promised_something_else(night, draw):
    _with_groups(night, further_customers=draw.choice([-1, 1]))
    if draw.random() < 0.5:
        night.newcomers = night.newcomers.replace(
            ",,,,,,,", ",gift,A small gift,email,9.000000,1.000000,0.000000,8.000000"
        )
