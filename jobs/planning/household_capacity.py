"""How many members of a household may get an offer in one night."""

from datetime import date

from conf.contact_policy import ContactRule
from conf.settings import Settings

HOUSEHOLD_CAPACITY = "household_capacity"
"""The column of candidates that says it, where it differs between households."""


def household_caps_on(settings: Settings, as_of: date) -> list[ContactRule]:
    """The caps in force that count households."""
    rules = settings.contact_rules_on(as_of)
    return [rule for rule in rules if rule.per == "household" and isinstance(rule.max_contacts, int)]


def max_per_household_on(settings: Settings, as_of: date) -> int | str | None:
    """How many, or the column that says it for each household; None where no cap counts households.

    Where the narrowest cap allows one contact and leaves no offer out, it is one: the contact policy has blocked the
    households that may get none.
    """
    caps = household_caps_on(settings, as_of)
    if not caps:
        return None
    is_one = most_of(caps) == 1 and not any(cap.excepted for cap in caps)
    return 1 if is_one else HOUSEHOLD_CAPACITY


def most_of(caps: list[ContactRule]) -> int:
    """What a household may get of which nobody was contacted; a cap of nothing blocks its offers anyhow."""
    return min((most for cap in caps if isinstance(most := cap.max_contacts, int) and most > 0), default=1)
