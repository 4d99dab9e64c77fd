"""What must not alarm: as much is sent as is usual, or nobody can say what is."""

from dataclasses import replace

import pytest

from expectations.audit import audit


def _sent_before(night, new_decision, contacts, offer="old", nights=("2024-06-28", "2024-06-29", "2024-06-30")):
    rows = [new_decision(f"x{number}", "offered", offer, "email", "5", "1") for number in range(contacts)]
    for day in nights:
        night.sent_on(day, *rows)


@pytest.mark.parametrize(
    "contacts", [1, 2, 6]
)  # tonight there are two e-mails: not above three times, nor below a third
def test_a_volume_within_the_factor_is_usual(night, new_decision, contacts):
    _sent_before(night, new_decision, contacts)
    assert audit(night.evidence()) == []


@pytest.mark.parametrize(
    "setting", [{"min_nights": 4}, {"min_contacts": 100}, {"acknowledged": ["2024-07-01"]}], ids=min
)
def test_an_unusual_volume_that_is_too_new_too_small_or_acknowledged(night, new_decision, setting):
    _sent_before(night, new_decision, 90)
    evidence = night.evidence()
    assert {breach.check for breach in audit(evidence)} == {"volumes"}
    assert audit(replace(evidence, volumes=night.volumes | setting)) == []


@pytest.mark.parametrize(
    "part",
    [
        {
            "limits": {
                "name": "once",
                "count": "contacts",
                "where": {"channel": ["email"]},
                "max": 2,
                "valid_from": "2024-07-01",
            }
        },
        {"limits": {"name": "all", "sum": "cost", "max": 5, "valid_to": "2024-06-30"}},
        {"rules": {"name": "rush", "only_when": "1 > 2", "channels": ["email"], "valid_to": "2024-06-30"}},
        {
            "contact_policy": {
                "name": "weekly",
                "max_contacts": 9,
                "days": 7,
                "exceptions": [{"between": ["2024-06-01", "2024-06-30"]}],
            }
        },
    ],
    ids=min,
)
def test_nights_under_another_dated_part_of_the_policy_are_not_compared(night, new_decision, part):
    _sent_before(night, new_decision, 90)
    for name, value in part.items():
        night.policy.setdefault(name, []).append(value)
    assert audit(night.evidence()) == []


def test_an_offer_that_ended_and_one_that_begins_are_no_alarm(night, new_decision):
    night.offers.append(dict(night.offers[0], id="loan", valid_to="2024-06-30"))
    night.sent_on("2024-06-27", *(new_decision(f"x{n}", "offered", "loan", "letter", "5", "1") for n in range(90)))
    _sent_before(night, new_decision, 2, "loan")
    night.volumes["min_contacts"] = 1  # the gift is sent for the first time
    assert audit(night.evidence()) == []
