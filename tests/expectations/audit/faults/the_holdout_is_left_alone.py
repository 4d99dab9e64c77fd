"""A holdout that is not one."""


def a_customer_of_the_holdout_is_contacted(night):
    """offers to customers of the holdout"""
    night.limit("budget")["max"] = 7
    night.limit("return")["min"] = 5
    night.limit("card wish")["where"] = {"offer": ["card"], "channel": ["email"]}
    night.limit("card wish")["min"] = 2  # a third card leaves one missing of two, as there was of three
    night.limit("emails")["max"] = 3
    night.consents += "dora,email,true,2024-01-01\n"
    night.of("dora").update(night.of("007"), customer_id="dora")
    night.change_manifest = lambda manifest: manifest["plan"].update(value="24.5", bound="24.5")


def a_customer_of_the_holdout_is_scored(night):
    """customers of the holdout who were considered"""
    night.of("dora")["status"] = "not_selected"


def who_was_not_drawn_is_called_holdout(night):
    """customers called holdout who were not drawn"""
    night.of("cid")["status"] = "holdout"


def there_is_no_holdout_and_somebody_is_in_it(night):
    """customers called holdout who were not drawn"""
    del night.policy["holdout"]


def a_household_is_split(night, salt_for):
    """customers of the holdout who were considered"""
    night.policy["holdout"]["per"] = "household"
    night.customers = night.customers.replace("dora,", "dora,5").replace("cid,", "cid,5")
    night.salt = salt_for({"5"}, ["7", "1", "2", "5"])


def the_salt_is_not_given(night):
    """cannot be checked: ValueError"""
    night.salt = None
