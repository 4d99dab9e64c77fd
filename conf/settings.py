"""All settings of one deployment, together."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from conf.deployment import Deployment
from conf.models import Models
from conf.offers import Channel, Offer
from conf.policy import Policy
from conf.sources import Sources


@dataclass(frozen=True)
class Settings:
    """The six files of a deployment, checked each by itself and against each other."""

    folder: Path
    deployment: Deployment
    sources: Sources
    models: Models
    offers: tuple[Offer, ...]
    channels: tuple[Channel, ...]
    policy: Policy

    def fingerprint(self) -> str:
        """SHA-256 over what decides: every setting but where files lie and how Spark and MLflow are reached."""
        where = {"lake", "output", "spark", "mlflow"}
        parts = {
            "deployment": self.deployment.model_dump(mode="json", exclude=where),
            "sources": self.sources.model_dump(mode="json"),
            "models": self.models.model_dump(mode="json"),
            "offers": [offer.model_dump(mode="json") for offer in self.offers],
            "channels": [channel.model_dump(mode="json") for channel in self.channels],
            "policy": self.policy.model_dump(mode="json"),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
