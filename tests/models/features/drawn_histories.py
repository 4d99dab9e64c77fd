"""Histories drawn at random, crowded around the edges of windows."""

import random
from datetime import timedelta

from hypothesis import strategies as st

from expectations.audit.person import Answer, Contact, Happening, Line
from tests.models.features.worked_rows import AS_OF, History

DAYS = [
    AS_OF - timedelta(days=ago)
    for ago in (-3, 0, 1, 2, 3, 29, 30, 31, 59, 60, 61, 63, 64, 65, 89, 90, 91, 128, 180, 181, 364, 365, 366, 730, 731)
]
days, amounts = st.sampled_from(DAYS), st.sampled_from([1_250_000, 3_000_001, -500_000, 0, 1])
lines = st.builds(
    Line,
    days,
    st.sampled_from("ab"),
    st.sampled_from(["bread", "fish", "wine", None]),
    amounts,
    st.sampled_from([1_000_000, -1_000_000]),
    st.none() | amounts,
)
contacts = st.builds(Contact, days, st.sampled_from(["card", "gift"]), st.sampled_from(["sms", "email", None]))
responses = st.builds(Answer, days, st.sampled_from(["card", "gift"]), st.none() | amounts)
kinds = st.sampled_from(["complaint", "cancel", "cancel request", "visit"])
events = st.builds(Happening, days, kinds, st.none(), st.none())
histories = st.builds(
    History,
    st.lists(lines, max_size=25),
    st.lists(contacts, max_size=9),
    st.lists(responses, max_size=9),
    st.lists(events, max_size=9),
)


def some_histories(seed: int = 7) -> dict[str, History]:
    """Of five customers, the same ones for a seed; dan never does anything, and eve bought once, 31 days ago."""
    draw = random.Random(seed)

    def of_one() -> History:
        return History(
            [
                Line(
                    draw.choice(DAYS),
                    draw.choice("ab"),
                    draw.choice(["bread", "fish", "wine", None]),
                    draw.choice([1_250_000, 3_000_001, -500_000, 0]),
                    draw.choice([1_000_000, 1_000_000, -1_000_000]),
                    draw.choice([None, 7]),
                )
                for _ in range(40)
            ],
            [Contact(draw.choice(DAYS), draw.choice("xy"), draw.choice(["sms", "email"])) for _ in range(15)],
            [Answer(draw.choice(DAYS), draw.choice("xy"), draw.choice([None, 5])) for _ in range(15)],
            [Happening(draw.choice(DAYS), draw.choice(["complaint", "cancel", "visit"]), None, 5) for _ in range(15)],
        )

    return {
        "ann": of_one(),
        "bob": of_one(),
        "cy": of_one(),
        "dan": History(),
        "eve": History([Line(DAYS[7], "a", None, 1, 1, None)]),
    }
