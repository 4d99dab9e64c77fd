"""Whatever becomes a file, a folder, a registered model or a part of an address is a plain name."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from conf.deployment import Deployment
from conf.models import Models
from conf.offers import FILES_OF_A_SET, Channel, Offer
from conf.strict import NAME_PATTERN, Name

OFFER = {"name": "A", "objective": "loyalty", "margin": 1, "incentive_cost": 0, "valid_from": "2024-01-01"}
OFFER |= {"valid_to": "2024-12-31", "channels": "email"}
MODEL = {"score": "s", "estimator": "classifier", "label": {"kind": "no_purchase", "window_days": 30}}
PLACE = {"lake": "lake", "output": "out", "currency": "EUR", "time_zone": "UTC"}

# What each becomes: the experiment and prefix of registered models; <channel>.csv; a word of decisions and reports;
# champions/<model>.json and a registered model; a column and a word of formulas.
NAMED = {
    "deployment.name": lambda name: Deployment(name=name, **PLACE).name,
    "channels.id": lambda name: Channel(id=name, name="A", unit_cost=0).id,
    "offers.id": lambda name: Offer(id=name, **OFFER).id,
    "offers.channels": lambda name: Offer(id="a", **(OFFER | {"channels": (name,)})).channels[0],
    "models.models": lambda name: next(iter(Models(models={name: MODEL}).models)),
    "models.score": lambda name: Models(models={"m": MODEL | {"score": name}}).models["m"].score,
    "models.estimator": lambda name: Models(models={"m": MODEL | {"estimator": name}}).models["m"].estimator,
}
NEARLY_NAMES = st.text("ab9_-./\\\n\r\0 ~%:*?é٣ß\u202eA", max_size=70)


@pytest.mark.parametrize("field", NAMED)
@given(text=st.one_of(NEARLY_NAMES, st.text(), st.from_regex(NAME_PATTERN)))
@tuned(max_examples=40)
def test_no_text_becomes_a_path_unless_it_is_a_plain_name(field, text):
    try:
        name = NAMED[field](text)
    except ValidationError:
        return
    assert re.fullmatch("[a-z0-9][a-z0-9_-]{0,63}", name)
    assert (Path("folder") / f"{name}.csv").parts == ("folder", f"{name}.csv")
    assert name == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../evil", "/etc", "a/b", "a\\b", "a.csv", "-rf", "_a", "A", "é", "a b", "a\nb", "a\0", 65 * "x"],
)  # fmt: skip
def test_what_is_no_plain_name_is_refused(text):
    for make in NAMED.values():
        with pytest.raises(ValidationError):
            make(text)


@pytest.mark.parametrize("text", ["a", "9", "direct_mail", "e-mail", "x" * 64])
def test_plain_names_are_names(text):
    assert TypeAdapter(Name).validate_python(text) == text


@pytest.mark.parametrize("name", FILES_OF_A_SET)
def test_a_channel_cannot_be_called_as_another_file_of_the_set(name):
    with pytest.raises(ValidationError, match="would overwrite another file"):
        Channel(id=name, name="A", unit_cost=0)
