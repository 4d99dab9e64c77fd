"""Manifests that say something else about the night that made them."""


def it_is_of_another_deployment(night):
    """deployment is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(deployment="other")


def its_money_is_another(night):
    """currency is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(currency="USD")


def its_days_are_of_another_zone(night):
    """time_zone is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(time_zone="Asia/Tokyo")


def its_settings_are_others(night):
    """settings_sha256 is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(settings_sha256="0" * 64)


def its_code_is_another(night):
    """code_sha256 is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(code_sha256="0" * 64)


def it_is_of_another_release(night):
    """oneoffer is not that of the night"""
    night.change_manifest = lambda manifest: manifest.update(oneoffer="9.9.9")


def a_file_is_said_to_be_longer(night):
    """files of another size than it says"""

    def lengthen(manifest):
        manifest["files"]["proof.json"]["bytes"] += 1

    night.change_manifest = lengthen


def an_earlier_set_is_not_counted(night, new_decision):
    """the earlier sets are not those that it says"""
    night.sent_on("2024-06-01", new_decision("cid", "offered", "gift", "email", "5", "1"))
    night.change_manifest = lambda manifest: manifest["history"].update(sets=0)


def the_earlier_sets_are_others(night):
    """the earlier sets are not those that it says"""
    night.change_manifest = lambda manifest: manifest["history"].update(sha256="0" * 64)


def it_was_compared_with_a_night_that_was_not(night):
    """the night that it was compared with is not the one before"""
    night.change_manifest = lambda manifest: manifest.update(last_night={"as_of": "2024-06-30", "sha256": "0" * 64})
