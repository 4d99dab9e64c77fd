"""What an answer in the list of consents can be about, however its customer and its channel are spelled."""

import unicodedata
from collections.abc import Iterable, Mapping

EVERYWHERE = "*"
"""The channel of an answer about all of them."""
PRINTS_NOTHING = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2065\u2800\u3164\uffa0"
RANGES = (range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
"""Signs that print nothing though Unicode calls them letters, marks or symbols."""


class _Printed(dict[int, int | None]):
    """Code point -> itself, None where it is a blank or prints nothing; for `str.translate`."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        is_separator = unicodedata.category(sign)[0] == "Z" or unicodedata.category(sign) in ("Cc", "Cf")
        is_hidden = sign in PRINTS_NOTHING or any(code in codes for codes in RANGES)
        self[code] = None if is_separator or is_hidden else code
        return self[code]


PRINTED = _Printed()


def form_of(text: str) -> str:
    """The spelling that all spellings of a text share."""
    if text.isascii() and text.isalnum():
        return text.lower()
    if text.isascii():
        return text.translate(PRINTED).lower()
    before = None
    while before != text:
        before, text = text, unicodedata.normalize("NFKC", text).casefold().translate(PRINTED)
    return text


class Spelled:
    """Finds those that a text can mean.

    Attributes:
        exact: what is called just so.
        by_form: form -> the first that is spelled so.
        several: form -> all that are spelled so, where these are more than one.
    """

    def __init__(self, spellings: Iterable[tuple[str, str]]) -> None:
        """Args: spellings: id and a way to write it; the id is one by itself."""
        self.exact: set[str] = set()
        self.by_form: dict[str, str] = {}
        self.several: dict[str, set[str]] = {}
        for name, spelling in spellings:
            self.exact.add(name)
            for written in {name, spelling}:
                form = form_of(written)
                first = self.by_form.setdefault(name if form == name else form, name)
                if first != name:
                    self.several.setdefault(form, {first}).add(name)

    def all_of(self, text: str) -> set[str]:
        """Whom a no is about."""
        if text in self.exact and not self.several:
            return {text}
        form = form_of(text)
        if form in self.several:
            return self.several[form]
        return {self.by_form[form]} if form in self.by_form else set()

    def the_one(self, text: str) -> set[str]:
        """Whom a yes is about: nobody where it could be another."""
        if text in self.exact:
            return {text}
        meant = self.all_of(text)
        return meant if len(meant) == 1 else set()


def topics_of(offers: Iterable[Mapping[str, object]], others: Iterable[str]) -> Spelled:
    """The topics of the offers, those that are not used here, and all of them as `*`, `all` or nothing."""
    topics = {topic_of_offer(offer) for offer in offers} | {*others}
    return Spelled([(EVERYWHERE, "all"), (EVERYWHERE, ""), *((topic, topic) for topic in topics)])


def topic_of_offer(offer: Mapping[str, object]) -> str:
    """What consents call an offer's topic: its own, else its objective."""
    return str(offer.get("topic") or offer["objective"])


def channels_of(channels: Iterable[Mapping[str, object]], others: Iterable[str]) -> Spelled:
    """The channels by id and display name, those that are not used here, and all of them as `*` or `all`."""
    named = [(str(channel["id"]), str(channel.get("name") or channel["id"])) for channel in channels]
    return Spelled([(EVERYWHERE, "all"), *named, *((other, other) for other in others)])
