from decimal import Decimal
from pathlib import Path

import pytest

import conf
from conf.errors import SettingsError
from conf.load import load

DEMO = Path(conf.__path__[0]) / "demo"


@pytest.mark.parametrize(
    ("change", "read", "expected"),
    [
        ("deployment.seed=7", lambda settings: settings.deployment.seed, 7),
        ("policy.holdout.share=0.1", lambda settings: settings.policy.holdout.share, 0.1),
        ("policy.limits.budget.max=30000", lambda settings: settings.policy.limits[0].max, Decimal(30000)),
        ("offers.flowers.margin=2", lambda settings: settings.offers[7].margin, Decimal(2)),
        ("channels.sms.reach=0.5", lambda settings: settings.channels[1].parameters["reach"], 0.5),
        ("deployment.spark.settings.x=[1", None, "--set:1:"),
    ],
)
def test_one_setting_is_changed_for_one_command(change, read, expected):
    if read is None:
        with pytest.raises(SettingsError, match=expected):
            load(DEMO, [change])
    else:
        assert read(load(DEMO, [change])) == expected


def test_the_last_of_two_changes_holds():
    assert load(DEMO, ["deployment.seed=7", "deployment.seed=8"]).deployment.seed == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("deployment.seed", "write it as file.key=value"),
        ("seed=7", "write it as file.key=value"),
        ("polcy.holdout.share=1", "no settings file 'polcy'; did you mean 'policy'?"),
        ("policy.limits.budgt.max=1", "no item 'budgt'; did you mean 'budget'?"),
        ("policy.limits.budget=1", "'budget' names an item; name one of its keys too"),
        ("deployment.seed.deeper=1", "'seed' is a single value"),
        ("deployment.humbug=1", "unknown key 'humbug'"),
    ],
)
def test_a_change_that_leads_nowhere_is_refused(change, message):
    with pytest.raises(SettingsError) as error:
        load(DEMO, [change])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("policy.limits.budget.max=0777", "--set:1: it has a leading zero"),
        ("policy.holdout.salt=0777", "in quotes (policy.holdout.salt)"),
        ("policy.limits.budget.max=yes", "limits.budget.max: input should be a valid decimal, found 'yes'"),
        ("deployment.seed=true", "seed: a whole number is wanted, found 'true'"),
        ("offers.flowers.margin=1_000", "--set:1: it has an underscore"),
        ("offers.flowers.valid_to=45292", "flowers.valid_to: a day is written 2024-01-31, found '45292'"),
    ],
)
def test_a_value_is_read_as_in_a_file_and_a_doubtful_one_is_not_repeated(change, message):
    with pytest.raises(SettingsError) as error:
        load(DEMO, [change])
    assert message in str(error.value)
    assert "0777" not in str(error.value)
