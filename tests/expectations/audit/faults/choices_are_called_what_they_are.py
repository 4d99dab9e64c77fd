"""Choices that were made otherwise than they say."""


def _ann_explores(night):
    night.half_explore(ann=True, bob=False)
    night.change_proof = lambda proof: proof.update(explored=[["ann", "card", "email"]])
    night.of("ann").update(chosen_by="exploration", probability=0.25)


def what_was_drawn_is_called_planned(night):
    """offers that were chosen otherwise than they say"""
    _ann_explores(night)
    night.of("ann").update(chosen_by="plan")


def what_was_planned_is_called_kept_back(night):
    """offers that were chosen otherwise than they say"""
    night.of("ann").update(chosen_by="control")


def what_was_drawn_is_lost(night):
    """offers that were drawn or kept back, and are not decided so"""
    _ann_explores(night)
    night.of("ann").update(channel="sms")
    night.further_candidates = [dict(night.of("ann"), channel="email")]
    night.change_manifest = lambda manifest: manifest["plan"].update(without_experiments="20.5")
    night.of("ann").update(chosen_by="plan")


def a_probability_is_above_one(night):
    """probabilities that an offer cannot have"""
    _ann_explores(night)
    night.of("bob")["probability"] = 1.25


def a_probability_is_below_zero(night):
    """probabilities that an offer cannot have"""
    _ann_explores(night)
    night.of("bob")["probability"] = -0.25


def a_probability_is_no_number(night):
    """probabilities that an offer cannot have"""
    _ann_explores(night)
    night.of("ann")["probability"] = float("nan")


def a_plan_without_experiments_is_said_to_be_chance(night):
    """probabilities that an offer cannot have"""
    night.of("ann")["probability"] = 0.5


def what_was_drawn_could_not_be_drawn(night):
    """probabilities that an offer cannot have"""
    _ann_explores(night)
    night.of("ann")["probability"] = 0.0
