"""Settings as people write them, drawn into a whole deployment: what was meant is read, or one line says where."""

import re
import shutil
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from conf.errors import SettingsError
from conf.load import load

SHOP = Path(__file__).parent / "bad_inputs" / "shop" / "conf"
NUMBERS = {
    ("deployment.yaml", "seed: 1"): lambda settings: settings.deployment.seed,
    ("deployment.yaml", "max_age_days: 30"): lambda settings: settings.deployment.consent.max_age_days,
    ("policy.yaml", "days: 7"): lambda settings: settings.policy.contact_policy[0].days,
    ("policy.yaml", "max: 100"): lambda settings: settings.policy.limits[0].max,
}
"""A number as it stands in a file -> where it is found when it was read."""
WAYS = {
    "plain": (lambda number: f"{number}", True),
    "quoted": (lambda number: f'"{number}"', True),
    "zeros before it": (lambda number: f"00{number}", False),
    "in octal": (lambda number: f"0o{number:o}", False),
    "in hexadecimal": (lambda number: f"0x{number:x}", False),
    "with an underscore": (lambda number: f"{number}_000", False),
    "with an apostrophe": (lambda number: f"1'{number:03}", False),
    "of hours": (lambda number: f"{number}:30", False),
    "a word": (lambda number: "yes", False),
    "true": (lambda number: "true", False),
    "a day": (lambda number: "2024-01-31", False),
    "with a comma": (lambda number: f'"{number},5"', False),
}
"""How a number is written -> its text, and whether that is the number."""


@pytest.fixture
def deployment(tmp_path):
    """The shop's settings with one text of a file replaced."""

    def make(file, old, new):
        folder = tmp_path / "conf"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SHOP, folder)
        for path in folder.iterdir():
            path.write_text(path.read_text().replace("HERE", str(tmp_path)))
        path = folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
        return folder

    return make


@pytest.mark.parametrize("seed", [*range(60), *(pytest.param(n, marks=pytest.mark.full) for n in range(60, 1500))])
def test_a_number_of_a_yaml_file_is_what_was_meant_or_is_refused_at_its_line(deployment, figures, seed):
    draw = Random(seed)
    (file, text), found_in = draw.choice(sorted(NUMBERS.items(), key=lambda item: item[0]))
    number, (written, is_meant) = draw.randrange(2, 99), WAYS[draw.choice(sorted(WAYS))]
    key = text.partition(":")[0]
    folder = deployment(file, text, f"{key}: {written(number)}")
    settings, refusal = read(folder, figures)
    assert (settings is not None) == is_meant
    if is_meant:
        assert Decimal(str(found_in(settings))) == number
    else:
        assert re.fullmatch(rf"\S*{file}:\d+: .*", refusal)


@pytest.mark.parametrize("seed", [*range(40), *(pytest.param(n, marks=pytest.mark.full) for n in range(40, 1500))])
def test_an_offer_of_a_spreadsheet_is_what_was_meant_or_is_refused_at_its_line(deployment, figures, seed):
    draw = Random(seed)
    margin, separator = Decimal(draw.randrange(1, 99999)) / 100, draw.choice(",;\t|")
    comma = separator != "," and draw.random() < 0.5
    days = {
        "2024-01-01": True,
        "01.01.2024": True,
        "2024-01-01 00:00:00": True,
        "45292": False,
        "01/02/2024": False,
        "1510531200": False,
    }
    day = draw.choice(sorted(days))
    empty = draw.randrange(3)
    header, row = (line.split(",") for line in (SHOP / "offers.csv").read_text().splitlines())
    row[header.index("margin")] = str(margin).replace(".", "," if comma else ".")
    row[header.index("incentive_cost")] = "1,00" if comma else "1.00"
    row[header.index("valid_from")] = day
    lines = [
        separator.join([*cells, *[""] * empty]) for cells in (header, row, *[[""] * len(header)] * draw.randrange(2))
    ]
    text = draw.choice(["", "\ufeff"]) + draw.choice(["\n", "\r\n"]).join([*lines, ""])
    folder = deployment("offers.csv", (SHOP / "offers.csv").read_text(), text)
    settings, refusal = read(folder, figures)
    assert (settings is not None) == days[day]
    if days[day]:
        (offer,) = settings.offers
        assert (offer.margin, offer.valid_from.isoformat()) == (margin, "2024-01-01")
    else:
        assert re.search(r"offers.csv:2: win_back.valid_from: ", refusal)


def read(folder, figures):
    """The settings, or why they are refused."""
    try:
        settings, refusal = load(folder), ""
    except SettingsError as error:
        settings, refusal = None, str(error)
    is_read = settings is not None
    figures.count("settings as people write them", tried=1, refused_at_the_line=not is_read, read_as_meant=is_read)
    return settings, refusal
