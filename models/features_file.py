"""features.json: what a model that was trained elsewhere expects, checked against what this deployment can give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from conf.errors import nearest
from conf.strict import Strict
from models.calibration import Calibration, Isotonic
from models.contract import FeatureColumn
from models.errors import ModelUnusable


class OwnFeature(Strict):
    """One column of the model's matrix; a text enters as its position in `values`, other texts are missing."""

    name: str
    type: Literal["number", "text"] = "number"
    values: tuple[str, ...] = ()


class FeaturesFile(Strict):
    """The whole of features.json.

    Attributes:
        trained_before: nothing dated on or after this day was known to the training, labels included.
        features: the columns in the model's order: of the customer first, then of the customer in the category.
        categories: of a customer × category model, those it scores; its last column is the position in this list.
        calibration: from what the Booster answers to what is meant; by default fitted at registration.
    """

    format: Literal[1] = 1
    trained_before: date
    features: Annotated[tuple[OwnFeature, ...], Field(min_length=1)]
    categories: tuple[str, ...] = ()
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _knots_rise(self) -> "FeaturesFile":
        knots = self.calibration
        if isinstance(knots, Isotonic):
            raw_rises = all(a < b for a, b in pairwise(knots.raw))
            rises = all(a <= b for a, b in pairwise((0.0, *knots.calibrated, 1.0)))
            if not (raw_rises and rises and len(knots.raw) == len(knots.calibrated) > 0):
                raise ValueError("calibration: as many `raw` as `calibrated`, both rising, the latter within 0..1")
        return self


@dataclass(frozen=True)
class OwnModel:
    """A Booster's native text, not loaded yet, whose columns are those of its features.json."""

    text: str
    file: FeaturesFile


def own_model(name: str, text: str, features: str) -> OwnModel:
    """Put the two files together; `name` is the model's, for errors.

    Raises:
        ModelUnusable: features.json cannot be read, or the Booster's text names other columns or in another order.
    """
    file = read_features_file(name, features)
    check_order(name, text, [*(feature.name for feature in file.features), *(["category"] if file.categories else [])])
    return OwnModel(text, file)


def read_features_file(name: str, text: str) -> FeaturesFile:
    """Parse it; `name` is the model's, for errors.

    Raises:
        ModelUnusable: it is not JSON, or says what it may not.
    """
    try:
        return FeaturesFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise ModelUnusable(f"model {name!r}: features.json: {place}: {first['msg']}") from None


def own_columns(name: str, wanted: Sequence[OwnFeature], there: Sequence[FeatureColumn]) -> tuple[FeatureColumn, ...]:
    """The columns as the night builds them.

    Args:
        name: of the model, for errors.
        wanted: as features.json says.
        there: every column that this deployment can build.

    Raises:
        ModelUnusable: a feature is not there, occurs twice, has another type, or stands in the wrong part.
    """
    by_name = {column.name: column for column in there}
    columns = tuple(_column(name, column, by_name) for column in wanted)
    names = [column.name for column in columns]
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise ModelUnusable(f"model {name!r}: features.json names {twice[0]!r} twice")
    late = [b.name for a, b in pairwise(columns) if a.is_per_category and not b.is_per_category]
    if late:
        raise ModelUnusable(
            f"model {name!r}: {late[0]!r} is of the customer and stands behind a feature of the customer in the "
            "category; the matrix has the customer's columns first"
        )
    return columns


def check_order(name: str, text: str, wanted: Sequence[str]) -> None:
    """Compare the columns that a Booster's text names with those wanted, before anything is loaded.

    Raises:
        ModelUnusable: the text names none, or others, or in another order.
    """
    line = next((text_line for text_line in text.splitlines() if text_line.startswith("feature_names=")), None)
    if not text.startswith("tree\n") or line is None:
        raise ModelUnusable(f"model {name!r} is not the native text of a LightGBM Booster (`Booster.save_model`)")
    names_in_model = line.removeprefix("feature_names=").split(" ")
    if len(names_in_model) != len(wanted):
        raise ModelUnusable(
            f"model {name!r}: the Booster has {len(names_in_model)} columns and features.json gives {len(wanted)}"
        )
    for position, (mine, theirs) in enumerate(zip(names_in_model, wanted, strict=True), start=1):
        if mine != theirs:
            raise ModelUnusable(
                f"model {name!r}: column {position} is {mine!r} in the Booster and {theirs!r} by features.json; "
                "LightGBM scores by position, so names and order must be the same"
            )


def _column(name: str, feature: OwnFeature, by_name: Mapping[str, FeatureColumn]) -> FeatureColumn:
    if feature.name not in by_name:
        hint = nearest(feature.name, by_name)
        raise ModelUnusable(f"model {name!r}: this deployment has no feature {feature.name!r}{hint}")
    column = by_name[feature.name]
    if column.type != feature.type:
        raise ModelUnusable(
            f"model {name!r}: feature {feature.name!r} is a {column.type} here and a {feature.type} there"
        )
    if (feature.type == "text") != bool(feature.values):
        raise ModelUnusable(f"model {name!r}: feature {feature.name!r}: `values` go with texts, and only with them")
    return column.model_copy(update={"values": feature.values})
