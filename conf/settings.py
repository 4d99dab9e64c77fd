"""All settings of one deployment, together."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from conf.deployment import Deployment
from conf.models import Models
from conf.offers import Channel, Offer, OfferChannel
from conf.policy import Policy
from conf.sources import Sources
from conf.yaml_file import Document, Location


@dataclass(frozen=True)
class Settings:
    """The six files of a deployment, checked each by itself and against each other.

    Attributes:
        offer_channels: of a seventh file, where there is one.
        documents: file name without its ending -> the file's plain data and lines, for errors found later.
    """

    folder: Path
    deployment: Deployment
    sources: Sources
    models: Models
    offers: tuple[Offer, ...]
    channels: tuple[Channel, ...]
    policy: Policy
    offer_channels: tuple[OfferChannel, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict, repr=False)

    def where(self, file: str, location: Location) -> tuple[Path, int]:
        """The path and the 1-based line of a setting."""
        document = self.documents[file]
        return document.path, document.line(location)

    def fingerprint(self) -> str:
        """SHA-256 over what decides: every setting but where files lie, what is reached how, and what is logged.

        Nor do the optimizer's threads count, which change no byte.
        """
        where = dict.fromkeys(("lake", "output", "spark", "mlflow", "observability"), True)
        parts = {
            "deployment": self.deployment.model_dump(mode="json", exclude={**where, "optimizer": {"threads"}}),
            "sources": {
                name: source.model_dump(mode="json", exclude={"path"}) for name, source in self.sources if source
            },
            "models": self.models.model_dump(mode="json"),
            "offers": [offer.model_dump(mode="json") for offer in self.offers],
            "channels": [channel.model_dump(mode="json") for channel in self.channels],
            "policy": self.policy.model_dump(mode="json"),
        }
        if self.offer_channels:
            parts["offer_channels"] = [row.model_dump(mode="json") for row in self.offer_channels]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
