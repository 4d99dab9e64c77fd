"""The page that people read says what the declarations say."""

from models.dictionary import PAGE, in_words, page
from models.features.expressions import Ratio, Share, count, mean, total


def test_the_page_of_features_is_current():
    assert PAGE.read_text("utf-8") == page(), "run: python -m models.dictionary"


def test_a_feature_stands_there_with_its_meaning_and_its_worked_rows():
    assert """### `returned_90d`, `returned_365d`

Money of the lines returned in the window.

Of a customer, in money; 0 if nothing is known. `sum(returned)` of purchase days.

| rows | 90 d | 365 d |
|---|---|---|
| 1 ago: amount -3; 1 ago: amount 8; 91 ago: amount 2, quantity -1 | 3 | 5 |
| nothing | 0 | 0 |
""" in page()


def test_an_expression_reads_as_written_by_hand():
    by_sms = count(where={"channel": ["sms"]})
    assert in_words(Ratio(by_sms, count())) == "count(where channel in ['sms']) / count()"
    assert in_words(Ratio(mean("gap_days"), total("lines", windows=2))) == (
        "(sum(gap_days) / count(gap_days)) / sum(lines in 2 windows)"
    )
    assert in_words(Share(total("amount"))) == "share(sum(amount))"
