"""Rates of groups, found in the head."""

from jobs.scoring.group_rates import GroupRates

SCORED = [(("web", "young"), 600_000, 2), (("web", "old"), 100_000, 1), (("shop", "old"), 300_000, 3)]


def test_of_all_it_is_the_mean():
    assert GroupRates([((), 500_001, 2)], at_least=10).rate(()) == 250_000  # half a millionth: to the even one


def test_a_group_is_shrunk_to_the_wider_ones():
    rates = GroupRates(SCORED, at_least=3)
    web = (700_000 + 3 * 1_000_000 / 6) / 6  # three of its own, and as many that are like everybody
    assert rates.rate(("web",)) == round(web) == 200_000
    assert rates.rate(("web", "young")) == (600_000 + 3 * 200_000) / 5 == 240_000


def test_a_group_in_which_nobody_was_scored_has_the_rate_of_the_wider_one():
    rates = GroupRates(SCORED, at_least=3)
    assert rates.rate(("web", None)) == rates.rate(("web",))
    assert rates.rate(("mail", "young")) == rates.rate(()) == 166_667


def test_many_customers_outweigh_everybody_else():
    rates = GroupRates([(("a",), 10**9, 1_000_000), (("b",), 0, 1_000_000)], at_least=1)
    assert rates.rate(("a",)) == 1000
    assert rates.rate(("b",)) == 0


def test_of_nobody_there_is_no_rate():
    assert GroupRates([], at_least=1).rate(("a",)) is None
    assert GroupRates([(("a",), 0, 0)], at_least=1).rate(("a",)) is None
