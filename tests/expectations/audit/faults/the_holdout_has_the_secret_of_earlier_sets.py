"""A holdout that is drawn anew, so that whom earlier nights left alone may be contacted."""


def the_secret_is_another(night):
    """it is drawn by another secret than that of the nearest set"""
    night.sent_on("2024-06-30", holdout="0123456789abcdef")


def the_rotation_is_of_another_day(night):
    """it is drawn by another secret than that of the nearest set"""
    night.policy["holdout"]["rotated_on"] = "2024-06-30"
    night.sent_on("2024-06-30", holdout="0123456789abcdef")
