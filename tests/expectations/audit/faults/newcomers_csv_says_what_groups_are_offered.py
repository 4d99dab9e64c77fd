"""Newcomers who are promised something else than follows."""


def _changed(night, old, new):
    night.groups_stand_for_the_unknown()
    assert old in night.newcomers
    night.newcomers = night.newcomers.replace(old, new)


def a_group_is_promised_another_offer(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "4,card,Golden card", "4,gift,A small gift")


def a_group_is_promised_the_channel_that_comes_second(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "1,card,Golden card,email", "1,card,Golden card,sms")


def what_limits_pay_is_not_counted(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "-0.500000,4.333330", "0.000000,3.833330")


def a_worth_is_a_millionth_too_high(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "2.388890", "2.388891")


def a_group_has_more_customers(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, ",4,card", ",5,card")


def a_group_is_left_out(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "1.0,1,card,Golden card,email,4.833330,1.000000,-0.500000,4.333330\r\n", "")


def rates_of_groups_are_not_shrunk(night):
    """groups of which newcomers.csv says something else than follows"""
    _changed(night, "2.888890,1.000000,-0.500000,2.388890", "2.500000,1.000000,-0.500000,2.000000")
