"""Which files below a source are data: the night and the auditor have one rule, each in code of its own."""

from pathlib import Path
from random import Random

import pytest

from expectations.audit.raw_files import files_at
from jobs.sources.paths import data_files

NAMES = ("a", "b.csv", "c.parquet", "_temporary", "_SUCCESS", ".hidden", "day=1", "_day=2", "d._COPYING_", "e_f.g")
PATTERNS = (
    "",
    "*",
    "*/*",
    "a",
    "*.csv",
    "a/*",
    "_*",
    "_temporary",
    "_temporary/*",
    ".h*",
    "day=1/*.csv",
    "d._COPYING_",
)


def drawn_tree(seed: int, root: Path) -> Path:
    """A source folder with folders up to three deep, plain and hidden, links to files and to folders among them."""
    draw, source = Random(seed), root / "_tables" / "customers"  # what lies above the source hides nothing
    folders = [source]
    source.mkdir(parents=True)
    for _ in range(draw.randrange(2, 14)):
        path = draw.choice(folders) / draw.choice(NAMES)
        if path.exists() or path.is_symlink():
            continue
        kind = draw.random()
        if kind < 0.4:
            path.mkdir()
            folders.append(path)
        elif kind < 0.9:
            path.write_bytes(b"")
        else:
            path.symlink_to(draw.choice([*folders[:1], path.parent / "gone"]))
    return source


def by_the_auditor(pattern: str) -> list[Path]:
    try:
        return [Path(file) for file in files_at(pattern)]
    except FileNotFoundError:
        return []


def by_name_alone(pattern: str) -> list[Path]:
    """The planted reader: it looks at the name of each file only, not at the folders around it."""
    return sorted(file for file in Path(pattern).rglob("[!._]*") if file.is_file())


@pytest.mark.parametrize("seeds", [range(150), pytest.param(range(150, 3000), marks=pytest.mark.full)], ids=str)
def test_night_and_auditor_read_the_same_files_of_every_drawn_folder(tmp_path, seeds):
    differs_by_name = 0
    for seed in seeds:
        source = drawn_tree(seed, tmp_path / str(seed))
        for pattern in PATTERNS:
            path = f"{source}/{pattern}".rstrip("/")
            assert data_files(path) == by_the_auditor(path), (seed, pattern)
        differs_by_name += by_name_alone(str(source)) != by_the_auditor(str(source))
    assert differs_by_name > len(seeds) / 20, "a reader that looks at the file's own name alone must be found out"


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("", ["a.csv", "day=1/b.csv"]),
        ("*", ["a.csv", "day=1/b.csv"]),
        ("*/*", ["day=1/b.csv"]),
        ("_landing/*.csv", ["_landing/c.csv"]),
        ("_*", ["_landing/c.csv", "_temporary/0/part.csv"]),
        ("_temporary", ["_temporary/0/part.csv"]),
        (".late.csv", [".late.csv"]),
    ],
)
def test_what_is_hidden_and_what_a_path_names_all_the_same(tmp_path, path, read):
    for name in ("a.csv", "day=1/b.csv", "_temporary/0/part.csv", "_landing/c.csv", "x._COPYING_", ".late.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    expected = [tmp_path / name for name in read]
    assert data_files(f"{tmp_path}/{path}") == by_the_auditor(f"{tmp_path}/{path}") == expected
