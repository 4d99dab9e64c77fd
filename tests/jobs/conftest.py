"""Tables drawn as text, and deployments that differ from the template in a few lines."""

import itertools
import shutil
from datetime import date
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pytest

import conf
from conf.load import load
from conf.models import Label, Population
from jobs.candidates.bitset import to_bitset
from jobs.candidates.layout import Layout, Reason, write_layout
from jobs.commit.commits import committed
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.run_context import RunContext
from models.calibration import Platt
from models.champion import Champion
from models.contract import Contract, FeatureColumn, TrainedAt, sha256_of
from models.features.declaration import fingerprint

TEMPLATE = Path(conf.__file__).parent / "template"


def rows_of(text):
    """A text table as dicts of text; an empty cell is None, `#` begins a remark."""
    lines = [line.split("#")[0].strip() for line in text.strip().splitlines()]
    names, *cells = [[cell.strip() or None for cell in line.split("|")] for line in lines if line]
    return [dict(zip(names, row, strict=True)) for row in cells]


READ = {"date": date.fromisoformat, "bigint": int, "double": float, "boolean": lambda cell: cell == "yes"}


@pytest.fixture(scope="session")
def rows():
    return rows_of


@pytest.fixture(scope="session")
def frame(spark):
    """A Spark frame from a text table; columns are text unless named with another type."""

    def draw(text, **kinds):
        drawn = rows_of(text)
        names = list(drawn[0])
        readers = [READ.get(kinds.get(name, "string"), str) for name in names]
        cells = [
            tuple(None if row[name] is None else read(row[name]) for name, read in zip(names, readers, strict=True))
            for row in drawn
        ]
        schema = ", ".join(f"{name} {kinds.get(name, 'string')}" for name in names)
        return spark.createDataFrame(cells, schema).coalesce(1)  # one partition needs no shuffles

    return draw


@pytest.fixture(scope="session")
def deploy(tmp_path_factory):
    """Settings of the template with some files written anew and some settings overridden."""

    def make(*overrides, **files):
        folder = tmp_path_factory.mktemp("deployment")
        shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
        for name, text in files.items():
            ending = "csv" if name in ("offers", "channels", "offer_channels") else "yaml"
            (folder / f"{name}.{ending}").write_text(text)
        folders = (f"deployment.lake={folder / 'lake'}", f"deployment.output={folder / 'published'}")
        return load(folder, (*folders, *overrides))

    return make


def _exclusions(lake, as_of, drawn, customers, further=()):
    """Writes drawn reasons as the table and its layout; a cell of offers or channels may name several.

    All offers in the drawing (and in `further`, pairs of offer and channel) come through all its channels.
    """
    pairs = [(o, c) for row in drawn for o in row["offer_id"].split() for c in row["channel"].split()] + [*further]
    options = list(itertools.product(*(sorted({pair[side] for pair in pairs}) for side in (0, 1))))
    reasons = sorted({Reason(row["stage"], row["reason"]) for row in drawn}, key=lambda reason: reason.rank)
    sets = {who: {reason: set() for reason in reasons} for who in customers}
    for row in drawn:
        pairs_named = itertools.product(row["offer_id"].split(), row["channel"].split())
        sets[row["customer_id"]][Reason(row["stage"], row["reason"])] |= {
            options.index(option) for option in pairs_named
        }
    exclusions = [
        {
            "customer_id": who,
            "blocked": [word for reason in reasons for word in to_bitset(blocked[reason], len(options))],
        }
        for who, blocked in sets.items()
    ]
    schema = pa.schema({"customer_id": pa.string(), "blocked": pa.list_(pa.int64())})
    lake.write_arrow(pa.Table.from_pylist(exclusions, schema), "exclusions", as_of)
    write_layout(Layout(tuple(options), tuple(reasons)), lake, as_of)


@pytest.fixture(scope="session")
def lay_exclusions():
    return _exclusions


def _publish(output, day, files, *, is_committed=True):
    """A set of these files; not audited, since they say what a test needs them to say."""
    with date_lock(output, day) as run_folder:
        folder = seal(run_folder, files)
        if is_committed:
            commit(run_folder, folder, b"{}", committed(output, day))


@pytest.fixture(scope="session")
def publish():
    return _publish


@pytest.fixture(scope="session")
def champion():
    """A version of a model of one feature; its files are sound."""
    values = np.linspace(0, 1, 100)[:, None]
    data = lightgbm.Dataset(values, values[:, 0] > 0.5, feature_name=["visits"])
    text = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 2).model_to_string()
    day = date(2024, 5, 1)

    def make(name, version, **changes):
        contract = Contract(
            model=name,
            score=name,
            estimator="classifier",
            label=Label(kind="no_purchase", window_days=30),
            population=Population(),
            features=(FeatureColumn(name="visits", type="number"),),
            calibration=Platt(slope=1.0, intercept=0.0),
            trained=TrainedAt(as_of=day, test=day, calibration=day, training=(day,)),
            seed=0,
            feature_code=fingerprint(["visits"]),
            model_sha256=sha256_of(text),
        )
        return Champion(version, text, contract.model_copy(update=changes))

    return make


@pytest.fixture
def zone(spark):
    """Sets the session's time zone as a deployment does; back to the tests' own afterwards."""
    key = "spark.sql.session.timeZone"
    before = spark.conf.get(key)
    yield lambda name: spark.conf.set(key, name)
    spark.conf.set(key, before)


@pytest.fixture
def night(spark, deploy, zone):
    """The context of a command on a date, in the tests' Spark session; keeps what it prints in `messages`."""

    def make(as_of, *overrides, **files):
        settings = deploy(*overrides, **files)
        zone(settings.deployment.time_zone)
        messages = []
        context = RunContext(settings, as_of, messages.append)
        vars(context).update(spark=spark, messages=messages)
        return context

    return make
