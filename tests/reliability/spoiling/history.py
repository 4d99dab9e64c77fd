"""Contacts that the past does not allow, or that are not like those of the past."""

from datetime import timedelta

from tests.expectations.audit.drawn.decisions import AS_OF
from tests.reliability.drawn_sets import NIGHTS_BEFORE
from tests.reliability.spoiling.declaration import caught_by, sent


@caught_by("the_contact_policy_is_kept")
def somebody_was_contacted_this_week(night, draw):
    day = AS_OF - timedelta(days=draw.randrange(1, 7))
    night.contacts += f"{sent(night, draw)['customer_id']},old,letter,{day}\n"


@caught_by("the_contact_policy_is_kept")
def two_of_a_household_are_contacted(night, draw):
    first, other = draw.sample([row["customer_id"] for row in night.decisions if row["status"] == "offered"], 2)
    rows = [line for line in night.customers.splitlines() if line.split(",")[0] not in (first, other)]
    night.customers = "\n".join([*rows, f"{first},our home", f"{other},our home"]) + "\n"


@caught_by("combinations_are_kept")
def an_offer_goes_to_who_had_the_one_that_excludes_it(night, draw):
    row = sent(night, draw)
    night.policy["combinations"][0]["never_together"] = [row["offer_id"], "other"]
    night.contacts += f"{row['customer_id']},other,letter,2023-05-0{draw.randrange(1, 10)}\n"


@caught_by("volumes_are_as_usual")
def much_less_is_sent_than_usual(night, draw):
    row = sent(night, draw)
    for ago in range(1, 3 + draw.randrange(3)):
        rows = [dict(row, customer_id=f"y{ago}-{number}") for number in range(200)]
        night.sent_on((AS_OF - timedelta(days=ago)).isoformat(), *rows)
    night.volumes.update(nights=ago)


@caught_by("the_earlier_sets_are_as_committed")
def an_earlier_set_is_not_as_it_was_committed(night, draw):
    day = night.root / (AS_OF - timedelta(days=draw.choice(NIGHTS_BEFORE))).isoformat()
    path = draw.choice([day / "COMMIT.1", day / "set-1" / "SHA256SUMS", day / "set-1" / "decisions.parquet"])
    path.write_bytes(path.read_bytes().replace(b"0", b"1", draw.randrange(3)) + b" ")


@caught_by("the_holdout_has_the_secret_of_earlier_sets")
def the_holdout_is_drawn_by_another_secret(night, draw):
    night.sent_on((AS_OF - timedelta(days=draw.randrange(1, 9))).isoformat(), holdout=draw.randbytes(8).hex())
