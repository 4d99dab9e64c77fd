"""Whether a Booster's text may be loaded at all: a damaged one can abort or hang the process that does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

VERSION = "v4"
_HEADER = ("version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "feature_names")
_REQUIRED = {*_HEADER, "feature_infos", "tree_sizes"}
_OPTIONAL = {"objective", "monotone_constraints"}
_AVERAGED = "average_output"
_LEFT_OVER = re.compile(
    r"end of trees\n\nfeature_importances:\n([^\n=]+=\d+\n)*\n"
    r"parameters:\n(\[\w+: [^\n]*\]\n)*\nend of parameters\n(\npandas_categorical:[^\n]*\n?)?"
)


class Damaged(ValueError):
    """The text is not what LightGBM writes: where, and what was found."""


@dataclass(frozen=True)
class BoosterText:
    """The parts of a text.

    Attributes:
        header: key -> the rest of its line.
        trees: per tree its keys and the rest of their lines, as they stand.
    """

    header: Mapping[str, str]
    trees: Sequence[Mapping[str, str]]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the matrix that the Booster expects."""
        return tuple(self.header["feature_names"].split(" "))


def split(text: str) -> BoosterText:
    """Cut a text into its parts.

    Raises:
        Damaged: a part is missing, is there twice, or does not lie where the header says.
    """
    head, blank, _ = text.partition("\n\n")
    if not head.startswith("tree\n") or not blank:
        raise Damaged("it does not begin with the header of a LightGBM model")
    header = _header(head.split("\n")[1:])
    sizes = whole_numbers("tree_sizes", header["tree_sizes"])
    data = text.encode()
    start = len(head.encode()) + 2
    if sum(sizes) > len(data) - start:
        raise Damaged(f"the header says {len(sizes)} trees of {sum(sizes)} bytes, and {len(data) - start} are left")
    trees = []
    for number, size in enumerate(sizes):
        trees.append(_tree(number, data[start : start + size]))
        start += size
    if not _LEFT_OVER.fullmatch(data[start:].decode(errors="replace")):
        raise Damaged(f"after {len(trees)} trees there is something else than importances and parameters")
    return BoosterText(header, trees)


def without_ranges(text: str) -> str:
    """The text without each column's smallest and largest value in training: those are two customers' own.

    No forecast needs them.
    """

    def unsaid(line: re.Match[str]) -> str:
        return line[1] + " ".join("none" for _ in line[2].split(" "))

    return re.sub(r"(?m)^(feature_infos=)(.*)$", unsaid, text, count=1)


def whole_numbers(what: str, line: str) -> list[int]:
    """Whole numbers with one blank between them.

    Raises:
        Damaged: they are something else.
    """
    if not re.fullmatch(r"(-?\d{1,18}( -?\d{1,18})*)?", line, re.ASCII):
        raise Damaged(f"{what} is not a list of whole numbers")
    return [int(word) for word in line.split()]


def _header(lines: Sequence[str]) -> dict[str, str]:
    header = _keys("the header", [line for line in lines if line != _AVERAGED])
    missing, unknown = _REQUIRED - set(header), set(header) - _REQUIRED - _OPTIONAL
    if missing or unknown:
        raise Damaged(f"the header lacks {sorted(missing)} and has {sorted(unknown)}, which LightGBM does not write")
    if header["version"] != VERSION:
        raise Damaged(f"it is of version {header['version'][:9]!r}; only {VERSION!r} is read")
    return header


def _tree(number: int, section: bytes) -> dict[str, str]:
    begin, end = f"Tree={number}\n".encode(), b"\n\n\n"
    if not (section.startswith(begin) and section.endswith(end)):
        raise Damaged(f"tree {number} does not lie where the header says")
    body = section[len(begin) : -len(end)].decode(errors="replace")
    return _keys(f"tree {number}", body.split("\n"))


def _keys(what: str, lines: Sequence[str]) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for line in lines:
        key, is_pair, value = line.partition("=")
        if not is_pair or key in by_key:
            raise Damaged(f"{what} has a line that is no pair of key and value, or a key twice")
        by_key[key] = value
    return by_key


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
    values = _numbers(tree, key, count, _NUMBERS)
    _demand(bool(np.all(np.isfinite(values))), f"{key} holds a number beyond all bounds")
    return values


def _numbers(tree: Mapping[str, str], key: str, count: int, pattern: re.Pattern[str]) -> FloatArray:
    _demand(bool(pattern.fullmatch(tree[key])), f"{key} is not a list of numbers")
    values = np.array(tree[key].split(), dtype=np.float64)
    _demand(len(values) == count, f"{key} has {len(values)} entries, {count} belong there")
    return values


def _whole(tree: Mapping[str, str], key: str, count: int) -> IntArray:
    values = np.array(whole_numbers(key, tree[key]), dtype=np.int64)
    _demand(len(values) == count, f"{key} has {len(values)} entries, {count} belong there")
    return values


def _demand(is_met: bool, otherwise: str) -> None:
    if not is_met:
        raise Damaged(otherwise)


EXPONENTIAL = ("tweedie", "poisson", "gamma")
"""Objectives whose forecast is e to the sum of the leaves."""
MOST = 1e300
MOST_EXPONENT = 690.0  # e to the power of it is just below MOST


def check_structure(text: str, names: Sequence[str]) -> None:
    """Check header against trees, every tree, and that no row can get a forecast beyond all bounds.

    Args:
        text: native text.
        names: the columns of the matrix, in order.

    Raises:
        Damaged: what is wrong, and in which tree.
    """
    booster = split(text)
    _check_header(booster, names)
    largest = smallest = 0.0
    for number, tree in enumerate(booster.trees):
        try:
            leaves = check_tree(tree, len(names))
        except Damaged as error:
            raise Damaged(f"tree {number}: {error}") from None
        largest, smallest = largest + leaves.max(), smallest + leaves.min()
    is_exponential = booster.header.get("objective", "").startswith(EXPONENTIAL)
    if largest > (MOST_EXPONENT if is_exponential else MOST) or smallest < -MOST:
        raise Damaged(f"its leaves add up to {smallest:.3g} to {largest:.3g}, which is beyond all bounds")


def _check_header(booster: BoosterText, names: Sequence[str]) -> None:
    for key in ("num_class", "num_tree_per_iteration"):
        if booster.header[key] != "1":
            raise Damaged(f"{key} is {booster.header[key][:9]!r}; models of one answer are supported")
    if booster.names != tuple(names):
        raise Damaged("its columns are not those of contract.json, or in another order")
    if whole_numbers("max_feature_idx", booster.header["max_feature_idx"]) != [len(names) - 1]:
        raise Damaged("max_feature_idx is not that of the last column")
    if len(booster.header["feature_infos"].split(" ")) != len(names):
        raise Damaged("feature_infos are not one for each column")
    if len(whole_numbers("label_index", booster.header["label_index"])) != 1:
        raise Damaged("label_index is not one number")
    if not booster.trees:
        raise Damaged("it has no trees")
