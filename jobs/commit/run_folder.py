"""A run's staging folder inside the folder of its date; its unique name is a fencing token."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from jobs.core.files import FOLDER_MODE, make_folder, sync_folder

RUN_FOLDERS = ".run-*"


@dataclass(frozen=True)
class RunFolder:
    """A folder `.run-<token>` that one run made and no other uses.

    Whoever takes a date over removes the run folders of other runs. A run that was frozen then and wakes up cannot
    change anything: each of its steps names a path in a run folder that is gone, and the system refuses it.
    """

    path: Path

    @classmethod
    def on(cls, day: Path) -> "RunFolder":
        """A new run folder in the folder of a date."""
        run_folder = cls(day / f"{RUN_FOLDERS[:-1]}{uuid4().hex}")
        make_folder(run_folder.path)
        return run_folder

    @property
    def token(self) -> str:
        """What distinguishes this run from all others, 32 hex digits."""
        return self.path.name.removeprefix(RUN_FOLDERS[:-1])

    @property
    def day(self) -> Path:
        """The folder of the date, which readers read."""
        return self.path.parent

    def is_there(self) -> bool:
        """Whether nobody has taken the date over."""
        return self.path.is_dir()

    def make(self, name: str) -> Path:
        """A folder in the run folder; never the run folder itself, should it be gone."""
        folder = self.path / name
        folder.mkdir()
        folder.chmod(FOLDER_MODE)
        return folder

    def withdraw(self, path: Path) -> None:
        """Remove something from the folder of the date, in one step for readers; it may be gone already."""
        inside = self.path / f"removed-{uuid4().hex}"
        try:
            path.rename(inside)
        except FileNotFoundError:
            if path.exists() or not self.is_there():
                raise
            return
        sync_folder(self.day)
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()

    def publish(self, name: str, path: Path) -> None:
        """Move what was made in the run folder under `name` to where readers find it, in one step."""
        (self.path / name).rename(path)
        sync_folder(path.parent)

    def publish_link(self, name: str, path: Path) -> None:
        """Show a file of the run folder under a name that must be free; the caller makes it durable.

        Raises:
            FileExistsError: the name is taken.
        """
        os.link(self.path / name, path)

    def leave(self) -> None:
        """Remove the run folder and whatever is still in it."""
        shutil.rmtree(self.path, ignore_errors=True)
