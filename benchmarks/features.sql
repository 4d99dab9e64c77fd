-- The features of models/features/ as one would write them in DuckDB, from transactions, products, contacts, responses.
WITH known AS (
    SELECT customer_id, transaction_id, category, happened_on, getvariable('as_of') - happened_on AS ago,
           amount, margin, if(amount < 0 OR quantity < 0, abs(amount), 0) AS returned
    FROM transactions LEFT JOIN products USING (product_id)
    WHERE happened_on < getvariable('as_of')
),
days AS (
    SELECT customer_id, happened_on, any_value(ago) AS ago, count(DISTINCT transaction_id) AS baskets, count(*) AS lines,
           sum(amount) AS amount, sum(margin) AS margin, sum(returned) AS returned
    FROM known GROUP BY customer_id, happened_on
),
days_with_gaps AS (
    SELECT *, happened_on - lag(happened_on) OVER (PARTITION BY customer_id ORDER BY happened_on) AS gap FROM days
),
sums AS (
    SELECT customer_id,
        min(ago) AS last, max(ago) AS first, min(ago) FILTER (ago <= 365) AS last_365,
        count(*) FILTER (ago <= 30) AS days_30, count(*) FILTER (ago <= 90) AS days_90,
        count(*) FILTER (ago <= 365) AS days_365,
        sum(baskets) FILTER (ago <= 30) AS baskets_30, sum(baskets) FILTER (ago <= 60) AS baskets_60,
        sum(baskets) FILTER (ago <= 90) AS baskets_90, sum(baskets) FILTER (ago <= 180) AS baskets_180,
        sum(baskets) FILTER (ago <= 365) AS baskets_365,
        sum(amount) FILTER (ago <= 30) AS spend_30, sum(amount) FILTER (ago <= 60) AS spend_60,
        sum(amount) FILTER (ago <= 90) AS spend_90, sum(amount) FILTER (ago <= 180) AS spend_180,
        sum(amount) FILTER (ago <= 365) AS spend_365,
        sum(margin) FILTER (ago <= 30) AS margin_30, sum(margin) FILTER (ago <= 60) AS margin_60,
        sum(margin) FILTER (ago <= 90) AS margin_90, sum(margin) FILTER (ago <= 365) AS margin_365,
        sum(lines) FILTER (ago <= 90) AS lines_90, sum(lines) FILTER (ago <= 365) AS lines_365,
        sum(returned) FILTER (ago <= 90) AS returned_90, sum(returned) FILTER (ago <= 365) AS returned_365,
        sum(gap) FILTER (ago <= 365) / nullif(count(gap) FILTER (ago <= 365), 0) AS mean_gap,
        max(gap) FILTER (ago <= 365) AS longest_gap
    FROM days_with_gaps GROUP BY customer_id
),
of_customer AS (
    SELECT customer_id,
        last::DOUBLE AS days_since_last_purchase, first::DOUBLE AS days_since_first_purchase,
        coalesce(days_30, 0)::DOUBLE AS active_days_30d, coalesce(days_90, 0)::DOUBLE AS active_days_90d,
        coalesce(days_365, 0)::DOUBLE AS active_days_365d,
        coalesce(baskets_30, 0)::DOUBLE AS baskets_30d, coalesce(baskets_60, 0)::DOUBLE AS baskets_60d,
        coalesce(baskets_90, 0)::DOUBLE AS baskets_90d, coalesce(baskets_365, 0)::DOUBLE AS baskets_365d,
        coalesce(spend_30, 0) / 1e6 AS spend_30d, coalesce(spend_60, 0) / 1e6 AS spend_60d,
        coalesce(spend_90, 0) / 1e6 AS spend_90d, coalesce(spend_365, 0) / 1e6 AS spend_365d,
        margin_30 / 1e6 AS margin_30d, margin_60 / 1e6 AS margin_60d,
        margin_90 / 1e6 AS margin_90d, margin_365 / 1e6 AS margin_365d,
        spend_90 / nullif(baskets_90, 0) / 1e6 AS spend_per_basket_90d,
        spend_365 / nullif(baskets_365, 0) / 1e6 AS spend_per_basket_365d,
        lines_90 / nullif(baskets_90, 0) AS lines_per_basket_90d,
        lines_365 / nullif(baskets_365, 0) AS lines_per_basket_365d,
        coalesce(returned_90, 0) / 1e6 AS returned_90d, coalesce(returned_365, 0) / 1e6 AS returned_365d,
        spend_30 / nullif(spend_60, 0) AS spend_trend_30d, spend_90 / nullif(spend_180, 0) AS spend_trend_90d,
        baskets_30 / nullif(baskets_60, 0) AS baskets_trend_30d,
        baskets_90 / nullif(baskets_180, 0) AS baskets_trend_90d,
        mean_gap AS mean_gap_days_365d, longest_gap::DOUBLE AS longest_gap_days_365d,
        last_365 / mean_gap AS lateness_365d
    FROM sums
),
category_days AS (
    SELECT customer_id, category, ago, sum(amount) AS amount
    FROM known WHERE category IS NOT NULL GROUP BY customer_id, category, ago
),
categories AS (
    SELECT customer_id, category, min(ago) AS last, count(*) FILTER (ago <= 30) AS days_30,
        count(*) FILTER (ago <= 90) AS days_90, count(*) FILTER (ago <= 365) AS days_365,
        coalesce(sum(amount) FILTER (ago <= 90), 0) AS spend_90,
        coalesce(sum(amount) FILTER (ago <= 365), 0) AS spend_365
    FROM category_days GROUP BY customer_id, category
),
lists AS (
    SELECT customer_id, list({
            category: category, last: last, days_90: days_90, days_365: days_365, spend_90: spend_90,
            spend_365: spend_365
        } ORDER BY category) AS list,
        sum(spend_90) AS spend_90, sum(spend_365) AS spend_365, count(*) FILTER (days_30 > 0) AS categories_30d,
        count(*) FILTER (days_90 > 0) AS categories_90d, count(*) FILTER (days_365 > 0) AS categories_365d
    FROM categories GROUP BY customer_id
),
of_category AS (
    SELECT customer_id, categories_30d, categories_90d, categories_365d, list_transform(list, lambda one: {
            category: one.category,
            category_active_days_365d: one.days_365::DOUBLE,
            category_active_days_90d: one.days_90::DOUBLE,
            category_days_since_last_purchase: one.last::DOUBLE,
            category_spend_365d: one.spend_365 / 1e6,
            category_spend_90d: one.spend_90 / 1e6,
            category_spend_share_365d: coalesce(one.spend_365 / nullif(spend_365, 0), 0),
            category_spend_share_90d: coalesce(one.spend_90 / nullif(spend_90, 0), 0)
        }) AS categories
    FROM lists
),
of_contacts AS (
    SELECT customer_id, min(ago)::DOUBLE AS days_since_last_contact, count(*) FILTER (ago <= 30) AS contacts_30d,
        count(*) FILTER (ago <= 90) AS contacts_90d, count(*) FILTER (ago <= 365) AS contacts_365d
    FROM (SELECT *, getvariable('as_of') - contacted_on AS ago FROM contacts) WHERE ago > 0 GROUP BY customer_id
),
of_responses AS (
    SELECT customer_id, min(ago)::DOUBLE AS days_since_last_response, count(*) FILTER (ago <= 30) AS responses_30d,
        count(*) FILTER (ago <= 90) AS responses_90d, count(*) FILTER (ago <= 365) AS responses_365d,
        sum(amount) FILTER (ago <= 365) / 1e6 AS response_amount_365d
    FROM (SELECT *, getvariable('as_of') - responded_on AS ago FROM responses) WHERE ago > 0 GROUP BY customer_id
)
SELECT customer_id,
    of_customer.* EXCLUDE (customer_id) REPLACE (
        coalesce(active_days_30d, 0) AS active_days_30d, coalesce(active_days_90d, 0) AS active_days_90d,
        coalesce(active_days_365d, 0) AS active_days_365d,
        coalesce(baskets_30d, 0) AS baskets_30d, coalesce(baskets_60d, 0) AS baskets_60d,
        coalesce(baskets_90d, 0) AS baskets_90d, coalesce(baskets_365d, 0) AS baskets_365d,
        coalesce(spend_30d, 0) AS spend_30d, coalesce(spend_60d, 0) AS spend_60d,
        coalesce(spend_90d, 0) AS spend_90d, coalesce(spend_365d, 0) AS spend_365d,
        coalesce(returned_90d, 0) AS returned_90d, coalesce(returned_365d, 0) AS returned_365d
    ),
    coalesce(categories_30d, 0)::DOUBLE AS categories_30d, coalesce(categories_90d, 0)::DOUBLE AS categories_90d,
    coalesce(categories_365d, 0)::DOUBLE AS categories_365d, categories,
    days_since_last_contact, coalesce(contacts_30d, 0)::DOUBLE AS contacts_30d,
    coalesce(contacts_90d, 0)::DOUBLE AS contacts_90d, coalesce(contacts_365d, 0)::DOUBLE AS contacts_365d,
    days_since_last_response, coalesce(responses_30d, 0)::DOUBLE AS responses_30d,
    coalesce(responses_90d, 0)::DOUBLE AS responses_90d, coalesce(responses_365d, 0)::DOUBLE AS responses_365d,
    coalesce(response_amount_365d, 0) AS response_amount_365d
FROM customers
LEFT JOIN of_customer USING (customer_id)
LEFT JOIN of_category USING (customer_id)
LEFT JOIN of_contacts USING (customer_id)
LEFT JOIN of_responses USING (customer_id)
