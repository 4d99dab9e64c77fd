"""Publishes a set in a child that dies before its n-th change of the disk, for every n; one line of JSON per death.

Run as: killed_publisher.py FOLDER first|again. `again`: the date has an older set already.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path

from jobs.commit.commits import committed
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal

DAY = date(2024, 7, 1)
OLD, NEW = {"a.csv": b"old"}, {"a.csv": b"new", "b.csv": b"b"}
CHANGES = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.chmod", "os.rmdir"}
SILENT_CHANGES = ("fchmod", "fsync")  # they raise no audit event
DIED, FINISHED = 9, 0


def publish(output, files):
    """As a night does: a set that is committed already is left as it is."""
    with date_lock(output, DAY) as run_folder:
        earlier, folder = committed(output, DAY), seal(run_folder, files)
        if not earlier or earlier.folder != folder:
            commit(run_folder, folder, b"{}", earlier)


def publish_and_die(output, files, at):
    """Publish; in place of the change after the first `at` ones, end without any clean-up, as after SIGKILL."""
    steps = iter(range(at))

    def step():
        if next(steps, None) is None:
            os._exit(DIED)

    def on_event(event, arguments):
        if event in CHANGES and str(output) in str(arguments[0]):
            step()

    for name in SILENT_CHANGES:
        change = getattr(os, name)
        setattr(os, name, lambda *arguments, change=change: (step(), change(*arguments)))
    sys.addaudithook(on_event)
    publish(output, files)
    os._exit(FINISHED)


def in_a_child(output, files, at):
    child = os.fork()
    if child == 0:
        publish_and_die(output, files, at)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def seen(output):
    """The files that a reader finds through the newest commit, None where there is none."""
    newest = committed(output, DAY)
    return newest and {path.name: path.read_text() for path in sorted(newest.folder.iterdir())}


def tree(output):
    """Every file below the output but the lock, which says who had it; of older attempts nothing may be left."""
    files = (path for path in sorted(output.rglob("*")) if path.is_file() and not path.name.endswith("lock"))
    return {str(path.relative_to(output)): path.read_text() for path in files}


def main(root, *, again):
    for at in range(1000):
        output = root / str(at)
        if again:
            publish(output, OLD)
        ended = in_a_child(output, NEW, at)
        after_death = seen(output)
        publish(output, NEW)
        print(json.dumps({"ended": ended, "seen": after_death, "after_rerun": tree(output)}))
        if ended == FINISHED:
            return


main(Path(sys.argv[1]), again=sys.argv[2] == "again")
