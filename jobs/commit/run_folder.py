"""A run's own room on the folder of its date: it changes that folder only out of the room, or into it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from jobs.core.files import FOLDER_MODE, make_folder, sync_folder

ROOMS = ".run-*"


@dataclass(frozen=True)
class Room:
    """A folder `.run-<token>` that one run made and no other uses.

    Whoever takes a date over takes the rooms of other runs away. A run that was frozen then and wakes up cannot change
    anything: each of its steps names a path in a room that is gone, and the system refuses it.
    """

    folder: Path

    @classmethod
    def on(cls, day: Path) -> "Room":
        """A new room on the folder of a date."""
        room = cls(day / f"{ROOMS[:-1]}{uuid4().hex}")
        make_folder(room.folder)
        return room

    @property
    def token(self) -> str:
        """What tells this run from all others, 32 hex digits."""
        return self.folder.name.removeprefix(ROOMS[:-1])

    @property
    def day(self) -> Path:
        """The folder of the date, which readers look at."""
        return self.folder.parent

    def is_there(self) -> bool:
        """Whether nobody has taken the date over."""
        return self.folder.is_dir()

    def make(self, name: str) -> Path:
        """A folder in the room; never the room itself, should it be gone."""
        made = self.folder / name
        made.mkdir()
        made.chmod(FOLDER_MODE)
        return made

    def take_in(self, path: Path) -> None:
        """Remove something from the folder of the date, in one step for readers; it may be gone already."""
        inside = self.folder / f"removed-{uuid4().hex}"
        try:
            path.rename(inside)
        except FileNotFoundError:
            if path.exists() or not self.is_there():
                raise
            return
        sync_folder(self.day)
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()

    def put_out(self, name: str, path: Path) -> None:
        """Move what was made in the room under `name` to where readers look, in one step."""
        (self.folder / name).rename(path)
        sync_folder(path.parent)

    def link_out(self, name: str, path: Path) -> None:
        """Show a file of the room under a name that must be free; the caller makes it durable.

        Raises:
            FileExistsError: the name is taken.
        """
        os.link(self.folder / name, path)

    def leave(self) -> None:
        """Remove the room and whatever is still in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
