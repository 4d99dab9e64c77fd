"""Which files a path of sources.yaml stands for, and what the names of their folders say."""

import glob
import os
import re
from pathlib import Path
from urllib.parse import unquote

from pyspark.sql import Column
from pyspark.sql import functions as F

HIDDEN_STARTS, HIDDEN_END = ("_", "."), "._COPYING_"
"""How the names of folders and files begin, or end, that are marks of writers or not finished."""
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
"""What Hive and Spark write into the name of a folder for a value that is not known."""
ESCAPED = r"^(?:[^%]|%[0-9a-fA-F]{2})*$"
"""A name in which each % begins an escape; another is taken as it stands."""


def data_files(pattern: str) -> list[Path]:
    """Every file that a path or pattern of sources.yaml stands for, in order, without those that a writer hides.

    What lies at the path as it is written is meant by it, whatever brackets and stars are in its name. Hidden is what
    has a part in its path, below what the pattern itself names, that begins with `_` or `.` or ends with `._COPYING_`
    (docs/input_gates.md): marks, and what is not finished yet.
    """
    if os.path.exists(pattern):  # not of a Path: without a word it would be the working folder
        named = [Path(pattern)]
    else:
        paths = [Path(name) for name in sorted(glob.glob(pattern))]
        named = [path for path in paths if not any(map(_is_hidden_match, path.parts, Path(pattern).parts))]
    return [file for path in named for file in (_inside(path) if path.is_dir() else [path])]


def folder_of(pattern: str) -> Path:
    """The folder from which the files of a path or pattern are named; none that says a value, as `channel=email`."""
    fixed = Path(pattern).absolute()
    while not fixed.is_dir() or "=" in fixed.name:
        fixed = fixed.parent
    return fixed


def folder_value(file: Path, key: str) -> str | None:
    """What the nearest folder above a file says of a key: of `kind`, `tea` in `kind=tea/a.csv`; None: nothing.

    `%3A` stands for `:`, as Hive and Spark write it. The value that is not known is an empty text.
    """
    for folder in file.absolute().parent.parts[::-1]:
        name, sign, text = folder.partition("=")
        if sign and name == key:
            return "" if text == NULL_FOLDER else unquote(text) if re.match(ESCAPED, text) else text
    return None


def folder_column(key: str) -> Column:
    """As `folder_value`, of the file that a row of Spark's lies in."""
    path = unescaped(F.col("_metadata.file_path"))
    text = F.regexp_extract(path, rf"^.*/\Q{key}\E=([^/]*)/.*$", 1)
    value = F.when(F.rlike(text, F.lit(ESCAPED)), unescaped(text)).otherwise(text)
    return F.when((text != "") & (text != NULL_FOLDER), value)


def spark_path(file: Path) -> str:
    """The file as Spark is told of it: signs of patterns are no pattern."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(file.absolute()))


def unescaped(text: Column) -> Column:
    """A text with its escapes read; `+` stands for itself."""
    return F.url_decode(F.replace(text, F.lit("+"), F.lit("%2B")))


def _inside(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if not any(map(_is_hidden, file.relative_to(folder).parts))]


def _is_hidden(name: str) -> bool:
    return name.startswith(HIDDEN_STARTS) or name.endswith(HIDDEN_END)


def _is_hidden_match(name: str, pattern: str) -> bool:
    """Whether a name is hidden, and the part of the pattern that it matches does not ask for such names."""
    return _is_hidden(name) and name != pattern and not (name[0] == pattern[0] and pattern[0] in HIDDEN_STARTS)
