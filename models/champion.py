"""A registered model, ready to score: its text and contract, checked."""

from dataclasses import dataclass

import lightgbm
from pydantic import ValidationError

from models.columns import Columns
from models.contract import Contract, sha256_of
from models.errors import ModelUnusable
from models.features.declaration import fingerprint


@dataclass(frozen=True)
class Champion:
    """One version of a registered model.

    Attributes:
        version: its number in the registry.
        text: the Booster's native text.
        contract: what it expects and answers.
    """

    version: int
    text: str
    contract: Contract

    @property
    def columns(self) -> Columns:
        """Its matrix."""
        return Columns(self.contract.features, self.contract.categories)


def champion_of(name: str, version: int, text: str, contract: str) -> Champion:
    """Check the files of a version and make them one thing.

    Args:
        name: of the model, for errors.
        version: its number in the registry.
        text: of model.txt.
        contract: of contract.json.

    Raises:
        ModelUnusable: a file is damaged, the two do not belong together, or features have changed their meaning since.
    """
    try:
        parsed = Contract.model_validate_json(contract)
    except ValidationError as error:
        first = error.errors()[0]
        raise ModelUnusable(
            f"model {name!r} version {version}: contract.json: {first['loc']}: {first['msg']}"
        ) from None
    found = Champion(version, text, parsed)
    for fault in _faults(found):
        raise ModelUnusable(f"model {name!r} version {version}: {fault}; train it anew")
    return found


def _faults(found: Champion) -> list[str]:
    """What is wrong; the sha256 comes first, because a damaged text may crash the process that loads it."""
    if sha256_of(found.text) != found.contract.model_sha256:
        return ["model.txt is not the file that contract.json was written for (sha256 differs)"]
    faults = []
    if tuple(lightgbm.Booster(model_str=found.text).feature_name()) != found.columns.names:
        faults.append("the Booster's columns are not those of contract.json, or in another order")
    if fingerprint([one.name for one in found.contract.features]) != found.contract.feature_code:
        faults.append("the code of its features has changed since it was trained")
    return faults
