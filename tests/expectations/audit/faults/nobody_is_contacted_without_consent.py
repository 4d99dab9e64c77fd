"""Offers to people who did not allow them."""


def nobody_asked_the_customer(night):
    """offers through a channel the customer did not allow"""
    night.consents = night.consents.replace("007,email", "007,sms")


def the_newest_answer_is_no(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,false,2024-03-01\n"


def the_newest_answer_is_no_though_its_stamp_is_written_otherwise(night):
    """offers through a channel the customer did not allow"""
    night.consents += (
        "bob,sms,true,2024-03-01T00:00:00+00:00\nbob,sms,false,2024-03-01 09:00\n"  # a blank sorts before T
    )


def of_two_answers_as_new_one_is_no(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,false,2024-02-01\n"


def the_newest_answer_is_no_in_another_spelling(night):
    """offers through a channel the customer did not allow"""
    night.consents += "\u200bBOB ,\uff33ms,false,2024-03-01\n"


def a_no_is_of_the_day_of_the_yes(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,false,2024-03-01\nbob,sms,true,2024-03-01 10:00\n"


def a_yes_of_the_future_is_newer_than_the_no(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,false,2024-03-01\nbob,sms,true,2999-03-01\n"


def a_no_is_for_a_channel_that_nobody_knows(night):
    """offers to customers who object to every contact"""
    night.consents += "bob,texting,false,2024-07-01\n"


def an_answer_cannot_be_read(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,perhaps,2024-03-01\n"


def a_refusal_has_no_date(night):
    """offers through a channel the customer did not allow"""
    night.consents += "bob,sms,false,\n"


def a_permission_has_no_date(night):
    """offers through a channel the customer did not allow"""
    night.consents = night.consents.replace("bob,sms,true,2024-02-01", "bob,sms,true,?")


def the_customer_allowed_another_channel_only(night):
    """offers through a channel the customer did not allow"""
    night.consents += "ann,email,false,2024-01-01\n"


def who_objected_while_the_night_ran_gets_a_text_that_an_older_answer_allows(night):
    """offers to customers who object to every contact"""
    night.consents += "bob,*,false,2024-07-01\n"


def there_is_no_list_at_all(night):
    """offers through a channel the customer did not allow"""
    night.consents = None


def a_topic_was_refused(night):
    """offers through a channel the customer did not allow"""
    night.answers_have_topics("bob,sms,false,2024-01-01,Cross_Sell")


def a_topic_was_refused_through_all_channels(night):
    """offers through a channel the customer did not allow"""
    night.answers_have_topics("bob,*,false,2024-03-01,cross_sell", "bob,sms,true,2024-04-01,*")


def a_no_is_for_a_topic_that_nobody_knows(night):
    """offers through a channel the customer did not allow"""
    night.answers_have_topics("bob,sms,false,2024-03-01,cross selling")


def a_yes_about_a_topic_does_not_undo_a_no_about_all(night):
    """offers through a channel the customer did not allow"""
    night.answers_have_topics("bob,sms,false,2024-03-01,", "bob,sms,true,2024-04-01,cross_sell")


def the_yes_is_about_another_topic(night):
    """offers through a channel the customer did not allow"""
    night.consents = night.consents.replace("007,email,true,2024-01-01\n", "")
    night.answers_have_topics("007,email,true,2024-01-01,cross_sell")  # and he gets a gift


def the_offer_has_a_topic_of_its_own_that_was_refused(night):
    """offers through a channel the customer did not allow"""
    night.offers[0]["topic"] = "cards"
    night.answers_have_topics("bob,sms,false,2024-03-01,CARDS")
    refused = ("email about cards", "email about loyalty", "sms about cards")
    night.of("cid")["reasons"] = [f"consent: no consent for {subject}" for subject in refused]
