"""Caps count calendar days of the deployment's zone: the edges where hours and days part ways."""

from datetime import date

import pytest

from jobs.candidates.contact_caps import blocked_by_caps
from jobs.candidates.contact_history import contacts_before, responses_before

SOURCES = """\
customers: {path: HERE/customers, format: csv, columns: {customer_id: id}}
contacts:
  path: HERE/contacts
  format: csv
  time_zone: UTC
  columns: {customer_id: who, offer_id: what, channel: through, contacted_at: at}
"""
POLICY = """\
value: {cross_sell: "1", retention: "1"}
contact_policy: [{name: cap, max_contacts: MAX, days: DAYS}]
"""

# In New York the day of 10 March 2024 has 23 hours (clocks go from 2 to 3) and that of 3 November has 25.
EDGES = [
    # as_of        days max  contacts in UTC                                       is closed, because
    ("2024-08-01", 2, 1, ["2024-07-31 12:00"], True),  #                           31 July is the day before 1 August
    ("2024-08-01", 1, 1, ["2024-07-31 12:00"], False),  #                          a window of one day is tonight alone
    ("2024-08-01", 2, 1, ["2024-08-01 03:59"], True),  #                           23:59 on 31 July in New York
    ("2024-08-01", 2, 1, ["2024-07-31 03:59"], False),  #                          23:59 on 30 July
    ("2024-08-01", 1, 1, ["2024-08-01 04:00"], False),  #                          tonight's own morning is not history
    ("2024-03-11", 2, 1, ["2024-03-10 05:00"], True),  #                           midnight as the short day begins
    ("2024-03-11", 2, 1, ["2024-03-10 04:59"], False),  #                          a minute before it
    ("2024-03-11", 2, 1, ["2024-03-11 03:59"], True),  #                           its last minute: the day had 23 hours
    ("2024-11-04", 2, 1, ["2024-11-03 04:00"], True),  #                           midnight as the long day begins
    ("2024-11-04", 2, 1, ["2024-11-04 04:59"], True),  #                           its last minute, 25 hours on
    ("2024-03-01", 2, 1, ["2024-02-29 12:00"], True),  #                           a leap day is a day
    ("2024-03-01", 3, 1, ["2024-02-27 12:00"], False),  #                          28 and 29 February lie between
    ("2024-01-01", 7, 2, ["2023-12-26 12:00", "2023-12-31 12:00"], True),  #       the window's first day, a year before
    ("2024-01-01", 7, 2, ["2023-12-25 12:00", "2023-12-31 12:00"], False),  #      the day before it
    ("2024-01-01", 7, 2, ["2023-12-31 12:00", "2023-12-31 13:00"], True),  #       two in one day are two
    ("2024-01-01", 7, 3, ["2023-12-31 12:00", "2023-12-31 13:00"], False),
]  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_a_window_of_calendar_days_is_full_or_not(night, tmp_path, edge):
    as_of, days, most, contacts, expected = edge
    lines = [f"ann,card,email,{at}:00" for at in contacts]
    (tmp_path / "contacts").write_text("\n".join(["who,what,through,at", *lines]) + "\n")
    day = date.fromisoformat(as_of)
    context = night(
        day,
        "deployment.time_zone=America/New_York",
        sources=SOURCES.replace("HERE", str(tmp_path)),
        policy=POLICY.replace("MAX", str(most)).replace("DAYS", str(days)),
    )
    household, objective = "customer_id as household_id", "cast(null as string) as objective"
    sent = contacts_before(context, day).selectExpr("*", household, objective)
    answers = responses_before(context, day).selectExpr("*", household, objective)
    rules = context.settings.policy.contact_rules_on(day)
    assert bool(blocked_by_caps(rules, sent, answers, day).collect()) is expected
