"""The page that people read says what the declarations say."""

from models.dictionary import PAGE, page


def test_the_page_of_features_is_current():
    assert PAGE.read_text("utf-8") == page(), "run: python -m models.dictionary"


def test_every_feature_says_what_it_means():
    assert "|  |" not in page()
    assert "| `category_spend_90d` | customer × category | money | 0 | Money spent in the category" in page()
