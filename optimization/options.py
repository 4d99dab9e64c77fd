"""Options: classes of candidates with one offer and channel that every limit's `where` treats alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit, Scalar
from optimization.columns import Labels
from optimization.errors import BadInput, nearest
from optimization.order import compacted
from optimization.problem import Problem

BUILT_IN_COLUMNS = ("customer", "offer", "channel", "value", "cost")


def matches(problem: Problem, limit: Limit, candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(k,) whether each of k candidates matches every column of the limit's `where`."""
    is_match = np.ones(len(candidates), dtype=bool)
    for name, values in limit.where.items():
        labels = labels_for(problem, limit, name)
        is_named = np.isin(labels.of_code, np.array(values, dtype=object))
        is_match &= np.append(is_named, False)[labels.code[candidates]]
    return is_match


def unmatched(problem: Problem, limits: Sequence[Limit]) -> list[str]:
    """Names of limits that match not one candidate."""
    everything = np.arange(len(problem), dtype=np.int64)
    return [limit.name for limit in limits if not matches(problem, limit, everything).any()]


def labels_for(problem: Problem, limit: Limit, name: str) -> Labels:
    """The column that `where` names; of a column of whole numbers only the numbers named.

    Raises:
        BadInput: there is no such column, or a value is of another type than the column's.
    """
    labels = problem.label(name)
    if labels is None:
        numbers = problem.amount(name)
        if numbers is None:
            raise unknown_column(problem, limit, name)
        _check_types(
            limit, name, "a whole number", lambda value: not isinstance(value, bool | str) and value == int(value)
        )
        return _of_numbers(numbers, limit.where[name])
    if len(labels.of_code):
        kind = type(labels.of_code[0])
        _check_types(limit, name, "true or false" if kind is bool else "text", lambda value: type(value) is kind)
    return labels


def unknown_column(problem: Problem, limit: Limit, name: str) -> BadInput:
    """The message for a column that a limit names and the candidates do not have in a usable form."""
    if name in problem.unusable:
        return BadInput(f"limit {limit.name!r}: column {name!r} cannot be used: {problem.unusable[name]}")
    columns = {*BUILT_IN_COLUMNS, *problem.amounts, *problem.labels}
    return BadInput(f"limit {limit.name!r}: the candidates have no column {name!r}{nearest(name, columns)}")


def _of_numbers(numbers: NDArray[np.int64], named: tuple[Scalar, ...]) -> Labels:
    values = np.unique(np.array([whole for whole in map(int, named) if -(2**63) <= whole < 2**63], dtype=np.int64))
    if not len(values):
        return Labels(np.full(len(numbers), -1, dtype=np.int32), np.zeros(0, dtype=object))
    position = np.minimum(np.searchsorted(values, numbers), len(values) - 1)
    code = np.where(values[position] == numbers, position, -1).astype(np.int32)
    return Labels(code, np.array([*values.tolist()], dtype=object))


def _check_types(limit: Limit, name: str, wanted: str, is_right: Callable[[Scalar], bool]) -> None:
    wrong = [value for value in limit.where[name] if not is_right(value)]
    if wrong:
        raise BadInput(f"limit {limit.name!r}: where {name}: {wanted} is needed, found {wrong[0]!r}")


@dataclass(frozen=True)
class Options:
    """The options of a problem: offer × channel × the classes that limits distinguish.

    Attributes:
        code: (n,) uint16 or int32, the option of each candidate.
        example: (options,) int64, one candidate of each option.
        is_match: limit -> (options,) whether it counts the option.
    """

    code: NDArray[np.integer]
    example: NDArray[np.int64]
    is_match: Mapping[str, NDArray[np.bool_]]


def options_of(problem: Problem, limits: Sequence[Limit]) -> Options:
    """The options that these limits distinguish.

    Raises:
        BadInput: a `where` names what the candidates do not have.
    """
    code = problem.offer.astype(np.int64) * max(len(problem.channel_ids), 1) + problem.channel
    for name in sorted({name for limit in limits for name in limit.where} - {"offer", "offer_id", "channel"}):
        classes = _classes(problem, [limit for limit in limits if name in limit.where], name)
        code = compacted(code)[0] * (int(classes.max(initial=0)) + 1) + classes
    code, example = compacted(code)
    is_match = {limit.name: matches(problem, limit, example) for limit in limits}
    narrow = np.uint16 if len(example) <= np.iinfo(np.uint16).max else np.int32
    return Options(code.astype(narrow), example, is_match)


def _classes(problem: Problem, limits: Sequence[Limit], name: str) -> NDArray[np.int64]:
    """(n,) classes of the labels of one column: labels that the same limits name are one class."""
    code = np.zeros(len(problem), dtype=np.int64)
    for limit in limits:
        labels = labels_for(problem, limit, name)
        is_named = np.append(np.isin(labels.of_code, np.array(limit.where[name], dtype=object)), False)
        code = compacted(code * 2 + is_named[labels.code])[0]
    return code
