"""The main job on a real purchase history: sources, models, one night, and what came after it."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic

import conf
from conf.load import load
from jobs.context import RunContext
from jobs.demo_data import make_demo_sources

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
    from jobs.figures_table import print_training  # noqa: PLC0415
    from jobs.train import train_all  # noqa: PLC0415

    context.say(f"training on what was known before {context.as_of}")
    print_training(train_all(context, with_promotion=True))


def _decide(context: RunContext) -> None:
    from jobs.night import run_stages  # noqa: PLC0415
    from jobs.outcome import print_outcome  # noqa: PLC0415

    context.say(f"the night of {context.as_of}")
    run_stages(context)
    print_outcome(context)


def _look_back(context: RunContext) -> None:
    """The history goes on after the date: what the models forecast can be held against it."""
    from jobs.figures_table import print_measured  # noqa: PLC0415
    from jobs.measure import measure_forecasts  # noqa: PLC0415

    print_measured(measure_forecasts(context), as_json=False)
