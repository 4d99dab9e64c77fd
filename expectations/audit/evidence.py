"""What the auditor looks at: a sealed set and the raw inputs it should follow from."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.audit.raw_tables import RawTable
from expectations.audit.spellings import topic_of_offer


@dataclass(frozen=True)
class Breach:
    """One thing that must hold and does not.

    Attributes:
        check: the name of the check.
        what: a sentence; names limits, files and counts, never a customer.
        count: how many rows or units are concerned.
    """

    check: str
    what: str
    count: int


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model's version.

    Attributes:
        text: of model.txt.
        contract: contract.json as plain data.
    """

    text: str
    contract: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A sealed set and its raw inputs; settings come as the plain data of their files.

    Attributes:
        consents: None where the deployment has no list: then `unknown_consent_is_allowed` decides for everybody.
        contacts, responses, events: None where the deployment has no such table.
        ledger_copy: an earlier state of the output's ledger, kept elsewhere.
        other_channels, other_topics: of the list of consents, those that the deployment does not use.
        time_zone: whose calendar days are counted.
        transactions, products, attributes: what features are made of; `attributes` names columns of the customers.
        consents_planned_with: the list as it was when the night began; None: nothing but `consents` is left of it.
        models: models.yaml's: which score is which offer's propensity.
        model_files: the versions that the manifest names, as far as they could be fetched.
        rescore_seconds: how long a fresh process may take to score again.
        features_folder: by customer_id, as Parquet.
        feature_declarations: what the columns of features_folder mean, as the JSON that was kept beside them.
        scores_folders: by customer_id, as Parquet; money in millionths.
        group_scores_folder: of customers of whom a model knows nothing, the scores of their groups; None: no model
            has a fallback.
        deployment, currency: deployment.yaml's.
        made_by: field of the manifest -> what it may say: as the night pinned it, and as it is now.
        lake: further tables of the night, name -> folder: certificates, limit_prices, scored_with, bin_counts.
        volumes: deployment.yaml's bounds on what a night may send beside the nights before it.
        candidates_folder: where everything lies that could have been offered, as Parquet with amounts in millionths.
        holdout_salt, control_salt, exploration_salt: None where the policy has no such thing.
    """

    folder: Path
    as_of: date
    customers: RawTable
    consents: RawTable | None
    unknown_consent_is_allowed: bool
    policy: Mapping[str, Any]
    offers: Sequence[Mapping[str, Any]]
    channels: Sequence[Mapping[str, Any]]
    max_gap: Decimal
    candidates_folder: Path
    models: Mapping[str, Any]
    model_files: Mapping[str, ModelFiles]
    features_folder: Path
    feature_declarations: bytes
    scores_folders: Sequence[Path]
    volumes: Mapping[str, Any]
    deployment: str
    currency: str
    made_by: Mapping[str, Collection[str]]
    lake: Mapping[str, Path]
    group_scores_folder: Path | None = None
    rescore_seconds: float = 60
    attributes: Sequence[str] = ()
    offer_channels: Sequence[Mapping[str, Any]] = ()
    transactions: RawTable | None = None
    products: RawTable | None = None
    consents_planned_with: RawTable | None = None
    other_channels: Sequence[str] = ()
    other_topics: Sequence[str] = ()
    ledger_copy: Path | None = None
    time_zone: str = "UTC"
    contacts: RawTable | None = None
    responses: RawTable | None = None
    events: RawTable | None = None
    holdout_salt: bytes | None = field(default=None, repr=False)
    control_salt: bytes | None = field(default=None, repr=False)
    exploration_salt: bytes | None = field(default=None, repr=False)

    @property
    def scored_folders(self) -> Sequence[Path]:
        """Everything that formulas may read of a customer."""
        return [self.features_folder, *self.scores_folders]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """manifest.json as plain data."""
        return dict(json.loads((self.folder / "manifest.json").read_text(encoding="utf-8")))

    @cached_property
    def declarations(self) -> dict[str, dict[str, Any]]:
        """Feature -> its declaration as plain data."""
        return {str(load["name"]): load for load in json.loads(self.feature_declarations)}

    @cached_property
    def checksums(self) -> dict[str, str]:
        """File name -> SHA-256 as SHA256SUMS states it."""
        lines = (self.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}

    @cached_property
    def proof(self) -> dict[str, Any]:
        """proof.json as plain data."""
        return dict(json.loads((self.folder / "proof.json").read_text(encoding="utf-8")))

    @cached_property
    def candidates(self) -> pa.Table:
        """Everything that could have been offered."""
        return pq.read_table(self.candidates_folder, partitioning=None)

    @cached_property
    def decisions(self) -> list[dict[str, Any]]:
        """Every row of decisions.parquet."""
        return list(pq.read_table(self.folder / "decisions.parquet", partitioning=None).to_pylist())

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        """The decisions that contact somebody."""
        return [row for row in self.decisions if row["status"] == "offered"]

    @cached_property
    def household_of(self) -> dict[str, str]:
        """Customer -> household; without one, or with a blank one, a customer is a household of its own."""
        rows = self.customers.rows("customer_id", "household_id")
        return {str(unit): str(home) if home is not None and str(home).strip() else str(unit) for unit, home in rows}

    @cached_property
    def customer_ids(self) -> set[str]:
        """Everybody in the table of customers."""
        return {str(customer) for (customer,) in self.customers.rows("customer_id") if customer is not None}

    def topic_of(self, offer_id: str) -> str | None:
        """The topic of an offer; None where offers.csv has no such offer."""
        offer = self.offer_of.get(offer_id)
        return None if offer is None else topic_of_offer(offer)

    @property
    def consents_have_topics(self) -> bool:
        """Whether the list of consents says what answers are about."""
        return self.consents is not None and "topic" in {*self.consents.columns, *self.consents.constants}

    @cached_property
    def both_of(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Offer and channel -> their row of offer_channels.csv."""
        return {(str(row["offer"]), str(row["channel"])): row for row in self.offer_channels}

    @cached_property
    def offer_of(self) -> dict[str, Mapping[str, Any]]:
        """Offer id -> its row of offers.csv."""
        return {str(row["id"]): row for row in self.offers}
