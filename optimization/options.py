"""Classes of candidates that every limit's `where` treats alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conf.limit import Limit
from optimization.grouping import compacted
from optimization.problem import Problem
from optimization.where import labels_for, matches


@dataclass(frozen=True)
class Options:
    """The options of a problem: offer × channel × what the limits tell apart.

    Attributes:
        code: (n,) uint16 or int32, the option of each candidate.
        example: (options,) int64, one candidate of each option.
        is_match: limit -> (options,) whether it counts the option.
    """

    code: NDArray[np.integer]
    example: NDArray[np.int64]
    is_match: Mapping[str, NDArray[np.bool_]]


def options_of(problem: Problem, limits: Sequence[Limit]) -> Options:
    """The options that these limits tell apart.

    Raises:
        BadInput: a `where` names what the candidates do not have.
    """
    code = problem.offer.astype(np.int64) * max(len(problem.channel_ids), 1) + problem.channel
    for name in sorted({name for limit in limits for name in limit.where} - {"offer", "offer_id", "channel"}):
        told_apart = _classes(problem, [limit for limit in limits if name in limit.where], name)
        code = compacted(code)[0] * (int(told_apart.max(initial=0)) + 1) + told_apart
    code, example = compacted(code)
    is_match = {limit.name: matches(problem, limit, example) for limit in limits}
    narrow = np.uint16 if len(example) <= np.iinfo(np.uint16).max else np.int32
    return Options(code.astype(narrow), example, is_match)


def _classes(problem: Problem, limits: Sequence[Limit], name: str) -> NDArray[np.int64]:
    """(n,) labels of one column that the same limits name are one class."""
    code = np.zeros(len(problem), dtype=np.int64)
    for limit in limits:
        labels = labels_for(problem, limit, name)
        is_named = np.append(np.isin(labels.of_code, np.array(limit.where[name], dtype=object)), False)
        code = compacted(code * 2 + is_named[labels.code])[0]
    return code
