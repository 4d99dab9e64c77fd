"""All settings of one deployment, together."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from conf.contact_policy import ContactRule
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

    def contact_rules_on(self, as_of: date) -> list[ContactRule]:
        """The rules of the contact policy in force on a decision date; none counts or blocks an exempt offer."""
        exempt = tuple(offer.id for offer in self.offers if offer.exempt)
        return [rule.also_excepting(exempt) for rule in self.policy.contact_rules_on(as_of)]

    @property
    def consents_have_topics(self) -> bool:
        """Whether answers of the list of consents are about topics as well as about channels."""
        source = self.sources.consents
        return source is not None and "topic" in {*source.columns, *source.constants}

    def must_sends_on(self, as_of: date) -> tuple[str, ...]:
        """The offers that must go out on a decision date, the one that goes first foremost."""
        return tuple(offer.id for offer in self.offers if offer.must_send and offer.is_valid_on(as_of))

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
