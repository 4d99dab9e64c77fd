"""What a folder holds. A folder that cannot be read is an error here; to `Path.glob` it is an empty one."""

import os
from fnmatch import fnmatchcase
from pathlib import Path


def listed(folder: Path, pattern: str) -> list[Path]:
    """What lies in a folder under such names, in their order; nothing where there is no such folder.

    Raises:
        OSError: the folder cannot be read.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in sorted(names) if fnmatchcase(name, pattern)]
