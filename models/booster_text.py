"""A Booster's native text, cut into its parts; whatever LightGBM would not have written is damage."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    return [int(one) for one in line.split()]


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
    found: dict[str, str] = {}
    for line in lines:
        key, is_pair, value = line.partition("=")
        if not is_pair or key in found:
            raise Damaged(f"{what} has a line that is no pair of key and value, or a key twice")
        found[key] = value
    return found
