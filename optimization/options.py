"""Options: classes of candidates with one offer and channel that every limit's `where` treats alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit, Scalar, Where
from optimization.columns import Labels
from optimization.errors import BadInput, nearest
from optimization.limits import rows_of
from optimization.order import compacted
from optimization.problem import REQUIRED, Problem

ALIASES = {"offer": "offer_id", "customer": "customer_id"}
"""What limits may say for the column of a table."""
BUILT_IN_COLUMNS = ("customer", "offer", "channel", "value", "cost")


def matches(problem: Problem, limit: Limit, candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(k,) whether the limit counts each of k candidates: by `where`, and of a share by `share_of` as well."""
    return _matches(problem, limit, limit.where, candidates) & whole(problem, limit, candidates)


def whole(problem: Problem, limit: Limit, candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(k,) whether each of k candidates belongs to the whole that a limit is a share of; of no share, all do."""
    return _matches(problem, limit, limit.share_of or {}, candidates)


def _matches(problem: Problem, limit: Limit, where: Where, candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
    is_match = np.ones(len(candidates), dtype=bool)
    for name, values in where.items():
        labels = labels_for(problem, limit, name, values)
        is_match &= np.append(_is_named(labels, values), False)[labels.code[candidates]]
    return is_match


def _is_named(labels: Labels, values: Sequence[Scalar]) -> NDArray[np.bool_]:
    """(labels,) whether `where` names the label, or one of its texts where it has several."""
    if len(labels.of_code) and isinstance(labels.of_code[0], tuple):
        return np.array([not set(texts).isdisjoint(values) for texts in labels.of_code])
    return np.isin(labels.of_code, np.array(values, dtype=object))


def named_by(limit: Limit) -> Iterator[tuple[str, tuple[Scalar, ...]]]:
    """Each column that `where` or `share_of` names, with its values."""
    yield from limit.where.items()
    yield from (limit.share_of or {}).items()


def unmatched(problem: Problem, limits: Sequence[Limit]) -> list[str]:
    """Names of limits that match not one candidate."""
    everything = np.arange(len(problem), dtype=np.int64)
    return [limit.name for limit in limits if not matches(problem, limit, everything).any()]


def labels_for(problem: Problem, limit: Limit, name: str, values: Sequence[Scalar]) -> Labels:
    """The column that `where` names; of a column of whole numbers only the numbers named.

    Raises:
        BadInput: there is no such column, or a value is of another type than the column's.
    """
    labels = problem.label(name)
    if labels is None:
        numbers = problem.amount(name)
        if numbers is None:
            raise unknown_column(problem, limit, name)
        wrong = [value for value in values if isinstance(value, bool | str) or value != int(value)]
        _refuse(limit, name, wrong, "a whole number")
        return _of_numbers(numbers, values)
    if len(labels.of_code):
        kind = bool if isinstance(labels.of_code[0], bool) else str
        wrong = [value for value in values if type(value) is not kind]
        _refuse(limit, name, wrong, "true or false" if kind is bool else "text")
    return labels


def unknown_column(problem: Problem, limit: Limit, name: str) -> BadInput:
    """The message for a column that a limit names and the candidates do not have in a usable form."""
    if name in problem.unusable:
        return BadInput(f"limit {limit.name!r}: column {name!r} cannot be used: {problem.unusable[name]}")
    columns = {*BUILT_IN_COLUMNS, *problem.amounts, *problem.labels}
    return BadInput(f"limit {limit.name!r}: the candidates have no column {name!r}{nearest(name, columns)}")


def columns_needed(names: Sequence[str], limits: Sequence[Limit], max_per_household: int | str | None) -> list[str]:
    """Of the columns of a table of candidates, those that a problem is made of under these limits."""
    matched = {ALIASES.get(name, name) for limit in limits for name, _ in named_by(limit)}
    wanted = {*REQUIRED, *(name for limit in limits for row in rows_of(limit) for name in row.columns), *matched}
    if max_per_household is not None:
        wanted |= {"household_id", str(max_per_household)}
    return [name for name in names if name in wanted]


def _of_numbers(numbers: NDArray[np.int64], named: Sequence[Scalar]) -> Labels:
    values = np.unique(np.array([whole for whole in map(int, named) if -(2**63) <= whole < 2**63], dtype=np.int64))
    if not len(values):
        return Labels(np.full(len(numbers), -1, dtype=np.int32), np.zeros(0, dtype=object))
    position = np.minimum(np.searchsorted(values, numbers), len(values) - 1)
    code = np.where(values[position] == numbers, position, -1).astype(np.int32)
    return Labels(code, np.array([*values.tolist()], dtype=object))


def _refuse(limit: Limit, name: str, wrong: Sequence[Scalar], wanted: str) -> None:
    if wrong:
        raise BadInput(f"limit {limit.name!r}: where {name}: {wanted} is needed, found {wrong[0]!r}")


@dataclass(frozen=True)
class Options:
    """The options of a problem: offer × channel × the classes that limits distinguish.

    Attributes:
        code: (n,) uint16 or int32, the option of each candidate.
        example: (options,) int64, one candidate of each option.
        is_match: limit -> (options,) whether it counts the option.
        is_whole: limit -> (options,) whether the option belongs to what the limit is a share of.
    """

    code: NDArray[np.integer]
    example: NDArray[np.int64]
    is_match: Mapping[str, NDArray[np.bool_]]
    is_whole: Mapping[str, NDArray[np.bool_]]


def options_of(problem: Problem, limits: Sequence[Limit]) -> Options:
    """The options that these limits distinguish.

    Raises:
        BadInput: a `where` names what the candidates do not have.
    """
    code = problem.offer.astype(np.int64) * max(len(problem.channel_ids), 1) + problem.channel
    names = {name for limit in limits for name, _ in named_by(limit)} - {"offer", "offer_id", "channel"}
    for name in sorted(names):
        classes = _classes(problem, limits, name)
        code = compacted(code)[0] * (int(classes.max(initial=0)) + 1) + classes
    code, example = compacted(code)
    is_match = {limit.name: matches(problem, limit, example) for limit in limits}
    is_whole = {limit.name: whole(problem, limit, example) for limit in limits if limit.share_of is not None}
    narrow = np.uint16 if len(example) <= np.iinfo(np.uint16).max else np.int32
    return Options(code.astype(narrow), example, is_match, is_whole)


def _classes(problem: Problem, limits: Sequence[Limit], name: str) -> NDArray[np.int64]:
    """(n,) classes of the labels of one column: labels that the same limits name are one class."""
    code = np.zeros(len(problem), dtype=np.int64)
    for limit in limits:
        for values in (values for column, values in named_by(limit) if column == name):
            labels = labels_for(problem, limit, name, values)
            code = compacted(code * 2 + np.append(_is_named(labels, values), False)[labels.code])[0]
    return code
