"""The same night with other seeds, zones, locales, partitions and cores: the same set, byte for byte. Full tier."""

import pytest

pytestmark = pytest.mark.full


def partitions(number):
    return ["--set", f"deployment.spark.settings={{spark.sql.shuffle.partitions: {number}}}"]


SURROUNDINGS = {
    "hash seed": ([], {"PYTHONHASHSEED": "4711"}),
    "time zone": ([], {"TZ": "Pacific/Kiritimati"}),
    "locale": ([], {"LANG": "tr_TR.UTF-8", "LC_ALL": "C"}),
    "1 partition": (partitions(1), {}),
    "7 partitions": (partitions(7), {}),
    "64 partitions": (partitions(64), {}),
    "one core": (["--set", "deployment.spark.master=local[1]"], {}),
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings_change_no_byte(company, again, reader, figures, name):
    words, environment = SURROUNDINGS[name]
    again.night(*words, **environment)
    assert reader.tree(again.output) == reader.tree(company.output)
    figures.count("reruns", surroundings=1, byte_identical=1)


def test_what_does_decide_changes_bytes(company, again, reader):
    again.night("--set", "policy.limits.seats.max=37")
    assert reader.decided(again.output) != reader.decided(company.output)
