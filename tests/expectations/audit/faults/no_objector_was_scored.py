"""Eve objected to everything in January; Cid does so as the tests say."""


def an_objector_has_features_and_scores(night):
    """features: customers who object to every contact
    propensities: customers who object to every contact
    """
    night.further_scored = ["eve"]


def an_objector_was_a_candidate(night):
    """candidates: customers who object to every contact"""
    night.further_candidates = [dict(night.of("bob"), customer_id="eve", value=0, cost=1, net_value=-1)]


def an_objection_of_the_day_before_counts(night):
    """features: customers who object to every contact
    propensities: customers who object to every contact
    """
    night.consents += "cid,*,false,2024-06-30 23:59\n"


def an_objection_without_a_date_counts(night):
    """features: customers who object to every contact
    propensities: customers who object to every contact
    """
    night.consents += "cid,*,false,\n"
