"""Whether one tree of a Booster's text can be walked from its root to a leaf, whatever the row."""

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.booster_text import Damaged, whole_numbers

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_NUMBER = r"-?\d{1,20}(\.\d{1,25})?(e[+-]\d{1,3})?"
_NUMBERS = re.compile(rf"({_NUMBER}( {_NUMBER})*)?", re.ASCII)
_THRESHOLDS = re.compile(rf"((-?inf|{_NUMBER})( (-?inf|{_NUMBER}))*)?", re.ASCII)  # inf parts the missing from the rest
_OF_NODES = ("split_gain", "internal_value", "internal_weight", "internal_count")
_OF_LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
_WHOLE = ("split_feature", "decision_type", "left_child", "right_child")
_ALWAYS = {"num_leaves", "num_cat", "threshold", *_OF_NODES, *_OF_LEAVES, *_WHOLE, "is_linear", "shrinkage"}
_CATEGORICAL = {"cat_boundaries", "cat_threshold"}
_IS_CATEGORICAL, _MISSING_KINDS = 1, 3


def check_tree(tree: Mapping[str, str], features: int) -> FloatArray:
    """Check what prediction relies on.

    Args:
        tree: the keys of one tree.
        features: columns of the matrix.

    Returns:
        (num_leaves,) the values of its leaves.

    Raises:
        Damaged: the tree cannot be walked.
    """
    leaves, categorical = (_count(tree, key) for key in ("num_leaves", "num_cat"))
    if set(tree) != (_ALWAYS | _CATEGORICAL if categorical else _ALWAYS) or leaves < 1:
        raise Damaged("it has not the keys of a tree")
    if tree["is_linear"] != "0":
        raise Damaged("its leaves are linear models, which are not supported")
    _floats(tree, "shrinkage", 1)
    nodes = leaves - 1
    for key in _OF_NODES:
        _floats(tree, key, nodes)
    # A tree that is one leaf may come without the weight of that leaf.
    values, *_ = [_floats(tree, key, leaves) for key in _OF_LEAVES if leaves > 1 or key == "leaf_value"]
    split_feature, decision, left, right = (_whole(tree, key, nodes) for key in _WHOLE)
    _demand(bool(np.all((split_feature >= 0) & (split_feature < features))), "split_feature names a column that is not")
    is_kind = (decision >= 0) & (decision >> 2 < _MISSING_KINDS)
    _demand(bool(np.all(is_kind)), "decision_type is none that LightGBM knows")
    _check_children(left, right)
    threshold = _numbers(tree, "threshold", nodes, _THRESHOLDS)
    _check_categories(tree, threshold[(decision & _IS_CATEGORICAL) > 0], categorical)
    return values


def _check_children(left: IntArray, right: IntArray) -> None:
    """Each node but the root and each leaf has one parent, and nodes come after theirs: so there is no circle."""
    nodes = len(left)
    children = np.concatenate([left, right])
    wanted = np.concatenate([np.arange(-nodes - 1, 0), np.arange(1, nodes)]) if nodes else children
    _demand(np.array_equal(np.sort(children), wanted), "its children are not each node and each leaf once")
    is_after = (children < 0) | (children > np.tile(np.arange(nodes), 2))
    _demand(bool(np.all(is_after)), "a node comes before its parent, which may be a circle")


def _check_categories(tree: Mapping[str, str], sets: FloatArray, categorical: int) -> None:
    """A categorical node's threshold is the number of its bitset; bitset k lies between boundaries k and k + 1."""
    _demand(np.array_equal(np.sort(sets), np.arange(categorical)), "its categorical splits have not one bitset each")
    if categorical:
        bounds = whole_numbers("cat_boundaries", tree["cat_boundaries"])
        words = whole_numbers("cat_threshold", tree["cat_threshold"])
        is_increasing = all(low < high for low, high in pairwise(bounds))
        is_whole = len(bounds) == categorical + 1 and bounds[0] == 0 and bounds[-1] == len(words)
        _demand(is_whole and is_increasing, "cat_boundaries do not cut cat_threshold into bitsets")
        _demand(all(0 <= word < 2**32 for word in words), "cat_threshold holds more than words of 32 bits")


def _count(tree: Mapping[str, str], key: str) -> int:
    text = tree.get(key, "")
    _demand(bool(re.fullmatch(r"\d{1,7}", text, re.ASCII)), f"{key} is not a count")
    return int(text)


def _floats(tree: Mapping[str, str], key: str, count: int) -> FloatArray:
    found = _numbers(tree, key, count, _NUMBERS)
    _demand(bool(np.all(np.isfinite(found))), f"{key} holds a number beyond all bounds")
    return found


def _numbers(tree: Mapping[str, str], key: str, count: int, pattern: re.Pattern[str]) -> FloatArray:
    _demand(bool(pattern.fullmatch(tree[key])), f"{key} is not a list of numbers")
    found = np.array(tree[key].split(), dtype=np.float64)
    _demand(len(found) == count, f"{key} has {len(found)} entries, {count} belong there")
    return found


def _whole(tree: Mapping[str, str], key: str, count: int) -> IntArray:
    found = np.array(whole_numbers(key, tree[key]), dtype=np.int64)
    _demand(len(found) == count, f"{key} has {len(found)} entries, {count} belong there")
    return found


def _demand(is_met: bool, otherwise: str) -> None:
    if not is_met:
        raise Damaged(otherwise)
