"""Customers: each is decided once, and nobody is contacted who must not be.

Nobody may be scored who had refused every contact when the night began. The list of consents of that time says so,
where it was kept. Otherwise the newest list does, by its answers from before the date, since a later list may have
come while the night ran. Whoever objects later may have been scored, but is contacted by nobody: the check of consent
uses the newest list.
"""

from collections import Counter
from collections.abc import Iterator

from expectations.audit.answers import allows, answers_of, is_objector, objectors_when_planned
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import FOR_HOLDOUT, is_drawn
from expectations.audit.people import customers_in

OF_AN_OFFER = ("offer_id", "channel", "value", "cost", "net_value", "probability", "chosen_by")
HAVE_AN_OFFER = {"offered", "control"}
STATUSES = HAVE_AN_OFFER | {
    "not_selected", "no_value", "ineligible", "capped", "no_consent", "holdout", "objector", "quarantined"
}  # fmt: skip
BEFORE_HOLDOUT = {"holdout", "objector", "quarantined"}
"""What a customer drawn into the holdout may be called: the two others are decided before the draw."""


def every_customer_has_one_decision(evidence: Evidence) -> Iterator[Breach]:
    """The decisions are of the customers in the raw table, each once.

    Reads: decisions, raw customers.
    """
    decided = Counter(row["customer_id"] for row in evidence.decisions)
    twice = sum(count > 1 for count in decided.values())
    if twice:
        yield Breach("population", "customers with more than one decision", twice)
    customers = {str(customer) for (customer,) in evidence.customers.rows("customer_id")}
    if customers - decided.keys():
        yield Breach("population", "customers without a decision", len(customers - decided.keys()))
    strangers = len(decided.keys() - customers)
    if strangers:
        yield Breach("population", "decisions about customers that the table does not have", strangers)


def only_an_offer_has_an_offer(evidence: Evidence) -> Iterator[Breach]:
    """A row with an offer is complete, any other has no offer; each has a known status and reasons.

    Reads: decisions.
    """
    unknown = sum(row["status"] not in STATUSES for row in evidence.decisions)
    if unknown:
        yield Breach("decisions", "rows with a status that does not exist", unknown)
    bad = sum(
        any((row[name] is None) == (row["status"] in HAVE_AN_OFFER) for name in OF_AN_OFFER)
        for row in evidence.decisions
    )
    if bad:
        yield Breach("decisions", "rows whose status and columns disagree", bad)
    silent = sum(not row["reasons"] for row in evidence.decisions)
    if silent:
        yield Breach("decisions", "rows without a reason", silent)


def nobody_is_contacted_without_consent(evidence: Evidence) -> Iterator[Breach]:
    """For every offer the newest answers for its channel, or for all, and for its topic are yes; objectors get none.

    Reads: decisions, raw consents.
    """
    answers = answers_of(evidence, evidence.consents)
    default = evidence.unknown_consent_is_allowed
    refused = objectors = 0
    for row in evidence.offered:
        of_customer = answers.get(row["customer_id"], {})
        objectors += is_objector(of_customer)
        topic = evidence.topic_of(row["offer_id"])
        refused += not allows(of_customer, row["channel"], topic, unknown_is_allowed=default)
    if objectors:
        yield Breach("consent", "offers to customers who object to every contact", objectors)
    if refused:
        yield Breach("consent", "offers through a channel the customer did not allow", refused)


def no_objector_was_scored(evidence: Evidence) -> Iterator[Breach]:
    """Features, scores and candidates hold nobody who had refused every contact when the night began.

    Reads: raw consents, the lake's features, scores and candidates.
    """
    objectors = objectors_when_planned(evidence)
    for folder in [*evidence.scored_folders, evidence.candidates_folder] if objectors else ():
        scored = len(set(customers_in(folder, among=objectors)))
        if scored:
            yield Breach("consent", f"{folder.parent.name}: customers who object to every contact", scored)


def the_holdout_is_left_alone(evidence: Evidence) -> Iterator[Breach]:
    """Customers drawn into the holdout are called so and not contacted; nobody else is called so.

    Reads: decisions, raw customers, policy, salt.
    """
    drawn = _drawn(evidence)
    sent = sum(row["customer_id"] in drawn for row in evidence.offered)
    if sent:
        yield Breach("holdout", "offers to customers of the holdout", sent)
    others = [row for row in evidence.decisions if row["status"] != "offered"]
    astray = sum(row["customer_id"] in drawn and row["status"] not in BEFORE_HOLDOUT for row in others)
    if astray:
        yield Breach("holdout", "customers of the holdout who were considered", astray)
    false = sum(row["status"] == "holdout" and row["customer_id"] not in drawn for row in others)
    if false:
        yield Breach("holdout", "customers called holdout who were not drawn", false)


def _drawn(evidence: Evidence) -> set[str]:
    """The holdout, drawn again; nobody where the policy has none.

    Raises:
        ValueError: the policy has one and the salt is not given.
    """
    holdout = evidence.policy.get("holdout")
    if not holdout:
        return set()
    if not evidence.holdout_salt:
        raise ValueError("a holdout cannot be drawn again without its salt")
    per_household = holdout.get("per") == "household"
    units = {customer: home if per_household else customer for customer, home in evidence.household_of.items()}
    is_held_out = is_drawn([*units.values()], share=holdout["share"], salt=evidence.holdout_salt, purpose=FOR_HOLDOUT)
    return {customer for customer, is_held in zip(units, is_held_out, strict=True) if is_held}
