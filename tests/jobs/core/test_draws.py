"""What is drawn is as much as was wanted, the same every time, and different for every purpose and salt."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jobs.core.draws import drawn_numbers, is_drawn

IDS = np.array([f"customer-{number}" for number in range(50_000)], dtype=object)
SALTS = st.binary(min_size=1, max_size=40)


@given(SALTS, st.floats(0, 1, exclude_max=True), st.text(max_size=20))
def test_an_id_is_drawn_alike_alone_and_among_others(salt, share, purpose):
    some = IDS[:20]
    among = is_drawn(some, share=share, salt=salt, purpose=purpose)
    alone = [is_drawn(some[[k]], share=share, salt=salt, purpose=purpose)[0] for k in range(20)]
    assert among.tolist() == alone


def test_a_larger_share_keeps_whom_a_smaller_one_drew():
    tenth, third = (is_drawn(IDS, share=share, salt=b"s", purpose="p") for share in (0.1, 0.3))
    assert not (tenth & ~third).any()


def test_the_shares_are_those_wanted_within_what_chance_allows():
    for share in (0.01, 0.2, 0.5):
        drawn = is_drawn(IDS, share=share, salt=b"s", purpose="p").sum()
        assert abs(drawn - share * len(IDS)) < 5 * np.sqrt(len(IDS) * share * (1 - share))


def test_purposes_and_salts_know_nothing_of_each_other():
    first = is_drawn(IDS, share=0.5, salt=b"s", purpose="arm of card")
    for other in ({"salt": b"s", "purpose": "arm of loan"}, {"salt": b"t", "purpose": "arm of card"}):
        both = (first & is_drawn(IDS, share=0.5, **other)).mean()
        assert abs(both - 0.25) < 0.01  # a quarter, were they independent; half or nothing, were they not


def test_the_number_of_a_known_customer_is_fixed_for_all_machines_and_versions():
    """Another number would draw other groups: customers of a control arm would suddenly get its offer."""
    (number,) = drawn_numbers(np.array(["ann"], dtype=object), salt=b"salt", purpose="purpose")
    assert int(number) == 14_361_115_401_034_403_044
