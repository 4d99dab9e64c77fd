"""Scores of groups that no group has."""


def a_rate_is_a_millionth_too_high(night):
    """attrition: customers whose score is not that of their group"""
    night.groups_stand_for_the_unknown()
    night.group_scores["cid"]["attrition"] = 0.28889


def a_rate_is_not_shrunk(night):
    """attrition: customers whose score is not that of their group"""
    night.groups_stand_for_the_unknown()
    night.group_scores["cid"]["attrition"] = 0.25


def a_rate_is_that_of_another_group(night):
    """attrition: customers whose score is not that of their group"""
    night.groups_stand_for_the_unknown()
    night.group_scores["dora"]["attrition"] = 0.483333


def a_rate_is_forgotten(night):
    """attrition: customers whose score is not that of their group"""
    night.groups_stand_for_the_unknown()
    night.group_scores["dora"]["attrition"] = None


def a_new_customer_has_no_score_of_a_group(night):
    """customers with scores of their group who should have none, or without"""
    night.groups_stand_for_the_unknown()
    del night.group_scores["dora"]


def a_customer_whom_the_model_knows_is_scored_by_the_group(night):
    """customers with scores of their group who should have none, or without"""
    night.groups_stand_for_the_unknown()
    night.group_scores["bob"] = {"is_new": False, "attrition": 0.288889}


def a_new_customer_is_not_called_new(night):
    """customers who are called new and are not, or the other way round"""
    night.groups_stand_for_the_unknown()
    night.group_scores["dora"]["is_new"] = False
