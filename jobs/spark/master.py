"""Checks that the master of a Spark cluster answers, before a session waits two minutes for it."""

import re
import socket

from jobs.core.errors import ClusterAway

SECONDS = 5.0
ADDRESS = re.compile(r"([^,/]+):(\d+)")


def check_master(master: str) -> None:
    """Try to reach the master of `spark://host:port`, or one of several; other masters are taken at their word.

    Raises:
        ClusterAway: none takes a connection.
    """
    if not master.startswith("spark://"):
        return
    addresses = [(host, int(port)) for host, port in ADDRESS.findall(master)]
    if not any(_answers(address) for address in addresses):
        raise ClusterAway(
            f"the Spark cluster at {master} does not answer: start its master, or change deployment.yaml: spark.master"
        )


def _answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=SECONDS).close()
    except OSError:
        return False
    return True
