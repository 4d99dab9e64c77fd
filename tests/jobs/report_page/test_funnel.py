"""Where offers are lost, against a count that goes through every customer by itself."""

import random
from collections import Counter
from datetime import date

import pytest

from jobs.candidates import bitset
from jobs.candidates.layout import STAGES
from jobs.core.statuses import STATUS_OF_STAGE
from jobs.report_page import funnel
from jobs.report_page.funnel import ELSEWHERE, offer_funnels

AS_OF = date(2024, 7, 1)
AMOUNTS = {"value": "bigint", "cost": "bigint"}
TABLES = {
    "exclusions": """
        customer_id | offer_id | channel | stage          | reason
        ann         | loan     | email   | rules          | adults
        ann         | loan     | letter  | consent        | no consent for letter
        ann         | loan     | letter  | rules          | adults
        bob         | card     | email   | contact_policy | weekly
        bob         | card     | letter  | contact_policy | weekly
        bob         | loan     | letter  | value          | its cost is below zero
        cat         | card     | letter  | consent        | no consent for letter
    """,
    "candidates": """
        customer_id | offer_id | channel | value | cost
        ann         | card     | email   | 9     | 2      # is sent
        ann         | card     | letter  | 8     | 2
        bob         | loan     | email   | 3     | 2      # the limits held it back
        cat         | card     | email   | 2     | 2      # worth nothing
        cat         | loan     | email   | 5     | 2      # opted out while the night ran
        dan         | card     | email   | 5     | 2      # gets the loan
        dan         | loan     | email   | 9     | 2
    """,
    "decisions": """
        customer_id | status       | offer_id
        ann         | offered      | card
        bob         | not_selected |
        cat         | no_consent   |
        dan         | offered      | loan
        eve         | objector     |
    """,
}


@pytest.fixture
def counted(night, frame, rows, lay_exclusions):
    """The funnels of a night that left these tables."""

    def count(tables):
        context = night(AS_OF)
        for name in ("candidates", "decisions"):
            context.lake.write(frame(tables[name], **AMOUNTS), name, AS_OF)
        passed = [(row["offer_id"], row["channel"]) for row in rows(tables["candidates"])]
        open_ones = [row["customer_id"] for row in rows(tables["decisions"]) if row["status"] != "objector"]
        lay_exclusions(context.lake, AS_OF, rows(tables["exclusions"]), open_ones, passed)
        return {row.offer_id: row for row in offer_funnels(context)}

    return count


def test_every_open_customer_ends_in_one_way_for_every_offer(counted):
    funnels = counted(TABLES)
    assert dict(funnels["card"].ends) == {"offered": 1, "capped": 1, "no_consent": 1, ELSEWHERE: 1}
    assert dict(funnels["loan"].ends) == {"ineligible": 1, "not_selected": 1, "no_consent": 1, "offered": 1}


def test_reasons_count_only_where_no_channel_passed_and_a_customer_once(counted):
    funnels = counted(TABLES)
    assert funnels["card"].reasons == [("contact policy: weekly", 1)]  # cat's letter does not count: its e-mail passed
    assert funnels["loan"].reasons == [("consent: no consent for letter", 1), ("rules: adults", 1)]


def table(header, rows):
    return "\n".join(" | ".join(str(cell) for cell in row) for row in (header, *rows))


def judged_night(draw, customers=40):
    """Random blocks, candidates and a decision that fits them."""
    blocked, candidates, decisions = [], [], []
    for customer in (f"c{number}" for number in range(customers)):
        of_pair = []
        for offer in ("card", "loan", "trip"):
            for channel in ("email", "letter"):
                blocks = {(draw.choice(STAGES), f"r{draw.randrange(5)}") for _ in range(draw.choice((0, 1, 2)))}
                blocked += [(customer, offer, channel, *block) for block in sorted(blocks)]
                of_pair += [] if blocks else [(customer, offer, channel, draw.randrange(4), 2)]
        candidates += of_pair
        worth = [candidate for candidate in of_pair if candidate[3] > candidate[4]]
        status = draw.choice(("offered", "not_selected", "no_consent")) if worth else "no_value"
        decisions.append((customer, status, draw.choice(worth)[1] if status == "offered" else ""))
    return blocked, candidates, decisions


def naive(blocked, candidates, decisions, offer):
    """The same counts, one customer after the other."""
    ends, reasons = Counter(), Counter()
    for customer, status, sent in decisions:
        blocks = [row[2:] for row in blocked if row[:2] == (customer, offer)]
        nets = [
            value - cost
            for customer_id, other, _, value, cost in candidates
            if (customer_id, other) == (customer, offer)
        ]
        if not nets:
            ranks = [
                min(STAGES.index(stage) for at, stage, _ in blocks if at == ch) for ch in {at for at, *_ in blocks}
            ]
            ends[STATUS_OF_STAGE.get(STAGES[max(ranks)], ELSEWHERE)] += 1
            reasons.update({f"{stage.replace('_', ' ')}: {reason}" for _, stage, reason in blocks})
        elif sent == offer:
            ends["offered"] += 1
        elif status == "no_consent" or max(nets) <= 0:
            ends["no_consent" if status == "no_consent" else "no_value"] += 1
        else:
            ends[ELSEWHERE if sent else "not_selected"] += 1
    return ends, sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize("bits", [63, 4])
def test_random_nights_are_counted_as_by_hand(counted, monkeypatch, bits):
    monkeypatch.setattr(bitset, "BITS", bits)  # four options a word: several words
    monkeypatch.setattr(funnel, "TOP_REASONS", 100)
    blocked, candidates, decisions = judged_night(random.Random(11))
    funnels = counted(
        {
            "exclusions": table(("customer_id", "offer_id", "channel", "stage", "reason"), blocked),
            "candidates": table(("customer_id", "offer_id", "channel", "value", "cost"), candidates),
            "decisions": table(("customer_id", "status", "offer_id"), decisions),
        }
    )
    for offer in ("card", "loan", "trip"):
        ends, reasons = naive(blocked, candidates, decisions, offer)
        assert funnels[offer].ends == ends
        assert funnels[offer].ends.total() == len(decisions)
        assert funnels[offer].reasons == reasons
