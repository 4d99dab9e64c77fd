"""A night begins only where our own earlier sets are as they were, and the holdout has its secret."""

import shutil
from datetime import date

import pytest

from conf.errors import SettingsError
from jobs.commit.commits import committed
from jobs.commit.ledger import read_ledger
from jobs.commit.lock import date_lock
from jobs.commit.protocol import commit, seal
from jobs.core.draws import secret_fingerprint
from jobs.core.errors import LedgerBroken
from jobs.gates.ledger_gate import check_ledger
from jobs.run_context import RunContext
from jobs.sources.earlier_sets import earlier_sets, keep_ledger

DAYS = [date(2024, 7, day) for day in (1, 5, 9)]
CAP = "contact_policy: [{name: weekly, max_contacts: 1, days: 7}]\n"
HOLDOUT = "holdout: {share: 0.1, salt: env:OUR_SALT, per: customer%s}\n"
VALUE = "value: {cross_sell: '1', retention: '1', reminder: '1', loyalty: '1', up_sell: '1'}\n"


@pytest.fixture
def night(deploy, monkeypatch):
    """The night of a date, of a deployment with this policy."""
    monkeypatch.setenv("OUR_SALT", "sea of salt")
    made = {}

    def make(day, policy=VALUE + CAP, **more):
        settings = deploy(*(f"deployment.{name}={path}" for name, path in made.items()), policy=policy)
        made.update({"lake": settings.deployment.lake, "output": settings.deployment.output})
        return RunContext(settings, day, **more)

    return make


def publish(context, content=b"ann", holdout=None):
    output = context.settings.deployment.output
    with date_lock(output, context.as_of) as run_folder:
        folder = seal(run_folder, {"decisions.parquet": content})
        commit(run_folder, folder, b"{}", committed(output, context.as_of), holdout=holdout)
    keep_ledger(context.settings.deployment.lake, read_ledger(output))


@pytest.mark.parametrize(
    ("day", "stops"), [(date(2024, 7, 8), True), (date(2024, 7, 9), False), (date(2024, 6, 24), True)]
)
def test_a_date_that_is_gone_stops_the_nights_whose_windows_reach_it(night, day, stops):
    publish(night(DAYS[0]))
    shutil.rmtree(night(day).settings.deployment.output / "2024-07-01")
    if stops:
        with pytest.raises(
            LedgerBroken, match=r"2024-07-01/COMMIT.1 is gone. Whom our own sets contacted is not certain"
        ):
            check_ledger(night(day))
    else:
        check_ledger(night(day))


def test_an_output_that_is_not_mounted_stops_the_night(night):
    publish(night(DAYS[0]))
    shutil.rmtree(night(DAYS[2]).settings.deployment.output)
    with pytest.raises(LedgerBroken, match="LEDGER does not go on from its copy in the lake"):
        check_ledger(night(DAYS[2]))


def test_offers_that_never_go_together_reach_every_date(night):
    publish(night(date(2020, 1, 1)))
    shutil.rmtree(night(DAYS[0]).settings.deployment.output / "2020-01-01")
    check_ledger(night(DAYS[0]))
    with pytest.raises(LedgerBroken, match=r"2020-01-01/COMMIT.1 is gone"):
        check_ledger(night(DAYS[0], VALUE + "combinations: [{name: or, never_together: [new_category, win_back]}]\n"))


def test_a_published_date_sees_what_its_set_was_made_from_and_a_corrected_one_sees_all(night):
    for day in (DAYS[1], DAYS[2]):
        publish(night(day))
    published, corrected = night(DAYS[1], run_folder=object()), night(DAYS[1], run_folder=object(), is_superseding=True)
    check_ledger(published)
    assert [commit.as_of for commit in earlier_sets(published).newest()] == []
    check_ledger(corrected)
    assert [commit.as_of for commit in earlier_sets(corrected).newest()] == DAYS[1:]


@pytest.mark.parametrize("value", ["sea of salt", " sea of salt", "sea of salt\n", "\tsea of salt \r\n"])
def test_blanks_around_the_secret_draw_the_same_holdout(night, monkeypatch, value):
    publish(night(DAYS[0]), holdout=secret_fingerprint(b"sea of salt"))
    monkeypatch.setenv("OUR_SALT", value)
    check_ledger(night(DAYS[1], VALUE + HOLDOUT % ""))


@pytest.mark.parametrize(
    ("rotated_on", "stops"), [(None, True), ("2024-07-05", False), ("2024-07-06", True), ("2024-07-01", True)]
)
def test_another_secret_is_refused_unless_a_rotation_is_declared_between(night, monkeypatch, rotated_on, stops):
    publish(night(DAYS[0]), holdout=secret_fingerprint(b"sea of salt"))
    monkeypatch.setenv("OUR_SALT", "sea of sand")
    context = night(DAYS[1], VALUE + HOLDOUT % (f", rotated_on: {rotated_on}" if rotated_on else ""))
    if stops:
        with pytest.raises(
            SettingsError, match="OUR_SALT does not hold the secret that the set of 2024-07-01 was drawn"
        ):
            check_ledger(context)
    else:
        check_ledger(context)
