"""Drawn lists of consents whose noes are spelled as people and systems spell them, with an oracle that drew them."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

CHANNELS = {"email": "E-mail", "letter": "Letter"}
EVERYWHERE = "*"
READ_AT = datetime(2024, 7, 1, 2, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
BLANKS = " \t\u00a0\u2003\u2009\u3000\u2028"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\u034f"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code) not in ",\"'"}
RULES = ("case", "blanks", "invisible", "width", "name", "all", "widest", "day", "future", "twins")


@dataclass(frozen=True)
class Answer:
    """One line of the list, and what it means.

    Attributes:
        customers, channels: whom and what it is about.
        stamp: the text of its moment.
        counts_from: the moment that decides between answers.
        needs: the rules without which the line would not be understood.
    """

    customers: tuple[str, ...]
    channels: tuple[str, ...]
    is_allowed: bool
    counts_from: datetime
    stamp: str
    written_id: str
    written_channel: str
    needs: frozenset[str] = frozenset()

    @property
    def line(self):
        return f"{self.written_id},{self.written_channel},{str(self.is_allowed).lower()},{self.stamp}"


def spelled(draw, text):
    """A text as somebody else writes it, and the rules that it takes to know it again."""
    ways = {
        "case": str.swapcase,
        "blanks": partial(_with_signs, draw, signs=BLANKS),
        "invisible": partial(_with_signs, draw, signs=INVISIBLE),
        "width": _widened,
    }
    needs = set()
    for rule in draw.sample(sorted(ways), draw.randint(0, 2)):
        written = ways[rule](text)
        if written != text:
            text = written
            needs.add(rule)
    return text, needs


def _widened(text):
    return text.translate(WIDE)


def _with_signs(draw, text, signs):
    for _ in range(draw.randint(1, 2)):
        position = draw.randint(0, len(text))
        text = text[:position] + draw.choice(signs) + text[position:]
    return text


def spelled_channel(draw, channel):
    """A channel as somebody else writes it: the channels that it means, the text, the rules."""
    kind = draw.choice(["id", "name", "typo"])
    if kind == "typo":
        return (EVERYWHERE,), draw.choice(["e-mial", "fax", "everything", "?"]), {"widest"}
    if channel == EVERYWHERE:
        base, needs = draw.choice([("*", set()), ("all", {"all"})])
    else:
        base, needs = (CHANNELS[channel], {"name"}) if kind == "name" and channel == "email" else (channel, set())
    written, more = spelled(draw, base)
    return (channel,), written, needs | more


def story(draw, number):
    """The customers of one story and the answers about them: a yes, a no spelled somehow, perhaps a late yes."""
    customer = draw.choice([f"c{number}x", f"zo\u00eb-{number}", f"{number:06}a"])
    twin = customer.swapcase()
    customers = (customer, twin) if draw.random() < 0.2 else (customer,)
    channel = draw.choice([*CHANNELS, EVERYWHERE])
    day = datetime(2024, 6, draw.randint(2, 27), tzinfo=UTC)
    yes_at = day + timedelta(hours=draw.randint(1, 20))
    answers = [_yes(one, name, yes_at) for one in customers for name in (*CHANNELS, EVERYWHERE)]
    answers.append(_no(draw, customers, channel, day, yes_at))
    if draw.random() < 0.3:
        answers.append(_yes(customer, channel, day + timedelta(days=2, hours=1)))
    if draw.random() < 0.3:
        future = READ_AT + timedelta(hours=draw.randint(1, 20))
        answers.append(replace(_yes(customer, channel, future), counts_from=LONG_AGO, needs=frozenset({"future"})))
    if len(customers) == 2 and draw.random() < 0.5:  # a yes that either may have given is no yes
        vague = _yes(customer + " ", channel, day + timedelta(days=2, hours=1))
        answers.append(replace(vague, customers=(), needs=frozenset({"twins"})))
    return customers, answers


def _yes(customer, channel, moment):
    return Answer((customer,), (channel,), True, moment, f"{moment:%Y-%m-%d %H:%M:%S}", customer, channel)


def _no(draw, customers, channel, day, yes_at):
    written_id, needs = spelled(draw, customers[0])
    channels, written_channel, more = spelled_channel(draw, channel)
    if draw.random() < 0.3:
        return Answer(
            customers, channels, False, day + timedelta(days=1, microseconds=-1), f"{day:%Y-%m-%d}", written_id,
            written_channel, frozenset(needs | more | {"day"}),
        )  # fmt: skip
    moment = yes_at + timedelta(seconds=draw.choice([0, 1, 3600]))
    return Answer(
        customers, channels, False, moment, f"{moment:%Y-%m-%d %H:%M:%S}", written_id, written_channel,
        frozenset(needs | more),
    )  # fmt: skip


def stories(seed, count):
    """Customers and answers of many stories, their lines in any order."""
    draw = random.Random(seed)
    drawn = [story(draw, number) for number in range(count)]
    answers = [answer for _, told in drawn for answer in told]
    draw.shuffle(answers)
    return [customer for customers, _ in drawn for customer in customers], answers


def written(answers):
    """The list as a file."""
    return "\n".join(["who,through,ok,at", *(answer.line for answer in answers)]) + "\n"


def refusers(customers, answers, without=None):
    """(customer, channel) that may not be contacted where silence is a yes.

    Args:
        without: the rule that is switched off: a no that needs it is lost, a stamp that needs it counts as it stands.
    """
    newest = {}
    for answer in answers:
        moment, whom = answer.counts_from, answer.customers
        if without in answer.needs:
            if without in ("day", "future"):
                moment = datetime.fromisoformat(answer.stamp).replace(tzinfo=UTC)
            elif without == "twins":
                whom = (answer.written_id.strip(),)
            else:
                continue
        for customer in whom:
            for channel in answer.channels:
                key, given = (customer, channel), (moment, not answer.is_allowed)
                newest[key] = max(newest.get(key, given), given)
    refused = {key for key, (_, is_refusal) in newest.items() if is_refusal}
    everybody = [(customer, channel) for customer in customers for channel in CHANNELS]
    return {pair for pair in everybody if pair in refused or (pair[0], EVERYWHERE) in refused}
