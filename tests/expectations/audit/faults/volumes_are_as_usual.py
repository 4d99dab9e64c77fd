"""Nights that send much more, or much less, than the ones before; tonight there are two e-mails, one of them a card."""

NIGHTS = ("2024-06-29", "2024-06-30")


def _sent(night, new_decision, contacts, offer="old", *, channel="email", nights=NIGHTS):
    """So many contacts on each of the nights before, to customers of long ago."""
    for day in nights:
        rows = [new_decision(f"x{number}", "offered", offer, channel, "5", "1") for number in range(contacts)]
        night.sent_on(day, *rows)


def a_channel_falls_silent(night, new_decision):
    """channel email: 2 contacts, and 7 are usual"""
    _sent(night, new_decision, 7)


def an_offer_is_hardly_sent(night, new_decision):
    """offer card: 2 contacts, and 7 are usual"""
    _sent(night, new_decision, 7, "card", channel="letter")


def nobody_gets_what_everybody_gets(night, new_decision):
    """offer loan: 0 contacts, and 7 are usual"""
    night.offers.append(dict(night.offers[0], id="loan"))
    _sent(night, new_decision, 7, "loan", channel="letter")


def a_channel_is_flooded(night, new_decision):
    """channel email: 2 contacts, and 1 are usual"""
    night.volumes.update(min_contacts=2, min_nights=1, nights=1, max_factor=1.5)
    _sent(night, new_decision, 1, nights=NIGHTS[:1])


def the_median_of_an_even_number_of_nights(night, new_decision):
    """channel email: 2 contacts, and 7.5 are usual"""
    _sent(night, new_decision, 7, nights=NIGHTS[:1])
    _sent(night, new_decision, 8, nights=NIGHTS[1:])


def only_the_last_nights_count(night, new_decision):
    """channel email: 2 contacts, and 7 are usual"""
    night.volumes["nights"] = 2
    _sent(night, new_decision, 2, nights=("2024-06-26", "2024-06-27", "2024-06-28"))
    _sent(night, new_decision, 7)


def a_limit_of_another_channel_excuses_nothing(night, new_decision):
    """channel email: 2 contacts, and 7 are usual"""
    where = {"channel": ["sms"]}
    night.policy["limits"].append(
        {"name": "texts", "count": "contacts", "where": where, "max": 9, "valid_from": "2024-07-01"}
    )
    _sent(night, new_decision, 7)
