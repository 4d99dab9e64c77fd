"""Offers that nobody may make tonight."""


def an_offer_ended_yesterday(night):
    """decisions with an offer that is unknown, out of its dates, or in a wrong channel"""
    night.offers[1]["valid_from"] = night.offers[1]["valid_to"] = "2024-06-30"


def an_offer_begins_tomorrow(night):
    """decisions with an offer that is unknown, out of its dates, or in a wrong channel"""
    night.offers[1]["valid_from"] = night.offers[1]["valid_to"] = "2024-07-02"


def an_offer_goes_through_a_channel_that_is_not_its_own(night):
    """decisions with an offer that is unknown, out of its dates, or in a wrong channel"""
    night.offers[0]["channels"] = "email"


def nobody_knows_the_offer(night):
    """decisions with an offer that is unknown, out of its dates, or in a wrong channel"""
    night.limit("gifts").update(min=0)
    night.of("007")["offer_id"] = "yacht"
