"""The reasons that a drawn night gives, where a test does not say them."""

from datetime import date

from tests.expectations.audit.drawn.decisions import AS_OF
from tests.expectations.audit.drawn.report import STATUSES

FIRST = {
    "not_selected": ["limits: other customers were worth more under the limits"],
    "no_value": ["value: no candidate is worth more than it costs"],
}
CHOSEN = {
    "plan": "best of {} candidates under the limits",
    "exploration": "exploration: drawn at random, one of {} candidates",
    "control": "control: this offer was the best of {} candidates and is kept back to learn its effect",
}


def fill_reasons(night) -> None:
    """Put the true reasons where a row has its status alone: by consent, and by whether it has candidates."""
    for row in night.decisions:
        if row["reasons"] and len(row["reasons"]) == 1 and row["reasons"][0] in STATUSES:
            is_judged = row["status"] not in ("objector", "holdout", "quarantined")
            row["reasons"] = [*_reasons(night, row), *_note(night, row)] if is_judged else [row["status"]]


def _note(night, row: dict) -> list[str]:
    """That a score is that of the group, of whom it is."""
    facts = night.group_scores.get(row["customer_id"])
    return ["scores: nothing is known of this customer yet; of its group: attrition"] if facts else []


def _reasons(night, row: dict) -> list[str]:
    count = len({key for key in _candidates(night) if key[0] == row["customer_id"]})
    if row["status"] == "offered" and _must_be_sent(night, row["offer_id"]):
        return ["must_send: it goes before all other offers"]
    if row["status"] in ("offered", "control"):
        return [CHOSEN.get("control" if row["status"] == "control" else row["chosen_by"], "").format(count)]
    reasons = FIRST.get(row["status"], []) if count else []
    refused = [channel for channel in _channels(night) if not _allows(night, row["customer_id"], channel)]
    blocks = [f"consent: no consent for {channel}" for channel in refused]
    if len(refused) < len(_channels(night)):
        blocks.append("value: its value or cost is not known")
    return [*reasons, *sorted(blocks)]


def _must_be_sent(night, offer_id: str) -> bool:
    return any(offer["id"] == offer_id and offer.get("must_send") for offer in night.offers)


def _candidates(night) -> list[tuple]:
    rows = [row for row in night.decisions if row["status"] in ("offered", "control")] + night.further_candidates
    return [(row["customer_id"], row["offer_id"], row["channel"]) for row in rows]


def _channels(night) -> list[str]:
    """Those of the offers of the date."""
    days = [tuple(date.fromisoformat(offer[name]) for name in ("valid_from", "valid_to")) for offer in night.offers]
    valid = [offer for offer, (first, last) in zip(night.offers, days, strict=True) if first <= AS_OF <= last]
    return sorted({channel for offer in valid for channel in offer["channels"].split()})


def _allows(night, customer: str, channel: str) -> bool:
    """By the newest answer about the channel, else about all; of two of a day the no."""
    for about in (channel, "*"):
        lines = [line.split(",") for line in (night.consents or "").splitlines()]
        answers = [(day[:10], answer != "true") for who, what, answer, day in lines if (who, what) == (customer, about)]
        if answers:
            return not max(answers)[1]
    return night.consents is None
