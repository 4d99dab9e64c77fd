"""Customers who are left out, or called so, and had not to be."""

from decimal import Decimal

from tests.reliability.spoiling.declaration import LEFT_OUT, caught_by, not_sent, sent

NOTHING = dict.fromkeys(("offer_id", "channel", "value", "cost", "net_value", "probability", "chosen_by"))


def _forgotten(night, rows, status):
    """As a night would that never looked at these customers: no candidates, no offers, and reasons that agree."""
    names = {row["customer_id"] for row in rows}
    night.further_candidates += [dict(row) for row in rows]
    night.change_candidates = lambda candidates: [
        candidates.remove(row) for row in list(candidates) if row["customer_id"] in names
    ]
    for row in rows:
        row.update(NOTHING, status=status, reasons=[status])


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def a_yes_is_read_as_a_no_for_every_second_customer(night, draw):
    _forgotten(night, [row for row in night.decisions if row["status"] == "offered"][::2], "no_consent")


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def a_cap_is_counted_twice(night, draw):
    row = sent(night, draw)
    night.policy["contact_policy"][0]["max_contacts"] = 2
    night.contacts += f"{row['customer_id']},old,letter,2024-06-28\n"
    _forgotten(night, [row], "capped")


@caught_by("as_many_must_sends_go_as_the_limits_allow", LEFT_OUT)
def nobody_counted_what_must_be_sent(night, draw):
    draw.choice(night.offers)["must_send"] = "true"


@caught_by("as_many_must_sends_go_as_the_limits_allow", LEFT_OUT)
def what_need_not_be_sent_is_counted_as_a_must_send(night, draw):
    night.must_be_sent(due=draw.randrange(1, 5), planned=0, at_most=draw.randrange(5))


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def an_ineligibility_is_invented(night, draw):
    _forgotten(night, [sent(night, draw)], draw.choice(["ineligible", "no_value"]))


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def an_objector_is_invented(night, draw):
    not_sent(night, draw).update(status="objector", reasons=["objector"])


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def somebody_is_said_to_be_quarantined(night, draw):
    not_sent(night, draw).update(status="quarantined", reasons=["quarantined"])


@caught_by("who_was_left_out_had_to_be", LEFT_OUT)
def a_status_is_swapped(night, draw):
    row = not_sent(night, draw)
    row["status"] = draw.choice(sorted({"no_consent", "capped", "ineligible", "no_value"} - {row["status"]}))


@caught_by("the_candidates_follow_from_the_raw_rows", LEFT_OUT)
def half_of_the_candidates_are_dropped(night, draw):
    night.change_candidates = lambda rows: [rows.remove(row) for row in list(rows)[::2]]


@caught_by("the_candidates_follow_from_the_raw_rows", LEFT_OUT)
def a_candidate_has_other_facts(night, draw):
    def change(rows):
        name = draw.choice(["value", "cost"])
        row = draw.choice(rows)
        row[name] = Decimal(row[name]) + draw.choice([1, 7]) * Decimal("0.000001")

    night.change_candidates = change


@caught_by("the_reasons_follow", LEFT_OUT)
def a_reason_is_another(night, draw):
    row = draw.choice(night.decisions)
    row["reasons"] = draw.choice([["rules: no"], ["best of 7 candidates under the limits"], ["offered ", "holdout"]])


@caught_by("choices_are_called_what_they_are", LEFT_OUT)
def a_choice_is_called_otherwise(night, draw):
    sent(night, draw)["chosen_by"] = draw.choice(["exploration", "control"])


@caught_by("choices_are_called_what_they_are", LEFT_OUT)
def a_probability_is_none(night, draw):
    sent(night, draw)["probability"] = draw.choice([-0.5, 1.5, float("nan"), float("inf")])
