"""Whether a Booster's text may be loaded at all: a damaged one can abort or hang the process that does."""

from collections.abc import Sequence

from models.booster_text import BoosterText, Damaged, split, whole_numbers
from models.tree_structure import check_tree

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
    found = split(text)
    _check_header(found, names)
    largest = smallest = 0.0
    for number, tree in enumerate(found.trees):
        try:
            leaves = check_tree(tree, len(names))
        except Damaged as error:
            raise Damaged(f"tree {number}: {error}") from None
        largest, smallest = largest + leaves.max(), smallest + leaves.min()
    is_exponential = found.header.get("objective", "").startswith(EXPONENTIAL)
    if largest > (MOST_EXPONENT if is_exponential else MOST) or smallest < -MOST:
        raise Damaged(f"its leaves add up to {smallest:.3g} to {largest:.3g}, which is beyond all bounds")


def _check_header(found: BoosterText, names: Sequence[str]) -> None:
    for key in ("num_class", "num_tree_per_iteration"):
        if found.header[key] != "1":
            raise Damaged(f"{key} is {found.header[key][:9]!r}; models of one answer are supported")
    if found.names != tuple(names):
        raise Damaged("its columns are not those of contract.json, or in another order")
    if whole_numbers("max_feature_idx", found.header["max_feature_idx"]) != [len(names) - 1]:
        raise Damaged("max_feature_idx is not that of the last column")
    if len(found.header["feature_infos"].split(" ")) != len(names):
        raise Damaged("feature_infos are not one for each column")
    if len(whole_numbers("label_index", found.header["label_index"])) != 1:
        raise Damaged("label_index is not one number")
    if not found.trees:
        raise Damaged("it has no trees")
