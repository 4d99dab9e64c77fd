"""The files of oneoffer's own five packages."""

from collections.abc import Iterator
from pathlib import Path

import conf
import expectations
import jobs
import models
import optimization

PACKAGES = (conf, expectations, jobs, models, optimization)


def own_files(endings: set[str]) -> Iterator[tuple[str, Path]]:
    """Every file with one of these endings, in a fixed order: what it is called from the packages' folder, its path."""
    for package in PACKAGES:
        root = Path(package.__path__[0])
        for path in sorted(one for one in root.rglob("*") if one.suffix in endings):
            yield f"{package.__name__}/{path.relative_to(root).as_posix()}", path
