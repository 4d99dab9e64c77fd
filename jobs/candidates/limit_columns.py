"""The columns that limits count, beside those that every candidate has: checked by name, carried, and known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.errors import SettingsError, nearest
from conf.expressions import Kind
from conf.limit import Limit, Where
from conf.policy import SEGMENT
from conf.settings import Settings
from jobs.candidates.formulas import declared_columns
from jobs.candidates.layout import Reason
from jobs.candidates.options import NUMBERS
from jobs.candidates.pricing import OptionBlock
from optimization.compilation import summed_by
from optimization.options import ALIASES, named_by

IDS = ("customer_id", "household_id", "offer_id", "channel", "objective", "category")
OF_OPTIONS = {"offer", "offer_id", "channel", "objective", "category"}
MONEY = ("value", "cost")
PROPENSITY = "propensity"
OF_MODELS = "is the score of one model or another: name the `score` of a model of models.yaml"


@dataclass(frozen=True)
class LimitColumns:
    """What the limits of a night count.

    Attributes:
        amounts: columns of numbers that they add up, in their own unit.
        labels: columns of text or truth that `where` or `share_of` names.
    """

    amounts: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, limits: Sequence[Limit]) -> "LimitColumns":
        """Those of these limits, without what every candidate has."""
        amounts = set(summed_by(limits)) - set(MONEY)
        labels = {ALIASES.get(name, name) for limit in limits for name, _ in named_by(limit)}
        return cls(tuple(sorted(amounts)), tuple(sorted(labels - {*IDS, SEGMENT})))


def places(limit: Limit) -> dict[str, Where]:
    """Key of the limit -> the columns and values that it names there."""
    return {"where": limit.where, "share_of": limit.share_of or {}}


def check_limit_columns(settings: Settings, features: Mapping[str, Kind]) -> None:
    """Hold what limits name against what candidates will have.

    Raises:
        SettingsError: a column that nobody declares, or of another kind than the limit needs; with file and line.
    """
    columns = declared_columns(settings, features)
    numbers = {name for name, kind in columns.items() if kind is Kind.NUMBER and name != PROPENSITY} | set(MONEY)
    labels = {name for name, kind in columns.items() if kind in (Kind.TEXT, Kind.BOOL)} | {*IDS, *ALIASES}
    if settings.policy.segments:
        labels.add(SEGMENT)
    faults = []
    for position, limit in enumerate(settings.policy.limits):
        at = _place(settings, position)
        for name in sorted({*summed_by([limit])} - numbers):
            key = "sum" if limit.sum else "ratio"
            wrong = "is no number, and only numbers are added up" if name in labels else _nobody(name, numbers)
            wrong = OF_MODELS if name == PROPENSITY else wrong
            faults.append(f"{at(key)}: limit {limit.name!r}: {name!r} {wrong}")
        if limit.is_of_period:
            faults += _of_customers(settings, limit, at)
        for key, where in places(limit).items():
            for name in sorted(set(where) - labels):
                wrong = _nobody(name, labels) if name not in numbers else "is a number; name its values by a segment"
                faults.append(f"{at(key, name)}: limit {limit.name!r}: {name!r} {wrong}")
    if faults:
        raise SettingsError("\n".join(faults))


def _of_customers(settings: Settings, limit: Limit, at: Callable[..., str]) -> Iterator[str]:
    """A limit of a period counts what sets remember: the option and its money, not what a customer was then."""
    rows = (*settings.offers, *settings.channels, *settings.offer_channels)
    numbers = {*MONEY, *NUMBERS, *(name for row in rows for name in row.parameters)}
    advice = "is of customers, and a limit of a period counts what sets remember: offers, channels, value and cost"
    for name in sorted({*summed_by([limit])} - numbers):
        yield f"{at('sum')}: limit {limit.name!r}: {name!r} {advice}"
    for name in sorted(set(limit.where) - OF_OPTIONS):
        yield f"{at('where', name)}: limit {limit.name!r}: {name!r} {advice}"


def _place(settings: Settings, position: int) -> Callable[..., str]:
    """Where a key of one of the limits stands."""

    def at(*key: str) -> str:
        path, line = settings.where("policy", ("limits", position, *key))
        return f"{path}:{line}"

    return at


def _nobody(name: str, known: set[str]) -> str:
    return f"is no column of candidates{nearest(name, known)}"


def blocks_of_unknown_amounts(limits: Sequence[Limit]) -> Iterator[OptionBlock]:
    """What a limit adds up must be known of every candidate that it counts: else nobody could say that it is kept."""
    for limit in limits:
        for name in sorted({*summed_by([limit])} - set(MONEY)):
            reason = Reason("value", f"{name}, which {limit.name!r} counts, is not known")
            counted = limit.share_of if limit.share_of is not None else limit.where
            yield OptionBlock(reason, F.col(name).isNull() & _matches(counted))


def _matches(where: Where) -> Column:
    """Whether a candidate has one of the values in every column; one that is not known it does not have."""
    tests = [_has_one(ALIASES.get(name, name), values) for name, values in where.items()]
    return reduce(lambda every, test: every & test, tests, F.lit(True))


def _has_one(name: str, values: Sequence[object]) -> Column:
    if name == SEGMENT:
        return F.arrays_overlap(SEGMENT, F.array(*[F.lit(value) for value in values]))
    return F.coalesce(F.col(name).isin(*values), F.lit(False))


def with_limit_columns(pairs: DataFrame, columns: LimitColumns) -> DataFrame:
    """Amounts as numbers of their own unit, 0 where a limit does not count them and nobody knows them."""
    return pairs.withColumns({name: F.coalesce(F.col(name).cast("double"), F.lit(0.0)) for name in columns.amounts})
