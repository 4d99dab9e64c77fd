"""Features of the lake that the raw rows do not say; Ann bought two breads and gave one back."""


def a_sum_is_a_millionth_too_high(night):
    """customers whose raw rows say something else of spend_90d"""
    night.features["ann"] = {"spend_90d": 25.250002}


def a_count_is_one_too_low(night):
    """customers whose raw rows say something else of baskets_30d"""
    night.features["ann"] = {"baskets_30d": 1.0}


def a_ratio_is_a_little_off(night):
    """customers whose raw rows say something else of spend_per_basket_90d"""
    night.features["ann"] = {"spend_per_basket_90d": 25.250001 / 3 * (1 + 1e-8)}


def what_is_missing_is_said_to_be_nothing(night):
    """customers whose raw rows say something else of spend_per_basket_90d"""
    night.features["cid"] = {"spend_per_basket_90d": 0.0}


def a_purchase_of_the_day_itself_was_known(night):
    """customers whose raw rows say something else of baskets_30d, spend_90d, spend_per_basket_90d"""
    night.features["007"] = {"baskets_30d": 2.0, "spend_90d": 1018.99, "spend_per_basket_90d": 509.495}


def the_days_of_another_zone_were_counted(night):
    """customers whose raw rows say something else of baskets_30d, days_since_last_purchase, spend_90d, \
spend_per_basket_90d"""
    night.time_zone = "Asia/Tokyo"
    night.transactions = night.transactions.replace("2024-06-30 23:59:59,shoe", "2024-06-30 23:59:59+00:00,nothing")


def a_category_is_forgotten(night):
    """customers whose raw rows say something else of categories"""
    night.features["bob"] = {"categories": None}


def a_category_spends_more(night):
    """customers whose raw rows say something else of category_spend_90d"""
    night.change_features = lambda rows: rows[1]["categories"][0].update(category_spend_90d=20.0)


def a_product_is_of_another_category(night):
    """customers whose raw rows say something else of categories"""
    night.change_features = lambda rows: rows[2]["categories"][0].update(category="food")


def an_attribute_is_not_that_of_the_customer(night):
    """customers whose raw rows say something else of leaning"""
    night.features["cid"] = {"leaning": 0.0}


def a_customer_has_no_features(night):
    """customers without a row of features, or with several"""
    night.change_features = lambda rows: rows.pop(3)


def a_customer_has_features_twice(night):
    """customers without a row of features, or with several"""
    night.change_features = lambda rows: rows.append(rows[3])


def a_declaration_has_another_window(night):
    """customers whose raw rows say something else of returned_365d"""
    night.transactions += "bob,t8,2023-08-01,hat,-1,-7\n"
    night.feature_declarations = night.feature_declarations.replace(b'"window_days": 365', b'"window_days": 90')


def a_declaration_is_of_another_column(night):
    """customers whose raw rows say something else of category_spend_90d, spend_90d"""
    night.feature_declarations = night.feature_declarations.replace(b'"sum": "amount"', b'"sum": "lines"', 2)


def the_declaration_of_a_feature_is_lost(night):
    """features that no declaration stands for: spend_90d"""
    night.feature_declarations = night.feature_declarations.replace(b'"name": "spend_90d"', b'"name": "spend_91d"')


def the_declarations_are_damaged(night):
    """cannot be checked: JSONDecodeError"""
    night.feature_declarations = night.feature_declarations[:-9]
