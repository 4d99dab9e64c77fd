import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"jobs", "models", "optimization", "expectations", "conf"}


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_the_five_packages_their_entry_and_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {*PACKAGES, "oneoffer.py"}


def test_the_wheel_carries_what_is_not_python(names):
    for needed in (
        "conf/demo/policy.yaml",
        "conf/template/offers.csv",
        "jobs/spark/log4j2.properties",
        "jobs/report_page/page.html",
        "jobs/report_page/style.css",
        "expectations/audit/checks/money.py",
    ):
        assert needed in names


def test_all_five_packages_come_from_one_directory():
    homes = {Path(__import__(name).__path__[0]).parent for name in PACKAGES}
    assert len(homes) == 1
