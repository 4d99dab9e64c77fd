"""A receiver of events on loopback, and runs to tell it of."""

import json
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pyarrow as pa
import pytest

from jobs.core.lake import Lake
from jobs.run.stage_run import StageRun
from jobs.run_context import RunContext

RUN = "0123456789abcdef0123456789abcdef"


class Receiver(ThreadingHTTPServer):
    """Keeps what it is posted; `answers` is the status it answers with, None keeps it silent."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Posted)
        self.answers, self.posted, self.headers, self.paths, self.is_over = 201, [], [], [], Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Posted(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        server.paths.append(self.path)
        server.headers.append(dict(self.headers))
        server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if server.answers is None:
            server.is_over.wait(30)
        self.send_response(server.answers or 201)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_words):
        """Tests print nothing."""


def _listening():
    with Receiver() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.is_over.set()
        server.shutdown()


receiver = pytest.fixture(_listening, name="receiver")
elsewhere = pytest.fixture(_listening, name="elsewhere")
"""A receiver that no setting names."""


@pytest.fixture
def context(deploy):
    messages = []
    run_context = RunContext(deploy("deployment.name=shop"), date(2024, 7, 1), messages.append)
    vars(run_context).update(messages=messages)
    return run_context


@pytest.fixture
def score(context):
    """The stage `score` of a run: it has read two customers' features and a source, and written their values."""
    stage_run = StageRun("shop", context.as_of, "score", RUN)
    lake = Lake(context.settings.deployment.lake, stage_run.table_io)
    table = pa.table({"customer_id": ["ann", "bob"], "customer_value": pa.array([1, 2], pa.int64())})
    lake.write_arrow(table.drop_columns("customer_value"), "features", context.as_of)
    stage_run.table_io.outputs.clear()
    lake.files("features", context.as_of)
    stage_run.table_io.reads("sources.products")
    lake.write_arrow(table, "values", context.as_of)
    return stage_run
