"""Starts publishers one after the other, each in a process of its own that waits for SIGCONT before it begins.

Run as: publishers.py protocol FOLDER FILES, or: publishers.py oneoffer WORDS... for a command that is run by its
command line. For each line read, a publisher is started; its process number is written, then how it ended. All is
imported before the first one, so that whatever a publisher asks of the system is its own work.
"""

import json
import os
import signal
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

from jobs.commit.commits import committed
from jobs.commit.lock import date_lock, fenced
from jobs.commit.protocol import commit, seal
from jobs.core.disk import disk_failures
from jobs.core.environment import SETTINGS
from oneoffer import run_command

DAY = date(2024, 7, 1)


def protocol(output, files):
    """A night that has computed its files and now publishes them."""

    def publish():
        with date_lock(output, DAY) as run_folder, disk_failures(DAY), fenced(run_folder):
            earlier, folder = committed(output, DAY), seal(run_folder, files)
            if not earlier or earlier.folder != folder:
                commit(run_folder, folder, b"{}", earlier)

    return publish


def careless(output, files):
    """What a publisher must not be: it names its set before the files are there. Tests must catch it."""

    def publish():
        folder = output / DAY.isoformat() / "set-careless"
        folder.mkdir(parents=True, exist_ok=True)
        sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
        (folder / "SHA256SUMS").write_text(sums)
        (folder.parent / "COMMIT.1").write_text(json.dumps({"set": folder.name, "sha256": ""}))
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (folder / "audit.json").write_bytes(b"{}")

    return publish


def command(words):
    """The command line, with everything imported that publication needs."""
    os.environ.update(SETTINGS)
    import jobs.cli.commands  # noqa: PLC0415
    import jobs.run.night  # noqa: PLC0415
    import jobs.run.preflight  # noqa: PLC0415
    import jobs.stages.publish  # noqa: PLC0415

    return lambda: jobs.cli.commands.app(words, standalone_mode=False)


def of_files(kind, output, files):
    contents = {name: text.encode() for name, text in json.loads(files).items()}
    return {"protocol": protocol, "careless": careless}[kind](Path(output), contents)


def main(kind, *words):
    publisher = command(list(words)) if kind == "oneoffer" else of_files(kind, *words)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # ours are the two lines below
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(run_command(publisher))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
