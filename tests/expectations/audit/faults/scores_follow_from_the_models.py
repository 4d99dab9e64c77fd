"""Scores that their models do not say: attrition is a quarter, Cid has not bought and has none."""

import dataclasses

from expectations.audit import fresh_process


def a_score_is_a_millionth_too_high(night):
    """attrition: customers whose score is not what its model says"""
    night.scores["ann"] = {"attrition": 0.250001}


def somebody_is_scored_of_whom_the_model_says_nothing(night):
    """attrition: customers whose score is not what its model says"""
    night.scores["cid"] = {"attrition": 0.25}


def somebody_is_not_scored(night):
    """attrition: customers whose score is not what its model says"""
    night.scores["ann"] = {"attrition": None}


def a_category_is_scored_that_was_just_bought(night):
    """liking: customers whose score is not what its model says"""
    night.scores["ann"] = {"liking": {"clothes": 0.1, "food": 0.2}}


def the_scores_of_two_categories_are_swapped(night):
    """liking: customers whose score is not what its model says"""
    night.scores["cid"] = {"liking": {"clothes": 0.2, "food": 0.1}}


def another_model_scored(night):
    """models whose text is not the one that the manifest names"""
    night.models["attrition"] = night.models["liking"]


def a_calibration_was_changed_afterwards(night):
    """attrition: customers whose score is not what its model says"""
    contract = {**night.models["attrition"].contract, "calibration": {"kind": "scale", "factor": 1.1}}
    night.models["attrition"] = dataclasses.replace(night.models["attrition"], contract=contract)


def a_model_cannot_be_had(night):
    """models whose files cannot be had: what they said cannot be checked"""
    del night.models["liking"]


def a_model_is_not_in_the_manifest(night):
    """models that the manifest does not name"""
    night.change_manifest = lambda manifest: manifest["models"].pop()


def the_process_dies(night, monkeypatch):
    """the process that scores again ended with -11"""

    def dies(*_):
        raise fresh_process.NoAnswer("ended with -11")

    monkeypatch.setattr(fresh_process, "scored_again", dies)
