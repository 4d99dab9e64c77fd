"""A registered model, ready to be loaded: its text and contract, checked."""

from dataclasses import dataclass

from pydantic import ValidationError

from models.booster_check import Damaged, check_structure
from models.columns import Columns
from models.contract import Contract, sha256_of
from models.earlier_fingerprints import earlier_fingerprint
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

    @property
    def what(self) -> str:
        """Its name in errors."""
        return f"model {self.contract.model!r} version {self.version}"


def champion_of(name: str, version: int, text: str, contract: str) -> Champion:
    """Check the files of a version and make them one thing; nothing is loaded.

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
    champion = Champion(version, text, parsed)
    fault = _fault(name, champion)
    if fault:
        raise ModelUnusable(f"model {name!r} version {version}: {fault}; train it anew")
    return champion


def _fault(name: str, champion: Champion) -> str:
    """What is wrong first, empty where nothing is."""
    if sha256_of(champion.text) != champion.contract.model_sha256:
        return "model.txt is not the file that contract.json was written for (sha256 differs)"
    if champion.contract.model != name:
        return f"contract.json is of the model {champion.contract.model!r}"
    try:
        check_structure(champion.text, champion.columns.names)
    except Damaged as error:
        return f"model.txt: {error}"
    names = [feature.name for feature in champion.contract.features]
    if champion.contract.feature_code not in (fingerprint(names), earlier_fingerprint(names)):
        return "the code of its features has changed since it was trained"
    return ""
