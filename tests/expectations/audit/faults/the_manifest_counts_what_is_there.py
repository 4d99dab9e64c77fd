"""A manifest that counts wrongly."""


def the_sum_of_values_is_a_millionth_short(night):
    """value adds up to 26.000000, not to what the manifest says"""
    night.change_manifest = lambda manifest: _decisions(manifest)["sums"].update(value="25.999999")


def the_sum_of_costs_is_doubled(night):
    """cost adds up to 5.000000, not to what the manifest says"""
    night.change_manifest = lambda manifest: _decisions(manifest)["sums"].update(cost="10")


def the_rows_of_the_decisions_are_miscounted(night):
    """decisions.parquet has 6 rows and the manifest says 7"""
    night.change_manifest = lambda manifest: _decisions(manifest).update(rows=7)


def the_rows_of_a_channel_are_miscounted(night):
    """sms.parquet has 1 rows and the manifest says 0"""
    night.change_manifest = lambda manifest: manifest["files"]["sms.parquet"].update(rows=0)


def one_status_is_counted_as_another(night):
    """decisions by status are not what the manifest says"""
    night.change_manifest = lambda manifest: manifest["statuses"].update(offered=2, no_value=1)


def a_status_is_not_counted(night):
    """decisions by status are not what the manifest says"""
    night.change_manifest = lambda manifest: manifest["statuses"].update(objector=0)


def fewer_than_nobody_are_capped(night):
    """decisions by status are not what the manifest says"""
    night.change_manifest = lambda manifest: manifest["statuses"].update(capped=-1)


def opt_outs_are_claimed_so_that_minimums_need_not_hold(night):
    """late opt-outs are not as many as the manifest says"""
    night.opted_out = 1


def an_opt_out_is_kept_quiet(night):
    """late opt-outs are not as many as the manifest says"""
    night.of("cid").update(status="no_consent", reasons=["consent: opted out while the night ran"])


def no_rows_are_stated(night):
    """cannot be checked: KeyError"""
    night.change_manifest = lambda manifest: _decisions(manifest).pop("rows")


def _decisions(manifest):
    return manifest["files"]["decisions.parquet"]
