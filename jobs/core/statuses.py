"""The statuses of a customer: before anything is computed, and after the decision."""

OPEN, HOLDOUT, OBJECTOR, QUARANTINED = "open", "holdout", "objector", "quarantined"
"""Eligibility statuses, set before anything is computed about a customer; only an open one is considered."""

STATUS_OF_STAGE = {"consent": "no_consent", "contact_policy": "capped", "rules": "ineligible", "value": "no_value"}
"""Stage that blocks a customer's last option -> the customer's status."""

OPTED_OUT = "consent: opted out while the night ran"
"""The reason of a customer whose offer was withdrawn after the plan was made."""

MUST_SEND = "must_send: it goes before all other offers"
"""The reason of a customer who gets an offer that must be sent."""

NO_PLACE = "must_send: {} could not go within the limits"
"""The reason of a customer who should have got one."""

GOES_FIRST, WAITS = "{} goes first", "{} is due as well and waits"
"""What blocks another offer of a customer to whom one must be sent, and a second one that must be."""

STATUSES = {
    "offered": "gets one offer through one channel",
    "control": "would have been offered it, and gets nothing, so that the offer's effect can be measured",
    "not_selected": "had candidates worth their cost; others were worth more under the limits",
    "no_value": "no candidate is worth more than it costs",
    "ineligible": "the rules leave no offer",
    "capped": "the contact policy leaves no room",
    "no_consent": "allowed no channel of an offer",
    "holdout": "never contacted, so that the others can be compared",
    "objector": "objected to everything: neither scored nor contacted",
    "quarantined": "its data broke the contract",
}
"""Status -> meaning, in the order in which reports show them; every customer of the population ends in exactly one."""

LEFT_AFTER = {
    "quarantined": "whose data can be read",
    "objector": "who did not object to everything",
    "holdout": "who may be considered",
    "no_consent": "who allowed a channel",
    "capped": "within the contact policy",
    "ineligible": "within the rules",
    "no_value": "for whom an offer is worth its cost",
    "control": "whose offer is not kept back",
}
"""Status -> who is left when those who ended in it are gone."""
