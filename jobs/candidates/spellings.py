"""Spellings of customers and channels: what an answer of the list of consents is about (docs/policy.md)."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import types as T

if TYPE_CHECKING:
    from conf.settings import Settings  # workers of Spark import this file; they need no settings

EVERYWHERE = "*"
EVERYWHERE_IN_WORDS = "all"
ABOUT = "\x1f"
"""Between the channel and the topic in the key of an answer about one topic; no name has such a sign."""
ID_FORM, TARGETS = "normal form of the id", "channels it is about"
IS_STRAY, IS_STRAY_TOPIC = "is about no channel", "is about no topic"
"""Columns of `with_readings`."""

BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800)),
        *((0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)),
    )
    for code in range(first, last + 1)
)
"""Signs of other categories that print nothing: fillers, variation selectors, the blank of Braille."""
ASCII_BLANKS = r"[\x00-\x20\x7f]+"


def normal_form(text: str) -> str:
    """Unicode form NFKC, without blanks and signs that print nothing, without case."""
    if text.isascii() and text.isalnum():
        return text.lower()
    form = _folded(text)
    while (again := _folded(form)) != form:  # what a blank kept apart may combine now
        form = again
    return form


def normal_forms(texts: pa.Array) -> pa.Array:
    """As `normal_form`, of an array; where all is ASCII no row passes through Python."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return pc.ascii_lower(pc.replace_substring_regex(texts, ASCII_BLANKS, ""))
    return pa.array([None if text is None else normal_form(text) for text in texts.to_pylist()], pa.string())


def _folded(text: str) -> str:
    signs = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in signs if not _is_blank(sign))


@cache
def _is_blank(sign: str) -> bool:
    return sign in INVISIBLE or unicodedata.category(sign) in BLANK_CATEGORIES


@dataclass(frozen=True)
class ChannelNames:
    """What a channel, or a topic, of the list can mean.

    Attributes:
        names: channel or topic -> how it may be written, beside its id.
    """

    names: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, settings: "Settings") -> "ChannelNames":
        """The deployment's channels by id and display name, those it does not use, and the sign for all of them."""
        channels = {channel.id: (channel.name,) for channel in settings.channels}
        others: dict[str, tuple[str, ...]] = dict.fromkeys(settings.deployment.consent.other_channels, ())
        return cls({EVERYWHERE: (EVERYWHERE_IN_WORDS,)} | others | channels)

    @classmethod
    def of_topics(cls, settings: "Settings") -> "ChannelNames":
        """The topics of the deployment's offers, those it does not use, and the sign for all, which may be left out."""
        topics = [*settings.deployment.consent.other_topics, *(offer.about for offer in settings.offers)]
        return cls(dict.fromkeys(topics, ()) | {EVERYWHERE: (EVERYWHERE_IN_WORDS, "")})

    @cached_property
    def by_form(self) -> dict[str, list[str]]:
        """Normal form -> the channels that are written so."""
        channels: dict[str, set[str]] = {}
        for channel, names in self.names.items():
            for name in (channel, *names):
                channels.setdefault(normal_form(name), set()).add(channel)
        return {form: sorted(written) for form, written in channels.items()}

    def refused(self, text: str) -> list[str]:
        """The channels that a no is about: all that it can mean, and every channel where it means none."""
        return self.by_form.get(normal_form(text), [EVERYWHERE])

    def allowed(self, text: str) -> list[str]:
        """The channel that a yes is about: its exact id, else the only one that it can mean, else none."""
        if text in self.names:
            return [text]
        channels = self.by_form.get(normal_form(text), [])
        return channels if len(channels) == 1 else []

    def is_stray(self, text: str) -> bool:
        """Whether no channel is written so."""
        return normal_form(text) not in self.by_form


def with_id_form(customers: DataFrame) -> DataFrame:
    """Adds the normal form of `customer_id`."""

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch.append_column(ID_FORM, normal_forms(batch.column("customer_id")))

    return customers.mapInArrow(read, T.StructType([*customers.schema, T.StructField(ID_FORM, T.StringType())]))


def key_of(channel: str, topic: str) -> str:
    """What an answer about a channel and a topic is kept under."""
    return channel if topic == EVERYWHERE else f"{channel}{ABOUT}{topic}"


def with_readings(answers: DataFrame, names: ChannelNames, topics: ChannelNames | None = None) -> DataFrame:
    """Adds to answers (customer_id, channel, is_allowed) the form of the id, and what each is about (`key_of`).

    What is not known to be a yes is a no. Each batch asks once of every different channel and topic.

    Args:
        topics: what `topic` of the answers can mean; None: they have none, and are about all.
    """

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for name, column in _readings(batch, names, topics).items():
                batch = batch.append_column(name, column)  # noqa: PLW2901
            yield batch

    fields = (
        T.StructField(ID_FORM, T.StringType()),
        T.StructField(TARGETS, T.ArrayType(T.StringType())),
        T.StructField(IS_STRAY, T.BooleanType()),
        T.StructField(IS_STRAY_TOPIC, T.BooleanType()),
    )
    return answers.mapInArrow(read, T.StructType([*answers.schema, *fields]))


def _readings(batch: pa.RecordBatch, names: ChannelNames, topics: ChannelNames | None) -> dict[str, pa.Array]:
    texts, indices = _subjects(batch, has_topics=topics is not None)
    topics = topics or ChannelNames({EVERYWHERE: ("",)})
    refused = [[key_of(*key) for key in product(names.refused(text), topics.refused(topic))] for text, topic in texts]
    allowed = [[key_of(*key) for key in product(names.allowed(text), topics.allowed(topic))] for text, topic in texts]
    is_allowed = pc.fill_null(batch.column("is_allowed"), False).cast(pa.int32())
    position = pc.add(indices, pc.multiply(is_allowed, len(texts)))
    is_stray = pa.array([names.is_stray(text) for text, _ in texts], pa.bool_())
    is_stray_topic = pa.array([topics.is_stray(topic) for _, topic in texts], pa.bool_())
    return {
        ID_FORM: normal_forms(batch.column("customer_id")),
        TARGETS: pa.array(refused + allowed, pa.list_(pa.string())).take(position),
        IS_STRAY: is_stray.take(indices),
        IS_STRAY_TOPIC: is_stray_topic.take(indices),
    }


def _subjects(batch: pa.RecordBatch, *, has_topics: bool) -> tuple[list[tuple[str, str]], pa.Array]:
    """The different pairs of channel and topic in a batch, and which of them each row has."""
    channels = pc.fill_null(batch.column("channel"), "").dictionary_encode()
    if not has_topics:
        return [(text, "") for text in channels.dictionary.to_pylist()], channels.indices
    topics = pc.fill_null(batch.column("topic"), "").dictionary_encode()
    size = len(topics.dictionary)
    codes = pc.add(pc.multiply(channels.indices.cast(pa.int64()), size), topics.indices.cast(pa.int64()))
    pairs = codes.dictionary_encode()
    texts = [
        (channels.dictionary[code // size].as_py(), topics.dictionary[code % size].as_py())
        for code in pairs.dictionary.to_pylist()
    ]
    return texts, pairs.indices
