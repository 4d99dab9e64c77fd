"""Tables drawn as text, and deployments that differ from the template in a few lines."""

import shutil
from datetime import date
from pathlib import Path

import pytest

import conf
from conf.load import load
from jobs.context import RunContext

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
            ending = "csv" if name in ("offers", "channels") else "yaml"
            (folder / f"{name}.{ending}").write_text(text)
        own = (f"deployment.lake={folder / 'lake'}", f"deployment.output={folder / 'published'}")
        return load(folder, (*own, *overrides))

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
    """The surroundings of a command on a date, in the tests' own Spark session; keeps what is said in `said`."""

    def make(as_of, *overrides, **files):
        settings = deploy(*overrides, **files)
        zone(settings.deployment.time_zone)
        said = []
        context = RunContext(settings, as_of, said.append)
        vars(context).update(spark=spark, said=said)
        return context

    return make
