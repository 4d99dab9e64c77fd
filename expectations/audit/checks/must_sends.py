"""Must-sends: as many go as the limits allow, and who gets another offer has none to come first.

That whoever must get an offer has the candidates of it alone, and what is said of those who did not get it, belongs to
the checks of who was left out.
"""

from collections.abc import Iterator

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import left_to_the_plan
from expectations.audit.must_sends import MUST_SEND, most_that_go, must_sends_on
from expectations.audit.periods import limits_of_the_night

OPTED_OUT = "consent: opted out while the night ran"


def as_many_must_sends_go_as_the_limits_allow(evidence: Evidence) -> Iterator[Breach]:
    """Their number is stated with a bound that the published prices prove, and so many are sent.

    Where the time ran out, the bound may be above the number, and the manifest says both.

    Reads: decisions, proof, the lake's candidates, policy, offers.csv, manifest.
    """
    offers, stated = must_sends_on(evidence), evidence.proof.get(MUST_SEND)
    plan = evidence.manifest["plan"].get(MUST_SEND)
    if not offers or stated is None:
        if offers or stated is not None or plan is not None:
            yield Breach("must-sends", "numbers of must-sends without offers that must be sent, or the reverse", 1)
        return
    table, demands = left_to_the_plan(evidence)
    due = set(table["customer_id"].filter(table[MUST_SEND]).to_pylist())
    sent = sum(row["offer_id"] in offers for row in evidence.offered)
    withdrawn = sum(row["customer_id"] in due and OPTED_OUT in (row["reasons"] or ()) for row in evidence.decisions)
    said = {"due": stated["due"], "sent": sent, "at_most": stated["at_most"]}
    if plan != said:
        yield Breach("must-sends", "the manifest does not say how many are due, sent and possible", 1)
    if stated["due"] != len(due):
        yield Breach("must-sends", "another number of customers to whom one must go", abs(stated["due"] - len(due)))
    if not stated["planned"] - withdrawn <= sent <= stated["planned"]:
        yield Breach("must-sends", "another number that is sent than was planned", abs(stated["planned"] - sent) or 1)
    most = most_that_go(table, [*limits_of_the_night(evidence), *demands], evidence.proof)
    if most is None or max(most, stated["planned"]) > stated["at_most"]:
        yield Breach("must-sends", "the prices do not prove that no plan sends more", 1)
